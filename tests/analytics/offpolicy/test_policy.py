"""What a policy would do, learned from its log: as fine as its rows bear, and no finer."""

import numpy as np
import pyarrow as pa
import pytest

from tests.analytics.offpolicy.worlds import ACTIONS, LOGGED, TARGET, drawn
from yuelao.analytics.offpolicy.log import Columns, read_logs
from yuelao.analytics.offpolicy.policy import learn_policy


def learned(policy, rows=4000, context=("place", "weather")):
    """What is learned of the policy, and for each row asked about the place it is at."""
    asked, target = drawn(LOGGED, 1000, 1), drawn(policy, rows, 2)
    log, own = read_logs(asked.table, target.table, Columns("offer", "click", "chance", context))
    found = learn_policy(own, log)
    assert found.at().sum(axis=1) == pytest.approx(1.0)
    order = [ACTIONS.index(name) for name in log.actions]
    return found, (1 - log.x[:, 0].astype(int)) if context[:1] == ("place",) else None, order


def test_it_finds_what_the_policy_looks_at_and_leaves_the_rest():
    found, place, order = learned(TARGET)
    assert found.source.endswith("by action, place")
    assert np.abs(found.at() - TARGET[place][:, order]).max() < 0.03


def test_a_policy_that_looks_at_nothing_is_known_from_its_probabilities():
    fixed = np.array([[0.1, 0.2, 0.3, 0.4]] * 2)
    found, _, order = learned(fixed, rows=300)
    assert "never vary" in found.source
    assert found.at() == pytest.approx(np.tile(fixed[0][order], (1000, 1)))


def test_few_rows_bear_no_detail():
    found, _, _ = learned(np.array([[0.30, 0.2, 0.3, 0.2], [0.28, 0.22, 0.3, 0.2]]), rows=200)
    assert found.source.endswith("by action")


def test_without_context_there_are_the_shares_of_all_rows():
    found, _, order = learned(TARGET, context=())
    assert np.abs(found.at() - TARGET.mean(axis=0)[order]).max() < 0.03


def test_situations_that_the_policy_never_met_are_as_the_rest():
    """At a place of its own the asked log stands; the target's log never saw it."""
    asked, target = drawn(LOGGED, 1000, 1).table, drawn(TARGET, 4000, 2).table
    place = pa.array(["below"] * 1000)
    asked = asked.set_column(asked.column_names.index("place"), "place", place)
    log, own = read_logs(asked, target, Columns("offer", "click", "chance", ("place",)))
    found = learn_policy(own, log)
    order = [ACTIONS.index(name) for name in log.actions]
    assert np.abs(found.at() - TARGET.mean(axis=0)[order]).max() < 0.03
