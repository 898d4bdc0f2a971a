"""The commands about trained models."""

import pytest

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
