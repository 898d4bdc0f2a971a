"""Running the `yuelao` command: in this process, with what it printed and how it ended."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from yuelao.cli import main


@dataclass(frozen=True)
class Finished:
    """What a command left: its exit status and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object on standard output; fails when there is anything else."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        assert self.out.count("\n") == 1
        return found

    @property
    def error(self) -> dict[str, str]:
        """The refusal on standard output, checked for its form."""
        assert self.status == 1, self.out + self.err
        assert list(self.json) == ["error"]
        error = self.json["error"]
        assert sorted(error) == ["code", "hint", "message", "where"]
        assert all(isinstance(part, str) for part in error.values())
        assert "Traceback" not in self.err
        return dict(error)


def yuelao(capsys: pytest.CaptureFixture[str], *arguments: object) -> Finished:
    """Run one command in this process."""
    capsys.readouterr()
    status = 0
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as ended:
        status = int(ended.code or 0)
    printed = capsys.readouterr()
    return Finished(status, printed.out, printed.err)
