"""The smallest example: one file of customers becomes a call list, by the commands of its page."""

import csv
import json
import re
import shlex
from pathlib import Path

import pytest

from yuelao.cli import main

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "examples" / "first_list" / "README.md"


def commands() -> list[list[str]]:
    block = re.search(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    return [shlex.split(line, comments=True)[1:] for line in block[1].splitlines()]


@pytest.fixture
def answers(tmp_path, monkeypatch, capsys):
    """What each command answered, by name; run in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    told = {}
    for command in commands():
        with pytest.raises(SystemExit) as end:
            main(["--json", *command])
        assert end.value.code == 0, command
        told[command[2]] = json.loads(capsys.readouterr().out)
    return told


def test_its_commands_give_a_list_of_the_best_within_the_limit(answers, tmp_path):
    loaded = answers["ingest"]["tables"]["customers"]
    assert (loaded["accepted"], loaded["rejected"]) == (60, 1)
    with (tmp_path / "first" / "list.csv").open(encoding="utf-8-sig", newline="") as stream:
        listed = list(csv.DictReader(stream))
    assert 1 <= len(listed) == answers["launch"]["tasks"] <= 20
    values = [float(row["value"]) for row in listed]
    assert values == sorted(values, reverse=True)
    assert all("****" in row["phone"] for row in listed)
    assert answers["explain"]["campaigns"][0]["campaign"] == "care-plan"
