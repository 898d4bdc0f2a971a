"""The greedy against the referee: always feasible, never above the best, the best never above the bound."""

import highspy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelao.analytics.assignment import Problem, Resource, solve
from yuelao.common.errors import Refused


@st.composite
def problems(draw):
    """Small instances of every kind: ties, negative values, zero capacity, unlimited resources, nobody at all."""
    size = draw(st.integers(0, 14))
    column = lambda values: np.array(draw(st.lists(values, min_size=size, max_size=size)), dtype=float)  # noqa: E731
    uses = st.sampled_from([0.0, 0.0, 1.0, 2.0, 3.5])
    uppers = st.sampled_from([0.0, 1.0, 4.0, 7.5, np.inf])
    resources = [Resource(f"r{i}", column(uses), upper=draw(uppers)) for i in range(draw(st.integers(0, 3)))]
    customer, product = column(st.integers(0, 4)).astype(np.int64), column(st.integers(0, 3)).astype(np.int64)
    value = column(st.integers(-3, 12).map(float))
    return Problem(customer, product, value, resources, draw(st.integers(0, 3)))


def best_value(problem):
    """The exact optimum, by HiGHS."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    x = [solver.addBinary(obj=-float(value)) for value in problem.value]
    for resource in problem.resources:
        if np.isfinite(resource.upper) and x:
            solver.addConstr(sum(float(u) * v for u, v in zip(resource.use, x, strict=True)) <= resource.upper)
    for customer in np.unique(problem.customer):
        theirs = [x[i] for i in np.flatnonzero(problem.customer == customer)]
        solver.addConstr(sum(theirs) <= problem.contacts_per_customer)
    if not x:
        return 0.0
    solver.run()
    return -solver.getObjectiveValue()


def assert_feasible(problem, chosen):
    for resource in problem.resources:
        assert resource.use[chosen].sum() <= resource.upper + 1e-9
    assert np.unique(problem.customer[chosen], return_counts=True)[1].max(initial=0) <= problem.contacts_per_customer


@given(problems(), st.integers(0, 3))
def test_feasible_and_between_nothing_and_the_bound(problem, seed):
    plan = solve(problem, seed)
    assert_feasible(problem, plan.chosen)
    best = best_value(problem)
    assert plan.objective == pytest.approx(problem.value[plan.chosen].sum())
    assert 0 <= plan.objective <= best + 1e-6
    assert best <= plan.bound + 1e-6
    assert plan.gap == pytest.approx((plan.bound - plan.objective) / max(abs(plan.bound), 1e-9))
    assert not plan.chosen[problem.value <= 0].any()
    assert all(price.price >= 0 for price in plan.prices)


@given(problems(), st.randoms())
def test_the_order_of_candidates_and_a_second_run_change_nothing(problem, random):
    order = np.array(random.sample(range(problem.candidates), problem.candidates), dtype=np.int64)
    resources = [Resource(r.name, r.use[order], r.lower, r.upper) for r in problem.resources]
    turned = Problem(
        problem.customer[order], problem.product[order], problem.value[order], resources, problem.contacts_per_customer
    )
    plan, again, other = solve(problem), solve(problem), solve(turned)
    assert (plan.chosen == again.chosen).all()
    assert other.objective == pytest.approx(plan.objective)
    assert other.bound == pytest.approx(plan.bound)


@given(problems())
def test_the_runner_up_is_the_same_customers_other_product(problem):
    plan = solve(problem)
    given_ = {(c, p) for c, p in zip(problem.customer[plan.chosen], problem.product[plan.chosen], strict=True)}
    for candidate, other in enumerate(plan.runner_up):
        customer = problem.customer[candidate]
        left = [
            i
            for i in np.flatnonzero(problem.customer == customer)
            if problem.value[i] > 0 and (customer, problem.product[i]) not in given_
        ]
        assert (other in left) if left else (other == -1)


def market(customers=20_000, contacts=1, seed=1):
    """Three products for everybody, two teams by customer, a stock shared by all."""
    rng = np.random.default_rng(seed)
    customer, product = np.repeat(np.arange(customers), 3), np.tile(np.arange(3), customers)
    value, minutes = rng.gamma(2.0, 10.0, len(customer)) - 5, 5 + rng.gamma(2.0, 3.0, len(customer))
    north = rng.random(customers)[customer] < 0.3
    resources = [
        Resource("north", np.where(north, minutes, 0.0), upper=0.8 * customers),
        Resource("south", np.where(north, 0.0, minutes), upper=1.5 * customers),
        Resource("stock", (product == 2).astype(float), upper=0.05 * customers),
        Resource("lines", np.ones(len(customer))),
    ]
    return Problem(customer, product, value, resources, contacts)


@pytest.mark.parametrize("contacts", [1, 2])
def test_on_a_whole_base_little_is_left_on_the_table(contacts):
    problem = market(contacts=contacts)
    plan = solve(problem)
    assert_feasible(problem, plan.chosen)
    assert 0 <= plan.gap <= 1e-3
    assert plan.method == "greedy"
    used = {price.resource: (price.price, price.used / price.upper) for price in plan.prices}
    assert all(price > 0 and share > 0.999 for name, (price, share) in used.items() if name != "lines")
    assert used["lines"] == (0.0, 0.0)


def test_a_price_is_what_one_more_unit_brings():
    problem = market()
    more = [
        Resource(r.name, r.use, r.lower, r.upper + (200.0 if r.name == "north" else 0.0)) for r in problem.resources
    ]
    wider = Problem(problem.customer, problem.product, problem.value, more)
    plan, richer = solve(problem), solve(wider)
    assert (richer.bound - plan.bound) / 200 == pytest.approx(plan.prices[0].price, rel=0.05)


def test_ties_fall_by_the_seed():
    problem = Problem(
        np.arange(50), np.zeros(50, dtype=np.int64), np.ones(50), [Resource("calls", np.ones(50), upper=10)]
    )
    first, same, other = solve(problem, 1).chosen, solve(problem, 1).chosen, solve(problem, 2).chosen
    assert (first == same).all()
    assert (first != other).any()
    assert first.sum() == other.sum() == 10


def test_a_minimum_is_refused_as_not_yet_supported():
    problem = Problem(np.array([1]), np.array([1]), np.array([1.0]), [Resource("pilot", np.ones(1), lower=1.0)])
    with pytest.raises(Refused, match="not yet supported") as refused:
        solve(problem)
    assert refused.value.where == "pilot"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"customer": np.array([1])}, "candidates"),
        ({"value": np.array([1.0, np.nan])}, "value"),
        ({"contacts_per_customer": -1}, "contacts_per_customer"),
        ({"resources": [Resource("north", np.ones(3))]}, "north"),
        ({"resources": [Resource("north", np.array([1.0, -1.0]))]}, "north"),
        ({"resources": [Resource("north", np.ones(2), lower=2.0, upper=1.0)]}, "north"),
        ({"resources": [Resource("north", np.ones(2), upper=np.nan)]}, "north"),
    ],
)
def test_an_impossible_problem_is_refused_with_its_place(change, where):
    sound = {"customer": np.array([1, 2]), "product": np.array([1, 1]), "value": np.ones(2), "resources": []}
    with pytest.raises(Refused) as refused:
        Problem(**(sound | change))
    assert refused.value.where == where
