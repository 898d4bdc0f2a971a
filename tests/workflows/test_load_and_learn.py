"""From extracts to a view and a model: loaded once, whatever is loaded twice; and nothing from after the date."""

import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from tests.world import AS_OF, CUSTOMERS, house_at
from yuelao.common.errors import Conflict, NotFound, Refused
from yuelao.operations import customers
from yuelao.warehouse.views import read_view
from yuelao.workflows.house import House
from yuelao.workflows.ingest_extract import ingest
from yuelao.workflows.keep_model import current_model, model_cards
from yuelao.workflows.refresh_customers import refresh
from yuelao.workflows.train_model import train

MAPPING = """\
source: crm
defaults: {encoding: utf-8}
tables:
  - table: customers
    files: customers.csv
    columns: {customer_id: id, name: name, phone: phone, joined_on: joined}
  - table: contacts
    files: contacts.csv
    columns: {customer_id: id, contacted_at: at, channel: channel, outcome: outcome, product: product}
"""

REFUSALS = """\
source: hotline
tables:
  - {table: customers, files: refusals.csv, columns: {customer_id: id, do_not_call: {column: flag, codes: {1: true}}}}
"""


def small_source(folder: Path, *contacts: str) -> Path:
    """Two customers and their contacts, as files with a mapping; returns the mapping."""
    folder.mkdir(exist_ok=True)
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    people = "id,name,phone,joined\nS1,张三,13800000001,2020-01-01\nS2,李四,13800000002,2021-01-01\n"
    (folder / "customers.csv").write_text(people, encoding="utf-8")
    (folder / "contacts.csv").write_text("\n".join(("id,at,channel,outcome,product", *contacts)), encoding="utf-8")
    return folder / "mapping.yaml"


def _view(house: House, as_of: date) -> dict[str, dict[str, object]]:
    with house.lake.snapshot() as snapshot:
        return {row["customer_id"]: row for row in read_view(snapshot, as_of).to_pyarrow().to_pylist()}


def test_what_is_loaded_twice_is_unchanged(trained):
    before = {path.name: path.read_bytes() for path in trained.workspace.lake.glob("*.json")}
    again = ingest(trained, trained.workspace.extracts / "mapping.yaml").tables
    counts = {
        name: Counter({key: n for key, n in table.items() if isinstance(n, int)}) for name, table in again.items()
    }
    assert counts["customers"]["read"] > CUSTOMERS
    for name, table in counts.items():
        assert table["accepted"] == 0, name
        assert table["read"] == table["rejected"] + table["unchanged"], name
    assert sum(table["rejected"] for table in counts.values()) > 0
    assert {path.name: path.read_bytes() for path in trained.workspace.lake.glob("*.json")} == before


def test_every_rejected_row_lies_in_a_file(trained):
    for name, table in ingest(trained, trained.workspace.extracts / "mapping.yaml").tables.items():
        if not table["rejected"]:
            assert table["rejects_file"] is None, name
            continue
        header, *lines = Path(str(table["rejects_file"])).read_text(encoding="utf-8-sig").splitlines()
        assert header == "source,line,field,value,reason"
        assert len(lines) >= int(table["rejected"] or 0), name


def test_names_and_numbers_stay_out_of_the_lake(trained):
    with trained.lake.snapshot() as snapshot:
        columns = set(snapshot.table("customers").columns)
    assert "customer_id" in columns
    assert not columns & {"name", "phone", "source_id"}
    with trained.database.transaction(read_only=True) as session:
        profile = customers.find(session, "KH00000001")
    assert profile.name
    assert profile.customer_id != "KH00000001"


def test_a_load_that_is_refused_leaves_the_names_too(office, tmp_path):
    mapping = small_source(tmp_path / "source", "S1,2026-10-01,phone,refused,x")
    (tmp_path / "source" / "contacts.csv").write_text("id,when\nS1,2026-10-01\n", encoding="utf-8")
    with pytest.raises(Refused, match="at"):
        ingest(office, mapping)
    with office.database.transaction(read_only=True) as session, pytest.raises(NotFound):
        customers.find(session, "S1")
    with office.lake.snapshot() as snapshot:
        assert not snapshot.has("customers")


def test_a_partial_load_leaves_names_and_numbers_alone(office, tmp_path):
    ingest(office, small_source(tmp_path / "source"))
    (tmp_path / "refusals.csv").write_text("id,flag\nS1,1\nS3,1\n", encoding="utf-8")
    mapping = tmp_path / "refusals.yaml"
    mapping.write_text(REFUSALS, encoding="utf-8")
    assert ingest(office, mapping).tables["customers"]["accepted"] == 2
    with office.database.transaction(read_only=True) as session:
        known, new = customers.find(session, "S1"), customers.find(session, "S3")
        assert (known.name, customers.reveal_phone(session, known.customer_id)) == ("张三", "13800000001")
        assert (new.name, new.masked_phone, new.person_id) == (None, None, new.customer_id)


def test_the_levels_count_everybody(trained):
    done = refresh(trained, AS_OF)
    assert done.customers == sum(done.levels.values())
    assert set(done.levels) == {"A1", "A2", "B1", "B2", "C", "D"}
    assert done.features >= 25
    assert done.missing == []


def test_a_view_knows_nothing_from_after_its_date(office, tmp_path):
    """The view of a date is the same whether the days after it have been loaded or not."""
    source = tmp_path / "source"
    ingest(office, small_source(source, "S1,2026-09-10,phone,refused,x"))
    refresh(office, date(2026, 10, 1))
    before = _view(office, date(2026, 10, 1))
    ingest(office, small_source(source, "S1,2026-10-01,phone,sold,x", "S2,2026-10-20,phone,complaint,x"))
    refresh(office, date(2026, 10, 1))
    assert _view(office, date(2026, 10, 1)) == before
    refresh(office, date(2026, 11, 1))
    assert _view(office, date(2026, 11, 1)) != before


def test_a_refresh_of_an_earlier_day_leaves_the_desks_alone(office, tmp_path):
    ingest(office, small_source(tmp_path / "source"))
    today, earlier = date(2026, 11, 1), date(2026, 10, 1)
    assert refresh(office, today).desk_as_of == today
    done = refresh(office, earlier)
    assert (done.as_of, done.desk_as_of) == (earlier, today)
    assert len(_view(office, earlier)) == 2
    with office.database.transaction(read_only=True) as session:
        assert customers.newest_as_of(session) == today


def test_a_refresh_without_a_day_is_of_the_newest_view(office, tmp_path):
    """So that a model that was saved reaches the levels that desks and pages show."""
    ingest(office, small_source(tmp_path, "b,2026-10-01T09:00:00,phone,refused,data_10gb"))
    office.lake.publish("view", "2026-10-20", pa.table({"customer_id": ["a"]}))
    done = refresh(office)
    assert (done.as_of, done.built_on) == (date(2026, 10, 20), None)


def test_a_day_on_which_nobody_was_known_has_no_view(office, tmp_path):
    mapping = small_source(tmp_path, "b,2026-10-01T09:00:00,phone,refused,data_10gb")
    mapping.write_text(
        mapping.read_text("utf-8").replace("joined_on: joined", "joined_on: joined, observed_on: joined")
    )
    ingest(office, mapping)
    with pytest.raises(Refused, match="No customer was known on 2009-01-01"):
        refresh(office, date(2009, 1, 1))
    with office.lake.snapshot() as snapshot:
        assert snapshot.partitions("view") == []


def test_one_refresh_at_a_time(office, tmp_path):
    ingest(office, small_source(tmp_path / "source"))
    with office.lake.refreshing(), pytest.raises(Conflict, match="Another refresh"):
        refresh(office, date(2026, 11, 1))
    assert refresh(office, date(2026, 11, 1)).customers == 2


def test_no_view_of_the_future(office, tmp_path):
    ingest(office, small_source(tmp_path / "source"))
    with pytest.raises(Refused, match="lies in the future"):
        refresh(office, date(2027, 1, 1))


def test_nothing_to_refresh_without_customers(office):
    with pytest.raises(Refused, match="no customers yet") as refusal:
        refresh(office)
    assert "ingest" in refusal.value.hint


def test_profiles_are_those_of_the_last_refresh(trained):
    with trained.database.transaction(read_only=True) as session:
        profile = customers.find(session, "KH00000001")
        assert customers.newest_as_of(session) == AS_OF
    view = _view(trained, AS_OF)[profile.customer_id]
    assert profile.fields["value_level"] == view["value_level"]
    assert "earlier_contacts" in profile.fields
    assert None not in profile.fields.values()


def test_a_card_says_what_a_planner_must_know(trained):
    [(version, card)] = model_cards(trained).values()
    assert version.startswith(AS_OF.isoformat())
    assert card.rows > card.positives > 0
    assert card.train_window[0] <= card.train_window[1] <= card.test_window[0] <= card.test_window[1] < "2026-11-01"
    assert 0 <= card.auc <= 1
    assert card.lift_top_decile >= 0
    assert 0 <= card.calibration_error <= 1
    assert len(card.features) >= 25
    known_after_the_call = {"outcome", "duration_seconds", "label", "contact_id", "ledger_sequence"}
    assert not known_after_the_call & set(card.features)


def test_the_model_in_use_gives_probabilities_for_any_row_order(trained):
    with trained.lake.snapshot() as snapshot:
        rows = read_view(snapshot, AS_OF).limit(200).to_pyarrow()
    for name, value in {"product": "data_10gb", "channel": "phone"}.items():
        rows = rows.append_column(name, pa.array([value] * rows.num_rows))
    model = current_model(trained, "response")
    forward, backward = model.predict(rows), model.predict(rows.take(list(range(rows.num_rows))[::-1]))
    assert ((forward >= 0) & (forward <= 1)).all()
    assert forward.tolist() == backward[::-1].tolist()


def test_models_that_are_not_there(office):
    with pytest.raises(NotFound) as unknown:
        train(office, "respose")
    assert "response" in unknown.value.hint
    with pytest.raises(Refused) as untrained:
        current_model(office, "response")
    assert "yuelao train response" in untrained.value.hint


def test_a_copy_of_the_workspace_is_a_workspace(trained, tmp_path):
    """Backing up is copying: nothing in it knows where it lay."""
    moved = tmp_path / "moved"
    shutil.copytree(trained.workspace.path, moved, symlinks=True)
    with house_at(moved) as house:
        assert _view(house, AS_OF).keys() == _view(trained, AS_OF).keys()
        assert current_model(house, "response").card.rows > 0
