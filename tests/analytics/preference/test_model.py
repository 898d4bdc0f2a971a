"""The channel preference as a model of the view: scores, levels, kinds of business, learned weights."""

from collections import Counter
from datetime import datetime

import ibis
import numpy as np
import pyarrow as pa
import pytest

from tests.analytics.model_checks import CHECKS, Subject
from tests.analytics.preference.people import AS_OF, EARLIER, People, definition, people
from yuelao.analytics.channels import CHANNELS
from yuelao.analytics.evidence import Evidence
from yuelao.analytics.preference.model import FittedPreference, Preference

CROWD = people()
FEW = people(400, seed=2)
SUBJECT = Subject(Preference, definition(), FEW.view, contacts=FEW.contacts, touches=FEW.touches, earlier=FEW.view)


@pytest.mark.parametrize("check", CHECKS)
def test_it_is_a_model_of_the_view(check):
    check(SUBJECT)


@pytest.fixture(scope="module")
def fitted() -> FittedPreference:
    return fit(CROWD.with_past())


@pytest.fixture(scope="module")
def scored(fitted) -> pa.Table:
    return scores(fitted, CROWD.view)


def fit(evidence: Evidence, **changed: object) -> FittedPreference:
    return Preference.from_definition(definition(**changed)).fit(evidence)


def scores(fitted: FittedPreference, view: pa.Table) -> pa.Table:
    return fitted.score(ibis.memtable(view)).to_pyarrow().sort_by("customer_id")


def right(scored: pa.Table, crowd: People) -> float:
    """Share of customers with five touches or more whose channel of habit is the preferred one."""
    best = np.array(CHANNELS)[crowd.habit.argmax(axis=1)]
    found = np.array(scored["preferred_channel"].to_pylist()) == best
    return float(found[crowd.seen >= 5].mean())


def test_scores_and_levels_lie_in_their_ranges_and_agree(scored):
    levels = {output.name: output.levels for output in Preference.from_definition(definition()).outputs()}
    for channel in CHANNELS:
        score = scored[f"{channel}_preference"].to_numpy()
        assert ((score >= 0) & (score <= 5)).all()
        level = scored[f"{channel}_preference_level"].to_pylist()
        assert level == [str(1 + int(np.searchsorted([1, 2, 3, 4], s, side="right"))) for s in score]
        assert set(level) <= set(levels[f"{channel}_preference_level"])
    assert set(levels) <= set(scored.column_names)


def test_the_preferred_channel_is_that_of_the_best_score(scored):
    columns = np.column_stack([scored[f"{channel}_preference"].to_numpy() for channel in CHANNELS])

    assert scored["preferred_channel"].to_pylist() == [CHANNELS[place] for place in columns.argmax(axis=1)]
    np.testing.assert_allclose(columns.sum(axis=1), 5)


def test_the_channel_of_habit_is_found_and_without_the_link_it_is_not(scored):
    alone = people(linked=False)

    most_common = Counter(CROWD.habit.argmax(axis=1).tolist()).most_common(1)[0][1] / len(CROWD.habit)
    assert right(scored, CROWD) > 0.74
    assert right(scores(fit(alone.with_past()), alone.view), alone) < most_common + 0.05


def test_the_order_of_customers_and_touches_does_not_matter(scored):
    rng = np.random.default_rng(3)
    mixed = People(
        CROWD.view.take(rng.permutation(CROWD.view.num_rows)),
        CROWD.touches.take(rng.permutation(CROWD.touches.num_rows)),
        CROWD.contacts.take(rng.permutation(CROWD.contacts.num_rows)),
        CROWD.habit,
        CROWD.seen,
    )

    assert scores(fit(mixed.with_past()), mixed.view).equals(scored)


def test_kinds_of_business_add_up_to_the_customer(fitted):
    rows = fitted.by_business(fitted.score(ibis.memtable(CROWD.view))).to_pyarrow()

    split = rows.group_by(["customer_id", "business"]).aggregate([("score", "sum"), ("score", "min")])
    np.testing.assert_allclose(split["score_sum"].to_numpy(), 5)
    assert (split["score_min"].to_numpy() >= 0).all()
    touches = rows.group_by("customer_id").aggregate([("touches", "sum")]).sort_by("customer_id")
    assert touches["touches_sum"].to_pylist() == CROWD.seen[CROWD.seen > 0].tolist()
    assert sorted(rows.column_names) == ["business", "channel", "customer_id", "score", "touches"]


def test_a_business_of_its_own_channel_shows_in_its_score():
    habits = [("app", "query")] * 12 + [("kiosk", "payment")] * 12
    crowd = people(300)
    own = pa.table(
        {
            "customer_id": ["C00000"] * 24,
            "occurred_at": pa.array([datetime(2026, 6, 1)] * 24, pa.timestamp("us")),
            "channel": [code for code, _ in habits],
            "business": [business for _, business in habits],
        }
    )
    others = crowd.touches.filter(pa.compute.not_equal(crowd.touches["customer_id"], "C00000"))
    touches = ibis.memtable(pa.concat_tables([others, own.cast(others.schema)]))
    found = fit(crowd.evidence(touches=touches), weights="hand", touches={"business_strength": 10})

    split = found.by_business(found.score(ibis.memtable(crowd.view)))
    assert split is not None
    rows = split.filter(ibis._.customer_id == "C00000").to_pyarrow()

    score = {(row["business"], row["channel"]): row["score"] for row in rows.to_pylist()}
    assert score["query", "online"] > score["payment", "online"] + 1
    assert score["payment", "hall"] > score["query", "hall"] + 1
    assert len(score) == 8


def test_a_business_that_does_not_count_is_not_asked():
    crowd = people(300)
    hall = pa.table(
        {
            "customer_id": ["C00000"] * 50,
            "occurred_at": pa.array([datetime(2026, 6, 1)] * 50, pa.timestamp("us")),
            "channel": ["hall"] * 50,
            "business": ["complaint"] * 50,
        }
    )
    touches = ibis.memtable(pa.concat_tables([crowd.touches, hall.cast(crowd.touches.schema)]))

    found = [
        scores(fit(crowd.evidence(touches=touches), businesses={"complaint": weight}), crowd.view)["hall_preference"]
        for weight in (1, 0)
    ]

    assert found[0][0].as_py() > 3.5
    assert found[1][0].as_py() < 2


def test_learned_weights_win_where_the_hand_set_ones_do_not_know(fitted):
    both = {(row.channel, row.weights): row for row in fitted.comparison}

    assert both["all", "learned"].log_loss < both["all", "hand"].log_loss - both["all", "learned"].error
    assert both["phone", "learned"].auc > both["phone", "hand"].auc + 0.02
    assert both["phone", "hand"].contacts > 300
    assert any(note.startswith("The learned weights are used") for note in fitted.notes)
    weights = {(row["channel"], row["feature"]): row for row in fitted.weight_table()}
    assert weights["phone", "hotline_minutes_mean_6m"]["used"] > 2 * weights["phone", "hotline_minutes_mean_6m"]["hand"]
    assert weights["hall", "hall_visits_6m"]["learned"] is None


def test_hand_set_weights_stay_where_the_outcomes_say_nothing():
    rng = np.random.default_rng(5)
    place = CROWD.contacts.column_names.index("outcome")
    luck = pa.array(rng.choice(["refused", "no_answer"], CROWD.contacts.num_rows))
    contacts = CROWD.contacts.set_column(place, "outcome", luck).drop_columns("replied")
    contacts = contacts.append_column("replied", pa.array([False] * CROWD.contacts.num_rows))
    evidence = CROWD.evidence(
        contacts=ibis.memtable(contacts), earlier=ibis.memtable(CROWD.view), earlier_as_of=EARLIER
    )

    best, asked = fit(evidence), fit(evidence, weights="learned")

    assert any(note.startswith("The hand-set weights are used") for note in best.notes)
    assert all(row["used"] == row["hand"] for row in best.weight_table())
    assert any(row["used"] != row["hand"] for row in asked.weight_table())


def test_nothing_after_the_earlier_day_explains_a_contact(fitted):
    day = pa.scalar(datetime(EARLIER.year, EARLIER.month, EARLIER.day), pa.timestamp("us"))
    before = pa.compute.less(CROWD.contacts["contacted_at"], day)
    later_only = CROWD.contacts.filter(pa.compute.invert(before))
    moved = CROWD.evidence(contacts=ibis.memtable(later_only), earlier=ibis.memtable(CROWD.view), earlier_as_of=EARLIER)

    assert fit(moved).comparison == fitted.comparison


def test_without_an_earlier_view_nothing_is_learned_and_that_is_said():
    found = fit(CROWD.evidence())

    assert not found.comparison
    assert any("earlier view" in note for note in found.notes)


def test_a_dropped_factor_and_a_missing_one_are_reported():
    few = pa.array([0.5 if row % 4 == 0 else None for row in range(CROWD.view.num_rows)])
    view = CROWD.view.append_column("sms_reply_rate_12m", few)

    found = fit(CROWD.evidence(view=ibis.memtable(view)))

    assert "call_forwards_6m" in found.missing
    assert "sms_reply_rate_12m" not in found.missing
    assert any("sms_reply_rate_12m was dropped: 75.0%" in note for note in found.notes)


def test_a_factor_of_another_type_is_dropped_and_said():
    wanted = {"channels": {"phone": [{"feature": "vip_type", "scale": "log"}]}}

    found = fit(CROWD.evidence(), **wanted)

    assert any("vip_type was dropped: it is string" in note for note in found.notes)
    assert not found.factors


def test_touches_by_channel_only_come_from_the_view():
    counted: dict[str, list[int]] = {f"{channel}_touches_6m": [] for channel in CHANNELS}
    rolled = {"hotline": "phone", "ivr": "phone", "sms": "sms", "web": "online", "app": "online"}
    pairs = zip(*(CROWD.touches[name].to_pylist() for name in ("customer_id", "channel")), strict=True)
    count = Counter((who, rolled.get(code, "hall")) for who, code in pairs)
    for name, values in counted.items():
        values += [count[who, name.split("_")[0]] for who in CROWD.view["customer_id"].to_pylist()]
    view = CROWD.view
    for name, values in counted.items():
        view = view.append_column(name, pa.array(values))

    found = fit(CROWD.evidence(view=ibis.memtable(view), touches=None))

    assert found.by_business(ibis.memtable(view)) is None
    assert right(scores(found, view), CROWD) > 0.70


def test_of_whom_nothing_is_known_the_level_is_0_and_no_channel_is_preferred():
    view = pa.table({"customer_id": ["a", "b"], "tenure_months": pa.array([None, None], pa.int64())})

    found = Preference.from_definition(definition()).fit(Evidence(ibis.memtable(view), AS_OF, lambda table: table))

    rows = scores(found, view).to_pylist()
    assert [row["preferred_channel"] for row in rows] == [None, None]
    assert {row[f"{channel}_preference_level"] for row in rows for channel in CHANNELS} == {"0"}
    assert {row[f"{channel}_preference"] for row in rows for channel in CHANNELS} == {0.0}


def test_scoring_again_replaces_the_columns(fitted, scored):
    again = scores(fitted, scored)

    assert again.column_names == scored.column_names
    assert again.equals(scored)
