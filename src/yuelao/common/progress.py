"""How long work tells the person waiting how far it is."""

from typing import Protocol


class Progress(Protocol):
    """Called with the step's name and how much of it is done."""

    def __call__(self, step: str, done: int, total: int) -> None: ...


def silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""
