"""The cost-sensitive tree: never dearer than the best constant decision, its splits as good as exhaustive search."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelao.analytics.cost_sensitive.binning import Bins, learn_bins
from yuelao.analytics.cost_sensitive.blocks import blocks
from yuelao.analytics.cost_sensitive.costs import Costs
from yuelao.analytics.cost_sensitive.pruning import prune
from yuelao.analytics.cost_sensitive.rules import rules
from yuelao.analytics.cost_sensitive.tree import Tree, Weights, counted, grow

COSTS = Costs(call=6, margin=60)
MANY = settings(max_examples=40, deadline=None)


@st.composite
def tables(draw, rows=40, attributes=3, codes=4):
    """(codes, happened, bins): a few rows of some ordered and some unordered attributes, null among their codes."""
    n, m = draw(st.integers(2, rows)), draw(st.integers(1, attributes))
    found = draw(st.lists(st.lists(st.integers(0, codes), min_size=n, max_size=n), min_size=m, max_size=m))
    happened = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    ordered = draw(st.lists(st.booleans(), min_size=m, max_size=m))
    edges = tuple(tuple(float(e) for e in range(codes - 1)) if each else codes for each in ordered)
    return np.array(found, dtype=np.uint8), np.array(happened, dtype=float), Bins(edges)


def grown(table, depth=4, fewest=1, **changes) -> Tree:
    codes, happened, bins = table
    return grow(codes, happened, bins, [list(range(len(codes)))], COSTS, depth=depth, fewest=fewest, **changes)


def cost(tree, codes, happened) -> float:
    called = tree.probability()[tree.leaf_of(codes)] >= COSTS.threshold
    return float(COSTS.of(happened, called).sum())


@MANY
@given(tables())
def test_it_never_costs_more_than_the_best_constant_decision(table):
    codes, happened, _ = table
    assert cost(grown(table), codes, happened) <= COSTS.constant(len(happened), happened.sum()) + 1e-9


def mixed(happened, of):
    """What the criterion calls mixed, written down anew: Gini index and cost as shares of the root's."""

    def both(y):
        n, positives = len(y), y.sum()
        gini = 2 * positives * (n - positives) / n if n else 0.0
        return np.array([gini, COSTS.constant(n, positives)])

    root = both(of)
    return float((both(happened) / np.where(root, root, 1)).sum())


def best_gain_of_all_splits(codes, happened, bins) -> float:
    """By trying every attribute with every cut of its order, null on either side, or every subset of its categories."""
    gains = [0.0]
    for own, unordered, size in zip(codes, bins.categorical, bins.sizes, strict=True):
        sides = product((False, True), repeat=size)
        cuts = ([null, *(c <= cut for c in range(1, size))] for null in (False, True) for cut in range(size))
        for left in map(np.array, sides if unordered else cuts):
            y = happened[left[own]], happened[~left[own]]
            if min(map(len, y)):
                gains.append(mixed(happened, happened) - sum(mixed(part, happened) for part in y))
    return max(gains)


@MANY
@given(tables(rows=12))
def test_one_level_gains_as_much_as_exhaustive_search(table):
    codes, happened, bins = table
    tree = grown(table, depth=1)
    leaf = tree.leaf_of(codes)
    gained = mixed(happened, happened) - sum(mixed(happened[leaf == one], happened) for one in set(leaf.tolist()))
    assert gained == pytest.approx(best_gain_of_all_splits(codes, happened, bins), abs=1e-9)


@MANY
@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(table, random):
    codes, happened, bins = table
    order = list(range(len(happened)))
    random.shuffle(order)
    here, there = grown(table), grown((codes[:, order], happened[order], bins))
    assert (here.log_odds(codes) == there.log_odds(codes)).all()


def noisy(rows=4000, seed=1):
    """Four attributes, of which the first two tell; the fourth is the first, known to half of the rows."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 4))
    x[:, 3] = np.where(rng.random(rows) < 0.5, x[:, 0], np.nan)
    return x, (rng.random(rows) < 1 / (1 + np.exp(3 - x[:, 0] - x[:, 1]))).astype(float)


def test_the_order_of_columns_is_irrelevant():
    x, y = noisy()
    turned = x[:, ::-1]
    bins, back = learn_bins(x, []), learn_bins(turned, [])
    here = grow(bins.codes(x), y, bins, [[0, 1, 2, 3]], COSTS)
    there = grow(back.codes(turned), y, back, [[3, 2, 1, 0]], COSTS)
    assert len(here.attribute) > 20
    assert (here.log_odds(bins.codes(x)) == there.log_odds(back.codes(turned))).all()
    assert (here.parts(bins.codes(x)) == there.parts(back.codes(turned))[:, ::-1]).all()


def test_null_goes_where_its_rate_belongs():
    codes = np.repeat([0, 1, 2], 100)[None, :].astype(np.uint8)
    bins = Bins(((5.0,),))
    for null_rate, sides in ((0.0, [0, 0, 1]), (1.0, [1, 0, 1])):
        y = np.concatenate([np.full(100, null_rate), np.zeros(100), np.ones(100)])
        tree = grow(codes, y, bins, [[0]], COSTS, depth=1)
        assert (tree.log_odds(np.array([[0, 1, 2]], dtype=np.uint8)) > 0).tolist() == [bool(side) for side in sides]


def test_null_alone_can_be_told_apart():
    codes = np.array([[0] * 50 + [1, 2] * 50], dtype=np.uint8)
    y = np.array([1.0] * 50 + [0.0] * 100)
    tree = grow(codes, y, Bins(((5.0,),)), [[0]], COSTS, depth=1, fewest=1)
    assert sorted(tree.positives[1:].tolist()) == [0, 50]


def test_codes_that_no_row_of_a_node_had_are_answered():
    tree = grow(
        np.array([[1, 1, 2, 2, 2]], dtype=np.uint8), np.array([0.0, 0, 1, 1, 1]), Bins((9,)), [[0]], COSTS, fewest=1
    )
    assert np.isfinite(tree.log_odds(np.arange(10, dtype=np.uint8)[None, :])).all()


def test_a_level_asks_its_blocks_first():
    x, y = noisy()
    bins = learn_bins(x, [])
    codes = bins.codes(x)
    tree = grow(codes, y, bins, [[1], [0], [2, 3]], COSTS, depth=1)
    assert tree.attribute[0] == 1
    constant = np.ones_like(codes[:1])
    other = grow(np.concatenate([constant, codes]), y, Bins(((5.0,), *bins.edges)), [[0], [1, 2]], COSTS, depth=1)
    assert other.attribute[0] in (1, 2)


@MANY
@given(tables(), tables())
def test_pruning_never_costs_later_rows_more(table, other):
    later, then = other[0][:1].repeat(len(table[0]), axis=0), other[1]
    whole = grown(table)
    pruned = prune(whole, later, then, COSTS)
    leaf = np.array([-1], dtype=np.int32)
    root = Tree(leaf, whole.left[:1], whole.children[:1], whole.rows[:1], whole.positives[:1], whole.smoothing)
    assert cost(pruned, later, then) <= min(cost(whole, later, then), cost(root, later, then)) + 1e-6


def test_pruning_cuts_what_later_rows_do_not_bear_out():
    (x, y), (later, then) = noisy(seed=1), noisy(seed=2)
    x[:, 2:], later[:, 2:] = np.nan, np.nan
    bins = learn_bins(x, [])
    whole = grow(bins.codes(x), y, bins, [[0, 1, 2, 3]], COSTS)
    pruned = prune(whole, bins.codes(later), then, COSTS)
    assert 1 < len(pruned.attribute) < len(whole.attribute)
    rows, positives = counted(pruned, bins.codes(x), y)
    assert (rows == pruned.rows).all()
    assert (positives == pruned.positives).all()


@MANY
@given(tables())
def test_a_saved_tree_is_the_same_and_parts_add_up(table):
    codes, _, _ = table
    tree = grown(table)
    again = Tree.from_dict(tree.as_dict())
    assert (again.log_odds(codes) == tree.log_odds(codes)).all()
    rest = tree.log_odds(codes) - tree.parts(codes).sum(axis=1)
    assert np.ptp(rest) < 1e-9


@MANY
@given(tables())
def test_every_row_meets_exactly_one_rule_and_it_is_that_of_its_leaf(table):
    codes, _, bins = table
    tree = grown(table)
    found = rules(tree, bins, [f"a{i}" for i in range(len(codes))], [None] * len(codes))
    assert sum(rule.rows for rule in found) == codes.shape[1]
    for row in codes.T:
        met = [rule for rule in found if all(meets(part, bins, row) for part in rule.conditions)]
        assert len(met) == 1
        assert met[0].probability == tree.probability()[tree.leaf_of(row[:, None])[0]]


def meets(condition, bins, row) -> bool:
    place = int(condition.name[1:])
    code, edges = int(row[place]), bins.edges[place]
    if code == 0:
        return bool(condition.unknown)
    if condition.values is not None:
        return str(code - 1) in condition.values
    if condition.at_least is None and condition.below is None:
        return "is unknown" not in str(condition)
    value = -1.0 if code == 1 else edges[code - 2]
    above = condition.at_least is None or value >= condition.at_least
    return bool(above and (condition.below is None or value < condition.below))


def test_weights_move_the_splits_and_not_the_probabilities():
    x, y = noisy()
    bins = learn_bins(x, [])
    codes = bins.codes(x)
    tree = grow(codes, y, bins, [[0, 1, 2, 3]], COSTS, Weights(learned=(1.0, 9.0)))
    assert tree.positives[0] / tree.rows[0] == pytest.approx(y.mean())
    drawn = grow(codes, y, bins, [[0, 1, 2, 3]], COSTS, Weights(true=(10.0, 1.0)))
    assert drawn.probability()[0] == pytest.approx(y.sum() / (y.sum() + 10 * (1 - y).sum()))


def test_one_outcome_or_no_attribute_is_one_leaf():
    codes = np.array([[1, 2, 1, 2]], dtype=np.uint8)
    assert len(grow(codes, np.zeros(4), Bins((2,)), [[0]], COSTS, fewest=1).attribute) == 1
    assert len(grow(codes, np.array([0.0, 1, 0, 1]), Bins((2,)), [], COSTS, fewest=1).attribute) == 1


def test_blocks_hold_every_attribute_once():
    importance = [0.3, 0.0, 0.2, 0.05, 0.0]
    assert blocks(importance) == [[0, 2], [3], [1, 4]]
    assert blocks([]) == []
