"""Every command as the manual writes it, with the keys of its answer."""

import pytest

from tests.world import AS_OF, CAMPAIGN
from yuelao.operations import campaigns, staff
from yuelao.warehouse.contract import CONTRACT

LOADED = ["accepted", "read", "rejected", "rejects_file", "unchanged"]
MATCHED = {"run", "candidates", "refused", "held_out", "assigned", "objective", "bound", "gap", "prices", "seconds"}
LAUNCHED = {"run", "tasks", "held_out", "refused"}


@pytest.mark.parametrize("pack", ["telecom", "generic"])
def test_init(run, tmp_path, pack):
    done = run("-w", "here", "init", "--pack", pack, "--json")
    assert (done.status, done.json) == (0, {"workspace": str(tmp_path / "here")})
    assert (tmp_path / "here" / "yuelao.toml").is_file()


def test_simulate_and_ingest(run, tmp_path):
    run("-w", "here", "init", "--pack", "telecom")
    world = ["--customers", "300", "--months", "2", "--seed", "3", "--until", "2026-11-01"]
    made = run("-w", "here", "--json", "simulate", *world).json
    assert {"files", "rows", "seconds"} <= set(made)
    assert (tmp_path / "here" / "extracts" / "mapping.yaml").is_file()
    assert all((tmp_path / "here" / "extracts" / name).is_file() for name in made["files"])
    elsewhere = run("-w", "here", "--json", "simulate", *world, "--out", tmp_path / "out").json
    assert elsewhere["rows"] == made["rows"]
    assert (tmp_path / "out" / "mapping.yaml").is_file()
    loaded = run("-w", "here", "--json", "ingest", tmp_path / "out" / "mapping.yaml").json["tables"]
    assert {"customers", "usage_monthly", "contacts"} <= set(loaded) <= set(CONTRACT.tables)
    for table in loaded.values():
        assert sorted(table) == LOADED
        assert table["read"] == table["accepted"] + table["rejected"] + table["unchanged"]


def test_refresh(on_trained):
    done = on_trained("refresh", "--as-of", AS_OF).json
    assert {"customers", "features", "levels", "seconds", "built_on", "recomputed"} <= set(done)
    assert sum(done["levels"].values()) == done["customers"]
    assert done["built_on"] == str(AS_OF)  # the view that was there
    assert done["recomputed"]["usage_monthly"] == 0


def test_train(on_trained):
    done = on_trained("train", "response", "--as-of", AS_OF).json
    figures = {"model", "version", "rows", "positives", "auc", "lift_top_decile", "calibration_error"}
    assert figures | {"train_window", "test_window"} <= set(done)
    assert done["model"] == "response"
    assert len(done["train_window"]) == len(done["test_window"]) == 2


def test_screen(on_trained):
    done = on_trained("screen", CAMPAIGN).json
    assert {"steps", "targets"} <= set(done)
    assert all({"name", "left", "dropped"} <= set(step) for step in done["steps"])
    assert done["steps"][-1]["left"] == done["targets"]


def test_match_plans_and_launch_makes_the_tasks(on_trained):
    planned = on_trained("match", CAMPAIGN).json
    assert set(planned) >= MATCHED
    assert all(set(price) == {"resource", "price", "used", "lower", "upper"} for price in planned["prices"])
    launched = on_trained("launch", CAMPAIGN).json
    assert set(launched) == LAUNCHED
    assert (launched["run"], launched["held_out"]) == (planned["run"], planned["held_out"])
    assert launched["tasks"] + sum(launched["refused"].values()) == planned["assigned"]
    assert on_trained("launch", CAMPAIGN).json["tasks"] == 0


def test_run_is_all_of_it_and_twice_is_once(on_trained):
    first = on_trained("run", "--as-of", AS_OF).json
    assert set(first) >= {"campaigns", "seconds"}
    assert list(first["campaigns"]) == [CAMPAIGN, "handset-renewal"]
    for done in first["campaigns"].values():
        assert {"steps", "targets"} <= set(done["screen"])
        assert set(done["match"]) >= MATCHED
        assert set(done["launch"]) == LAUNCHED
        assert done["launch"]["tasks"] > 0
    again = on_trained("run", "--as-of", AS_OF).json
    for name, done in again["campaigns"].items():
        assert done["launch"]["tasks"] == 0
        assert done["match"]["run"] == first["campaigns"][name]["match"]["run"]


def test_explain(on_matched):
    done = on_matched("explain", "KH00000001").json
    told = done["campaigns"]
    assert {one["campaign"] for one in told} >= {CAMPAIGN, "handset-renewal"}
    for one in told:
        assert {"campaign", "steps", "decision", "why"} <= set(one)
        assert all({"name", "kept", "condition", "values"} <= set(step) for step in one["steps"])


def test_report(on_matched, tmp_path):
    on_matched("launch", CAMPAIGN)
    done = on_matched("report", CAMPAIGN, "--out", tmp_path / "report.html").json
    assert {"file", "assigned", "held_out", "effect", "interval"} <= set(done)
    assert done["file"] == str(tmp_path / "report.html")
    assert (tmp_path / "report.html").is_file()


def test_call_list(on_matched, tmp_path):
    done = on_matched("call-list", CAMPAIGN, "--out", tmp_path / "list.csv").json
    lines = (tmp_path / "list.csv").read_text(encoding="utf-8-sig").splitlines()
    assert done["rows"] == len(lines) - 1


@pytest.mark.parametrize("role", list(staff.Role))
def test_user_add(run, role):
    run("-w", "here", "init", "--pack", "generic")
    done = run("-w", "here", "user", "add", "somebody", "--role", role, "--json").json
    assert (done["name"], done["role"]) == ("somebody", role)
    assert len(done["password"]) >= 10
    [listed] = run("-w", "here", "--json", "user", "list").json["users"]
    assert (listed["name"], listed["role"]) == ("somebody", role)
    assert "password" not in str(listed)


def test_a_password_that_was_given_is_not_repeated(run):
    run("-w", "here", "init", "--pack", "generic")
    done = run("-w", "here", "user", "add", "somebody", "--role", "agent", "--password", "a good password", "--json")
    assert "password" not in done.json


def test_a_campaign_moves_through_its_states(run):
    run("-w", "here", "init", "--pack", "telecom")
    moves = [["approve"], ["start"], ["pause"], ["resume"], ["close"]]
    states = [run("-w", "here", "--json", "campaign", "move", *move, "move-to-5g").json["state"] for move in moves]
    assert states == ["approved", "running", "paused", "running", "closed"]
    listed = run("-w", "here", "--json", "campaign", "list").json["campaigns"]
    assert {one["name"]: one["state"] for one in listed}["move-to-5g"] == "closed"


def test_import(run, tmp_path):
    run("-w", "here", "init", "--pack", "telecom")
    text = (
        "kind: campaign\nname: mine\ntitle: {en: Mine, zh: 我的}\nproducts: [data_10gb]\nscript: data-upgrade\n"
        "resources: [{name: {en: All, zh: 全部}, minutes: 60}]\n"
    )
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    assert run("-w", "here", "import", "mine.yaml", "--json").json == {"saved": {"campaign": ["mine"]}}


def test_worker_sends_what_is_due(run):
    run("-w", "here", "init", "--pack", "generic")
    assert run("-w", "here", "worker", "--once", "--json").json == {"sent": 0}


def test_every_command_speaks_to_people_too(run, matched, tmp_path):
    shown = {
        ("refresh", "--as-of", str(AS_OF), "--full"): "computed from scratch",
        ("screen", CAMPAIGN): "targets of",
        ("match", CAMPAIGN): "gap",
        ("launch", CAMPAIGN): "call tasks",
        ("explain", "KH00000001"): "→",
        ("report", CAMPAIGN, "--out", str(tmp_path / "report.html")): "Written to",
        ("call-list", CAMPAIGN, "--out", str(tmp_path / "list.xlsx")): "customers written",
        ("campaign", "list"): CAMPAIGN,
        ("user", "list"): "agent",
    }
    for arguments, text in shown.items():
        done = run("-w", matched.workspace.path, *arguments)
        assert done.status == 0, done.err
        assert text in done.out, arguments


def test_a_step_by_the_command_line_is_in_the_campaigns_history(run, trained):
    run("-w", trained.workspace.path, "campaign", "move", "reject", "move-to-5g", "--reason", "too dear")
    with trained.database.transaction(read_only=True) as session:
        last = campaigns.history(session, "move-to-5g")[-1]
    assert (last.actor, last.action, last.reason) == ("cli", "reject", "too dear")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_demo(run):
    """All of it at once, by the machine's own clock; once more, it replaces what it made and nothing else."""
    done = run("-w", "show", "demo", "--no-serve", "--customers", "1500", "--json")
    assert done.status == 0, done.err
    told = done.json
    assert {"customers", "tables", "levels", "campaigns", "tasks", "seconds"} <= set(told)
    assert told["customers"] == sum(told["levels"].values())
    assert told["tasks"] == sum(campaign["tasks"] for campaign in told["campaigns"].values()) > 0
    assert set(told["sign_in"]) == {user["name"] for user in run("-w", "show", "user", "list", "--json").json["users"]}
    for campaign in told["campaigns"].values():
        assert campaign["past_called"] > 0
        assert campaign["interval"][0] <= campaign["effect"] <= campaign["interval"][1]


def test_a_finished_command_has_closed_its_database(run, tmp_path):
    run("-w", "mine", "init", "--pack", "generic")
    run("-w", "mine", "user", "add", "someone", "--role", "agent")
    run("-w", "mine", "explain", "nobody")  # refused
    assert [path.name for path in (tmp_path / "mine").glob("operations.sqlite*")] == ["operations.sqlite"]


def test_demo_leaves_other_workspaces_alone(run, tmp_path):
    run("-w", "mine", "init", "--pack", "generic")
    before = sorted(path.name for path in (tmp_path / "mine").iterdir())
    assert "already is a workspace" in run("-w", "mine", "demo", "--no-serve", "--json").error["message"]
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == before
