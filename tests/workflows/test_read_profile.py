"""The profile of a view, as a page shows it: written by each refresh, read by day."""

from datetime import date
from pathlib import Path

import pytest

from tests.workflows.test_load_and_learn import small_source
from yuelao.common.errors import NotFound, Refused
from yuelao.workflows.house import House
from yuelao.workflows.ingest_extract import ingest
from yuelao.workflows.read_profile import ColumnProfile, profile_of_view
from yuelao.workflows.refresh_customers import refresh

FIRST, SECOND = date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture
def refreshed(office: House, tmp_path: Path) -> House:
    """A house with views of two months."""
    ingest(office, small_source(tmp_path / "crm", "S1,2026-10-05 10:00:00,phone,refused,data_10gb"))
    refresh(office, FIRST)
    refresh(office, SECOND)
    return office


def column(house: House, name: str, as_of: date | None = None) -> ColumnProfile:
    return next(column for column in profile_of_view(house, as_of).columns if column.name == name)


def test_every_refresh_leaves_a_profile(refreshed):
    newest = profile_of_view(refreshed)
    assert (newest.as_of, newest.before, newest.days) == (SECOND, FIRST, [FIRST, SECOND])
    assert newest.customers == 2
    assert sum(newest.bands.values()) == sum(column.psi is not None for column in newest.columns) > 100
    first = profile_of_view(refreshed, FIRST)
    assert first.before is None
    assert set(first.bands.values()) == {0}


def test_a_column_says_what_it_is_and_how_it_looks(refreshed):
    tenure = column(refreshed, "tenure_months")
    assert (tenure.family, tenure.unit, tenure.type, tenure.null_share) == ("identity", "months", "number", 0.0)
    assert tenure.title["zh"] == "在网时长（整月）"
    assert (tenure.least, tenure.mean, tenure.most) == (70.0, 76.0, 82.0)
    assert sum(bar.share for bar in tenure.bins) == pytest.approx(1.0)
    contacts = column(refreshed, "contacts_90d")
    assert (contacts.null_share, contacts.null_share_before) == (0.0, 1.0)
    assert contacts.band == "shifted"
    assert column(refreshed, "value_score").family == "scores"


def test_a_day_without_a_profile(refreshed):
    with pytest.raises(NotFound, match="2026-10-02 has no profile"):
        profile_of_view(refreshed, date(2026, 10, 2))


def test_before_the_first_refresh(office):
    with pytest.raises(Refused, match="No view has a profile yet"):
        profile_of_view(office)
