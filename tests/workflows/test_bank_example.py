"""The bank example, by the commands of its own README, on the real file where that is present."""

import json
import re
import shlex
from contextlib import closing
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.cli.running import yuelao

_EXAMPLE = Path(__file__).parents[2] / "examples" / "bank"
_FILE = _EXAMPLE.parents[2] / "shared" / "data" / "bank" / "bank-full.csv"
_README = (_EXAMPLE / "README.md").read_text(encoding="utf-8")
_LAST_THIRD, _LISTED = 15_071, 2_000


def _commands() -> list[list[str]]:
    [block] = re.findall(r"```sh\n(.*?)```", _README, flags=re.DOTALL)
    return [shlex.split(line) for line in block.splitlines()]


def test_the_readme_names_only_files_that_are_there():
    named = {argument for command in _commands() for argument in command if argument.startswith("examples/")}
    assert named
    assert all((_EXAMPLE.parents[1] / name).is_file() for name in named)


@pytest.mark.skipif(not _FILE.is_file(), reason="the real file ../shared/data/bank/bank-full.csv is not here")
@pytest.mark.timeout(900)
def test_the_list_beats_the_average_of_the_last_third(tmp_path, monkeypatch, capsys):
    results = {}
    monkeypatch.chdir(tmp_path)
    for name, *arguments in _commands():
        assert name == "yuelao"
        placed = [str(_EXAMPLE.parents[1] / part) if part.startswith("examples/") else part for part in arguments]
        done = yuelao(capsys, *placed, "--json")
        assert done.status == 0, done.err
        results[" ".join(arguments[2:4])] = done.json
    _check_load(results)
    _check_list(results, tmp_path / "bank")
    _check_report(results["report deposit"])


def _check_load(results):
    loaded = results["ingest examples/bank/mapping.yaml"]["tables"]
    assert {name: (table["accepted"], table["rejected"]) for name, table in loaded.items()} == {
        "customers": (45_211, 0),
        "contacts": (45_211 - _LAST_THIRD, 0),
    }
    later = results["ingest examples/bank/outcomes.yaml"]["tables"]
    assert later["contacts"]["accepted"] == _LAST_THIRD


def _check_list(results, workspace):
    match = results["match deposit"]
    assert (match["targets"], match["assigned"], match["held_out"]) == (_LAST_THIRD, _LISTED, 0)
    assert results["launch deposit"]["tasks"] == _LISTED
    assert results["call-list deposit"]["rows"] == _LISTED
    with closing(load_workbook(workspace / "call-list.xlsx")) as book:
        header, *lines = book.worksheets[0].iter_rows(values_only=True)
    places = [int(str(line[header.index("customer")]).removeprefix("client-")) for line in lines]
    assert len(set(places)) == _LISTED
    assert min(places) > 45_211 - _LAST_THIRD
    [card] = workspace.glob("models/response/*/card.json")
    features = json.loads(card.read_text(encoding="utf-8"))["features"]
    assert {"age", "job"} <= set(features)
    assert "third" not in features
    assert not [name for name in features if "duration" in name]


def _check_report(report):
    assert report["effect"] is None
    assert (report["assigned"], report["everyone"]) == (_LISTED, _LAST_THIRD)
    average = report["everyone_buyers"] / report["everyone"]
    assert f"| {report['everyone']:,} | {report['everyone_buyers']:,} | {average:.1%} |".replace("%", " %") in _README
    assert report["buyers"] / report["assigned"] >= 1.1 * average
