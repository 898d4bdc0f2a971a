"""What a plan means for each customer, the ones it left out included."""

import numpy as np
from hypothesis import given

from tests.analytics.assignment.test_greedy import problems
from yuelao.analytics.assignment import Problem, Resource, solve
from yuelao.analytics.assignment.decisions import ASSIGNED, NOT_ELIGIBLE, NOT_WORTH_IT, OUTBID, SAME_PERSON, decisions


def test_every_customer_has_a_decision():
    """Person 0 has two numbers (rows 0 and 1); row 2 is outbid, row 3 costs more than it brings, row 4 has no offer."""
    rows = np.array([0, 0, 1, 2, 3])
    problem = Problem(
        customer=np.array([0, 0, 0, 1, 2]),
        product=np.array([1, 2, 1, 1, 1]),
        value=np.array([9.0, 7.0, 8.0, 3.0, -1.0]),
        resources=[Resource("calls", np.ones(5), upper=1.0)],
    )
    found = decisions(problem, solve(problem), rows, customers=5)
    assert found.decision.tolist() == [ASSIGNED, SAME_PERSON, OUTBID, NOT_WORTH_IT, NOT_ELIGIBLE]
    assert found.candidate.tolist() == [0, 2, 3, 4, -1]
    assert found.runner_up.tolist() == [1, -1, -1, -1, -1]
    assert 3.0 <= found.price[0] <= 9.0


@given(problems())
def test_the_assigned_are_those_of_the_plan(problem):
    plan = solve(problem)
    found = decisions(problem, plan, problem.customer, customers=5)
    assert set(np.flatnonzero(found.decision == ASSIGNED)) == set(problem.customer[plan.chosen])
