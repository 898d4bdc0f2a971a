"""The commands about trained models."""

import pytest

from tests.workflows.test_model_kinds import learn_from, owners, trial
from tests.workflows.test_train_model import contacts
from tests.world import AS_OF
from yuelao.workflows import train_model


def test_models_list_show_promote_and_rollback(on_trained, run, trained):
    [first] = on_trained("models", "list").json["models"]
    assert (first["model"], first["state"]) == ("response", "champion")
    shown = on_trained("models", "show", "response").json
    assert (shown["version"], shown["recipe"]["as_of"]) == (first["version"], str(AS_OF))
    assert len(shown["digest"]) == 64
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_model, "gather_examples", lambda *_asked: contacts())
        second = on_trained("train", "response", "--as-of", AS_OF, "--exclude", "shoe").json
    assert second["in_use"]
    assert on_trained("models", "rollback", "response", "--reason", "complaints").json["version"] == first["version"]
    assert on_trained("models", "promote", "response", second["version"]).json["state"] == "champion"
    told = on_trained("models", "list").json["models"]
    assert {each["version"]: each["state"] for each in told} == {
        first["version"]: "retired",
        second["version"]: "champion",
    }
    assert "champion" in run("-w", trained.workspace.path, "models", "list").out


def test_models_that_are_not_there(on_trained):
    assert "response" in on_trained("models", "show", "respnse").error["hint"]
    assert on_trained("models", "promote", "response", "1999").error["code"] == "not_found"
    assert on_trained("models", "rollback", "response").error["code"] == "conflict"
    assert on_trained("train", "look_alike").error["where"] == "--product"


def test_a_replacement_shows_its_ways_side_by_side(run, trained, monkeypatch):
    learn_from(monkeypatch, owners(400))
    costs = ("--call-cost", "6", "--margin", "60")
    told = run("-w", trained.workspace.path, "train", "replacement", "--as-of", AS_OF, *costs).out
    assert "calling nobody" in told
    assert told.count("→ ") == 1
    assert told.count("boosting all") == told.count("tree reduct") >= 4


def test_uplift_answers_with_its_verdict(on_trained, monkeypatch):
    learn_from(monkeypatch, trial(300, adds=0.0))
    done = on_trained("train", "uplift", "--product", "data_10gb", "--as-of", AS_OF).json
    assert (done["name"], done["in_use"], done["evident"]) == ("uplift-data_10gb", False, False)
    assert done["why"] == done["evidence"] == "No evidence that ranking by uplift beats random here"
    assert {"ate", "interval", "qini", "qini_interval", "auuc", "uplift_top_30", "chosen", "candidates"} <= set(done)
    assert {"family", "reduct", "leaks", "drift", "reasons_example"} <= set(done)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("replacement", "--margin", "3"), "decide nothing"),
        (("replacement", "--call-cost", "-1"), "decide nothing"),
        (("churn", "--call-cost", "6"), "asks for no costs"),
        (("uplift", "--months", "2"), "cannot look 2 months ahead"),
        (("uplift",), "are too few to learn from"),
    ],
)
def test_what_no_kind_of_model_can_do_is_said_in_one_line(on_trained, asked, says):
    error = on_trained("train", *asked).error
    assert says in error["message"]
    assert error["hint"]
    assert "\n" not in error["message"]
