"""Training once more by the recipe that the register keeps: the same model to the byte, or what is different."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pyarrow as pa
import pytest

from tests.workflows.test_train_model import contacts
from yuelao.analytics.propensity import train_response
from yuelao.common.clock import FixedClock
from yuelao.common.errors import Refused
from yuelao.common.settings import Workspace
from yuelao.storage.session import Database
from yuelao.warehouse.lake import Lake
from yuelao.workflows import reproduce_model, train_model
from yuelao.workflows.gather_training import LABEL, Examples
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import keep, registered, version_of
from yuelao.workflows.model_recipe import made_with
from yuelao.workflows.reproduce_model import reproduce
from yuelao.workflows.train_model import train

AS_OF = date(2026, 11, 1)


@pytest.fixture
def quiet(workspace: Workspace, clock: FixedClock) -> Iterator[House]:
    """A house without a lake, on SQLite."""
    with closing(Database(workspace.database_url)) as database:
        database.migrate()
        yield House(workspace, database, Lake(workspace.lake), clock)


def test_the_recipe_alone_makes_the_same_model_and_leaves_the_register_alone(
    quiet: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (train_model, reproduce_model):
        monkeypatch.setattr(module, "gather_examples", lambda *_asked: contacts())
    done = train(quiet, "response", AS_OF, exclude=["shoe"], seed=5)
    before = registered(quiet)
    found = reproduce(quiet, "response")
    assert (found.version, found.same, found.same_data, found.made_otherwise) == (done.version, True, True, {})
    assert found.again == found.digest == version_of(quiet, "response").digest
    assert registered(quiet) == before

    table = contacts().table
    fewer = Examples(table.set_column(0, "age", pa.array(range(table.num_rows))), "contacted_at")
    monkeypatch.setattr(reproduce_model, "gather_examples", lambda *_asked: fewer)
    monkeypatch.setattr(reproduce_model, "made_with", lambda: made_with() | {"numpy": "0"})
    other = reproduce(quiet, "response", done.version)
    assert other.made_otherwise == {"numpy": (made_with()["numpy"], "0")}
    assert (other.same, other.same_data) == (False, False)
    assert other.again != other.digest


def test_a_version_without_a_recipe_is_refused(quiet: House) -> None:
    table = contacts().table
    model, _card, _tested = train_response(table, LABEL, "contacted_at", ["age"])
    kept = keep(quiet, "response", AS_OF, model, {}, {})
    with pytest.raises(Refused, match="no recipe"):
        reproduce(quiet, "response", kept.version)
