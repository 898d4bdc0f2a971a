"""The command that sees to the models in use."""

from datetime import date

import pytest

from tests.workflows.test_train_model import contacts
from yuelao.workflows import inspect_models

KEYS = ["day", "dry_run", "due", "trained", "refused", "rolled_back", "reported", "busy"]


@pytest.fixture
def _months_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing came of any call since."""
    monkeypatch.setattr(inspect_models, "gather_examples", lambda *_asked: contacts(50))


@pytest.mark.usefixtures("_months_later")
def test_models_retrain_tells_what_is_due_and_why(on_trained, run, trained):
    nothing = on_trained("models", "retrain").json
    assert list(nothing) == KEYS
    assert (nothing["day"], nothing["due"], nothing["dry_run"]) == ("2026-11-01", [], False)
    later = ("models", "retrain", "--as-of", date(2027, 3, 1), "--dry-run")
    [due] = on_trained(*later, "--model", "response").json["due"]
    assert (due["name"], due["why"]) == ("response", ["120 days of data came since"])
    told = run("-w", trained.workspace.path, *later).out
    assert "120 days of data came since" in " ".join(told.split())
    assert len(on_trained("models", "list").json["models"]) == 1


def test_a_model_that_is_not_there(on_trained):
    assert "response" in on_trained("models", "retrain", "--model", "respnse").error["hint"]
