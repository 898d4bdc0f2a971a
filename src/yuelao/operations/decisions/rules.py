"""The states of a match run: planned, and launched when its tasks were made. Pure."""

from enum import StrEnum

from yuelao.common.errors import Conflict


class State(StrEnum):
    """What has been done with a run."""

    PLANNED = "planned"
    LAUNCHED = "launched"


def launch(state: State, run: str) -> State:
    """A run is launched once."""
    if state is not State.PLANNED:
        raise Conflict("This match was launched already", where=f"run {run}", hint="Match again for a new list")
    return State.LAUNCHED
