"""Off-policy estimates: unbiased where the draw is known, honest intervals, and open about what weakens them."""

import pickle
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from tests.analytics.offpolicy.worlds import LOGGED, TARGET, WORTH, drawn, worth
from yuelao.analytics.offpolicy.judge import estimates, judge_policy
from yuelao.analytics.offpolicy.log import Columns, read_logs
from yuelao.analytics.offpolicy.policy import Policy
from yuelao.common.errors import Refused

BANDIT = Path(__file__).parents[4] / "shared" / "data" / "open_bandit"
COLUMNS = Columns("offer", "click", "chance", ("place", "weather"))
ESTIMATORS = ["ips", "snips", "dr"]


def judged(logged=LOGGED, target=TARGET, rows=4000, columns=COLUMNS, **options):
    return judge_policy(drawn(logged, rows, 1).table, drawn(target, rows, 2).table, columns, **options)


@pytest.fixture(scope="module")
def repeated():
    """The three estimates from 200 logs, the target's probabilities being known."""
    found = []
    for seed in range(200):
        log, _ = read_logs(drawn(LOGGED, 1500, seed).table, drawn(TARGET, 100, 0).table, COLUMNS)
        order = [["data", "roaming", "handset", "music"].index(name) for name in log.actions]
        top = log.x[:, 0] == 1.0  # categories are in the order of their names: side, top
        policy = Policy(TARGET[:, order], np.where(top, 0, 1), "known")
        found.append(estimates(log, policy, policy.of(log.action) / log.probability))
    return found


@pytest.mark.parametrize("name", ESTIMATORS)
def test_estimates_are_unbiased_and_their_intervals_hold_the_truth(repeated, name):
    values = np.array([each[name].value for each in repeated])
    errors = np.array([each[name].error for each in repeated])
    spans = [each[name].skewed_interval() for each in repeated]
    assert values.mean() == pytest.approx(worth(TARGET), abs=3 * values.std() / np.sqrt(200))
    assert errors.mean() == pytest.approx(values.std(), rel=0.15)
    assert np.mean([low <= worth(TARGET) <= high for low, high in spans]) > 0.90  # 200 draws of 0.95, less three errors


def test_the_doubly_robust_estimate_is_the_steadier(repeated):
    spread = {name: np.std([each[name].value for each in repeated]) for name in ESTIMATORS}
    assert spread["dr"] < spread["ips"]


@pytest.mark.parametrize("name", ESTIMATORS)
def test_a_policy_is_judged_by_the_log_of_another(name):
    found = judged()
    low, high = found.intervals[name]
    assert low < worth(TARGET) < high
    assert low < found.observed < high
    assert high - low < 0.1
    assert not low < worth(LOGGED) < high
    assert found.warnings == []
    assert found.policy == "the shares of its log's rows, by action, place"


@pytest.mark.parametrize("name", ESTIMATORS)
def test_a_policy_judged_by_its_own_log_earns_what_was_seen(name):
    found = judge_policy(drawn(LOGGED, 5000, 1).table, drawn(LOGGED, 5000, 1).table, COLUMNS)
    assert found.as_dict()[name] == pytest.approx(found.observed, abs=0.003)
    assert found.mean_weight == pytest.approx(1.0, abs=0.02)
    assert found.effective_rows > 4700


def test_neither_row_nor_column_order_matters_and_the_input_stays():
    log, target = drawn(LOGGED, 1000, 1).table, drawn(TARGET, 1000, 2).table
    before = pickle.dumps([log.to_pydict(), target.to_pydict()])
    found = judge_policy(log, target, COLUMNS)
    mixed = [table.take(np.random.default_rng(1).permutation(1000)) for table in (log, target)]
    turned = [table.select(table.column_names[::-1]) for table in mixed]
    again = judge_policy(turned[0], turned[1], COLUMNS)
    assert again == found
    assert pickle.dumps([log.to_pydict(), target.to_pydict()]) == before


def test_thin_overlap_is_told():
    rare = np.array([[0.97, 0.01, 0.01, 0.01], [0.97, 0.01, 0.01, 0.01]])
    found = judged(logged=rare)
    assert found.effective_rows < 400
    assert "Thin overlap" in found.warnings[0]


def test_actions_that_the_log_never_takes_are_told():
    never = np.array([[0.5, 0.5, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0]])
    told = " ".join(judged(logged=never).warnings)
    assert "never takes what the target takes in 80" in told
    assert "weights average 0.2" in told


def test_wrong_probabilities_are_told():
    table = drawn(LOGGED, 4000, 1).table
    halved = np.array(table["chance"].to_pylist()) / 2
    table = table.set_column(table.column_names.index("chance"), "chance", pa.array(halved))
    told = judge_policy(table, drawn(TARGET, 4000, 2).table, COLUMNS).warnings
    assert any("weights average 2.0" in warning for warning in told)


def test_clipping_is_told_and_lowers_what_rare_rows_count():
    free, clipped = judged(), judged(clip=2.0)
    assert (free.clip, free.clipped) == (pytest.approx(np.sqrt(4000)), 0)
    assert clipped.clip == 2.0
    assert clipped.clipped > 100
    assert clipped.ips < free.ips
    assert any("were clipped" in warning for warning in clipped.warnings)


def test_few_rewards_are_told():
    assert any("Only" in warning for warning in judged(rows=200).warnings)


def replaced(table, name, values):
    return table.set_column(table.column_names.index(name), name, values)


@pytest.mark.parametrize(
    ("change", "columns", "options", "code"),
    [
        ({}, Columns("offers", "click", "chance"), {}, "column"),
        ({}, Columns("offer", "click", "click"), {}, "column"),
        ({}, Columns("offer", "click", "chance", ("wether",)), {}, "column"),
        ({"chance": pa.array([0.0] * 500)}, COLUMNS, {}, "probability"),
        ({"chance": pa.array([1.5] * 500)}, COLUMNS, {}, "probability"),
        ({"chance": pa.array([np.nan] * 500)}, COLUMNS, {}, "null"),
        ({"chance": pa.array(["half"] * 500)}, COLUMNS, {}, "reward"),
        ({"click": pa.nulls(500, pa.bool_())}, COLUMNS, {}, "null"),
        ({"offer": pa.nulls(500, pa.string())}, COLUMNS, {}, "null"),
        ({}, COLUMNS, {"clip": 0.5}, "clip"),
    ],
)
def test_what_is_no_log_is_refused(change, columns, options, code):
    log, target = drawn(LOGGED, 500, 1).table, drawn(TARGET, 500, 2).table
    for name, values in change.items():
        log = replaced(log, name, values)
    with pytest.raises(Refused) as refused:
        judge_policy(log, target, columns, **options)
    assert refused.value.code == code


def test_few_rows_are_refused():
    with pytest.raises(Refused, match="99 rows are too few"):
        judged(rows=99)


def test_worth_is_what_the_world_says():
    assert worth(LOGGED) == pytest.approx(float((LOGGED * WORTH).sum()) / 2)


@pytest.mark.skipif(not BANDIT.is_dir(), reason="the real data of ../shared/data is not here")
@pytest.mark.parametrize(("log", "target"), [("random", "bts"), ("bts", "random")])
def test_on_a_real_shop_the_truth_lies_within_each_interval(log, target):
    users = tuple(f"user_feature_{number}" for number in range(4))
    columns = Columns("item_id", "click", "propensity_score", ("position", *users))
    there, own = (pyarrow.csv.read_csv(BANDIT / f"{name}_men_men.csv") for name in (log, target))
    found = judge_policy(there, own, columns)
    for name in ESTIMATORS:
        low, high = found.intervals[name]
        assert low < found.observed < high, name
    assert found.actions == 34
    assert bool(found.warnings) == (log == "bts")  # of 10,000 rows of a policy so sure of itself 772 tell anything
