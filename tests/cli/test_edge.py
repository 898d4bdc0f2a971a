"""The common options before and after the command, the environment, one object on standard output, exit statuses."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from yuelao.cli.edge import split_common

WAYS = [
    ["-w", "here", "--json", "campaign", "list"],
    ["campaign", "list", "--json", "-w", "here"],
    ["campaign", "-w", "here", "list", "--json"],
    ["--json", "campaign", "list", "--workspace", "here"],
    ["--workspace=here", "campaign", "list", "--json"],
]


@pytest.mark.parametrize("arguments", WAYS)
def test_the_common_options_may_stand_anywhere(run, arguments):
    run("-w", "here", "init", "--pack", "generic")
    assert run(*arguments).json == {"campaigns": []}


def test_the_environment_names_the_workspace(run, monkeypatch):
    run("-w", "here", "init", "--pack", "generic")
    monkeypatch.setenv("YUELAO_WORKSPACE", "here")
    assert run("campaign", "list", "--json").json == {"campaigns": []}
    assert run("-w", "elsewhere", "campaign", "list", "--json").error["where"].endswith("elsewhere")


def test_the_present_directory_is_the_workspace_when_nothing_names_one(run):
    assert run("init", "--pack", "generic").status == 0
    assert run("campaign", "list", "--json").json == {"campaigns": []}


def test_what_follows_two_dashes_is_left_alone():
    common, rest = split_common(["explain", "--", "--json", "-w"])
    assert not common.as_json
    assert rest == ["explain", "--", "--json", "-w"]


def test_a_refusal_is_one_line_for_people(run):
    done = run("-w", "nowhere", "screen", "x")
    assert (done.status, done.out) == (1, "")
    [line] = done.err.splitlines()
    assert line.startswith("This is not a workspace (")
    assert "init" in line


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["screen"],
        ["train", "response", "--as-of", "yesterday"],
        ["simulate", "--customers", "many"],
        ["campaign", "list", "-w"],
        ["run"],
        ["serve", "--port", "70000"],
    ],
)
def test_wrong_usage_ends_with_2(run, arguments):
    done = run(*arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err


@pytest.mark.parametrize("arguments", [["--help"], ["campaign", "--help"], ["match", "--help"]])
def test_help_ends_with_0(run, arguments):
    done = run(*arguments)
    assert done.status == 0
    assert "Usage" in done.out


def _process(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", "from yuelao.cli import main; main()", *map(str, arguments)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("YUELAO")}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_process_of_its_own_answers_with_one_object(tmp_path):
    made = _process("init", "--pack", "telecom", "-w", "here", "--json", folder=tmp_path)
    assert (made.returncode, json.loads(made.stdout)) == (0, {"workspace": str(tmp_path / "here")})
    again = _process("init", "-w", "here", "--json", folder=tmp_path)
    assert again.returncode == 1
    assert json.loads(again.stdout)["error"]["message"] == "There already is a workspace here"
    assert "Traceback" not in again.stderr


def test_a_port_in_use_is_named_before_anything_is_served(tmp_path):
    _process("init", "--pack", "generic", "-w", "here", folder=tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for command in ("serve", "demo"):
            done = _process(command, "--port", port, "-w", "here", "--json", folder=tmp_path)
            assert done.returncode == 1
            error = json.loads(done.stdout)["error"]
            assert (error["code"], error["where"]) == ("port", f"127.0.0.1:{port}")
            assert "--port" in error["hint"]
            assert "Traceback" not in done.stderr
