"""The world keeps to the figures of published practice, and its data is driven by its hidden needs."""

from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from yuelao.simulation import campaigns, catalogue, response, words, world
from yuelao.simulation.behaviour import Block
from yuelao.simulation.needs import needs
from yuelao.simulation.observed import Observed, observe

UNTIL, MONTHS = date(2026, 11, 1), 6
_SPAN = np.datetime64(UNTIL, "M") + np.arange(-MONTHS, 0)
_OUTCOME = {outcome.value: code for code, outcome in enumerate(response.CODES)}
_PHONE, _MESSAGE = 0, 1  # of words.CAMPAIGN_CHANNELS


@pytest.fixture(scope="module")
def lived() -> Observed:
    return observe(7, 2, UNTIL)


@pytest.fixture(scope="module")
def cut() -> Observed:
    return observe(7, 2, UNTIL, cut_link=True)


def _share(codes: NDArray[np.int64], outcome: str) -> float:
    return float((codes == _OUTCOME[outcome]).mean())


def test_earlier_calls_do_as_well_as_practice_reports(lived: Observed) -> None:
    contacts = lived.tables["contacts"]
    called = contacts["channel"] == _PHONE
    spoken = called & response.REACHED[contacts["outcome"]]
    assert 0.45 < spoken.sum() / called.sum() < 0.60
    names = np.array([campaign.name for campaign in campaigns.CAMPAIGNS])[contacts["campaign"]]
    blanket = contacts["outcome"][spoken & np.char.endswith(names, "普呼")]
    assert 0.01 < _share(blanket, "sold") < 0.03
    aimed = contacts["outcome"][spoken & np.char.endswith(names, "精选")]
    assert _share(aimed, "sold") > 1.3 * _share(blanket, "sold")
    flagship = contacts["outcome"][spoken & (names == "旗舰机普呼")]
    assert _share(flagship, "sold") < 0.012
    assert 0.0015 < _share(contacts["outcome"][called], "complaint") < 0.006
    assert 0.005 < _share(contacts["outcome"][spoken], "refused_all") < 0.025


def test_messages_are_seldom_answered_and_hardly_sell(lived: Observed) -> None:
    contacts = lived.tables["contacts"]
    sent = contacts["channel"] == _MESSAGE
    assert 0.02 < contacts["replied"][sent].mean() < 0.15
    assert _share(contacts["outcome"][sent], "sold") < 0.01
    assert set(contacts["replied"][~sent]) == {-1}
    assert not contacts["seconds"][sent].any()


def test_who_answers_on_a_channel_has_it_as_a_habit(lived: Observed) -> None:
    contacts, truth = lived.tables["contacts"], lived.truth
    for word, channel in ((1, "sms"), (2, "online"), (3, "online"), (4, "hall")):
        here = contacts["channel"] == word
        habit = truth.column(f"habit_{channel}")[contacts["number"][here] - 1]
        answered = response.REACHED[contacts["outcome"][here]]
        assert habit[answered].mean() > 1.3 * habit[~answered].mean()


def test_a_tenth_of_the_base_is_called_each_month(lived: Observed) -> None:
    contacts = lived.tables["contacts"]
    called = contacts["channel"] == _PHONE
    for month in _SPAN:
        here = called & (contacts["moment"].astype("datetime64[M]") == month)
        assert 0.08 < len(np.unique(contacts["number"][here])) / lived.customers < 0.15


def test_every_sold_contact_has_its_order(lived: Observed) -> None:
    contacts, orders = lived.tables["contacts"], lived.tables["orders"]
    sold = set(contacts["id"][contacts["outcome"] == _OUTCOME["sold"]].tolist())
    assert sold == set(orders["contact"][orders["contact"] >= 0].tolist())
    assert (orders["contact"] < 0).sum() > len(sold)  # most demand comes unprompted


def test_nobody_is_contacted_after_refusing_for_good(lived: Observed) -> None:
    contacts = lived.tables["contacts"]
    refused: dict[int, int] = {}
    ends = contacts["outcome"] == _OUTCOME["refused_all"]
    for number, contact in zip(contacts["number"][ends].tolist(), contacts["id"][ends].tolist(), strict=True):
        refused.setdefault(number, contact)
    assert refused
    pairs = zip(contacts["number"].tolist(), contacts["id"].tolist(), strict=True)
    assert not [contact for number, contact in pairs if refused.get(number, contact) < contact]


def test_who_leaves_leaves_no_rows_behind() -> None:
    block = world.live(7, 0, _SPAN)
    gone = np.flatnonzero(~np.isnat(block.state.left))
    assert 0.02 < len(gone) / len(block.profile.number) < 0.12
    for table, column in (("payments", "moment"), ("usage_monthly", "month"), ("contacts", "moment")):
        rows = block.log.table(table)
        left = block.state.left[rows["number"] - 1]
        late = rows[column].astype("datetime64[D]") > left + 7  # a second call may fall into the next days
        assert not (late & ~np.isnat(left)).any()


def test_the_disloyal_and_the_courted_leave() -> None:
    block = world.live(7, 0, _SPAN)
    gone, traits = ~np.isnat(block.state.left), block.traits
    assert traits.loyalty[gone].mean() < traits.loyalty[~gone].mean() - 0.3
    assert traits.courted[gone].mean() > traits.courted[~gone].mean() + 0.2


def _unprompted(block: Block) -> NDArray[np.bool_]:
    orders = block.log.table("orders")
    bought = np.zeros(block.traits.wishes.shape, dtype=bool)
    own = orders["contact"] < 0  # the others were also chosen, by what the operator could see
    bought[orders["number"][own] - 1, orders["product"][own]] = True
    return bought


def _first_looks(block: Block) -> NDArray[np.float64]:
    pages = block.log.table("browsing")
    seen = np.zeros(block.traits.wishes.shape)
    # of the first month, before purchases can have stilled a need
    products = (pages["product"] >= 0) & (pages["moment"] < _SPAN[1].astype("datetime64[s]"))
    np.add.at(seen, (pages["number"][products] - 1, pages["product"][products]), 1)
    return seen


def _separation(score: NDArray[np.float64], bought: NDArray[np.bool_]) -> float:
    """Mean over products of the chance that a buyer scores above a customer who did not buy (ties count half)."""
    return float(np.mean([_auc(score[:, product], bought[:, product]) for product in range(score.shape[1])]))


def _auc(score: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    high, low = np.sort(score[positive]), np.sort(score[~positive])
    below = np.searchsorted(low, high, "left") + np.searchsorted(low, high, "right")
    return float(below.mean() / 2 / len(low))


def _first_needs() -> NDArray[np.float64]:
    begun = world.begin(11, 0, _SPAN[0].astype("datetime64[D]"), np.datetime64(UNTIL))
    return needs(begun.traits, begun.state, _SPAN[0].astype("datetime64[D]"))


def test_hidden_needs_drive_purchases_and_the_traces_before_them() -> None:
    block = world.live(11, 0, _SPAN)
    assert _separation(_first_needs(), _unprompted(block)) > 0.75
    assert _separation(_first_looks(block), _unprompted(block)) > 0.55


def test_with_the_link_cut_nothing_foretells_a_purchase() -> None:
    block = world.live(11, 0, _SPAN, cut_link=True)
    assert _separation(_first_needs(), _unprompted(block)) == pytest.approx(0.5, abs=0.06)
    assert _separation(_first_looks(block), _unprompted(block)) == pytest.approx(0.5, abs=0.06)


def _behaviour(seen: Observed) -> NDArray[np.float64]:
    """What a customer of the operator's records looks like, standardised."""
    pages, contacts = seen.tables["browsing"], seen.tables["contacts"]
    over, used = seen.mean_use("over_kb", 3), seen.mean_use("data_kb", 3)
    columns = [np.log1p(over), over / (used - over + 1e5), np.log1p(used), np.log1p(seen.mean_use("charge", 3))]
    columns += [seen.count("browsing", pages["product"] == product) for product in range(len(catalogue.PRODUCTS))]
    columns += [(seen.until - seen.last("devices", "day")).astype(float)]
    columns += [seen.count("contacts", contacts["outcome"] == _OUTCOME[name]) for name in ("sold", "thinking")]
    table = np.stack(columns, axis=1)
    return np.asarray((table - table.mean(axis=0)) / (table.std(axis=0) + 1e-9))


def _foretold(seen: Observed, product: str) -> float:
    """AUC on one half of the customers of a linear score fitted on the other, for who buys when contacted."""
    chance = seen.truth.column(f"response_{product}_phone")
    draws = np.random.default_rng(1).random((20, len(chance)))
    table, label = _behaviour(seen), np.asarray((draws < chance).any(axis=0))
    here, half = ~seen.truth.column("left"), np.arange(len(label)) % 2 == 0
    fitted = np.linalg.lstsq(table[here & half], label[here & half] - label[here & half].mean(), rcond=None)[0]
    return _auc((table @ fitted)[here & ~half], label[here & ~half])


@pytest.mark.parametrize("product", ["data_30gb", "handset_mid"])
def test_a_model_of_behaviour_foretells_answers_only_while_the_link_holds(
    lived: Observed, cut: Observed, product: str
) -> None:
    assert _foretold(lived, product) > 0.68
    assert _foretold(cut, product) == pytest.approx(0.5, abs=0.025)


def test_an_operator_sees_no_more_than_its_words(lived: Observed) -> None:
    contacts = lived.tables["contacts"]
    assert set(contacts["channel"]) <= set(range(len(words.CAMPAIGN_CHANNELS)))
    assert set(contacts["product"]) <= set(range(len(catalogue.PRODUCTS)))
