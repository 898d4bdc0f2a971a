"""The assignment beside HiGHS: the same instances, the linear relaxation solved exactly, time and value as ratios.

make bench ARGS="--customers 100000"
"""

import argparse
import time

import highspy
import numpy as np

from yuelao.analytics.assignment import Problem, Resource, solve

_PRODUCTS = 3
_TEAMS = 4


def market(customers: int, seed: int = 0) -> Problem:
    """Customers of four teams, each with the same products to choose from; minutes for about one customer in ten."""
    rng = np.random.default_rng(seed)
    customer = np.repeat(np.arange(customers), _PRODUCTS)
    product = np.tile(np.arange(_PRODUCTS), customers)
    team = rng.integers(_TEAMS, size=customers)[customer]
    minutes = rng.uniform(3, 9, len(customer))
    value = rng.gamma(2.0, 10.0, len(customer))
    rooms = [
        Resource(f"team {number}", use=np.where(team == number, minutes, 0.0), upper=0.1 * 6 * customers / _TEAMS)
        for number in range(_TEAMS)
    ]
    return Problem(customer, product, value, rooms)


def relaxed_optimum(problem: Problem) -> float:
    """The value of the best plan that may give a customer half a call, which no real plan exceeds."""
    uses = [np.flatnonzero(resource.use) for resource in problem.resources]
    order = np.argsort(problem.customer, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(problem.customer[order]) != 0])
    customers = np.split(order, starts[1:])
    rows = [*uses, *customers]
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = problem.candidates, len(rows)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = problem.value
    model.col_lower_, model.col_upper_ = np.zeros(problem.candidates), np.ones(problem.candidates)
    model.row_lower_ = np.full(len(rows), -highspy.kHighsInf)
    limits = [resource.upper for resource in problem.resources]
    model.row_upper_ = np.r_[limits, np.full(len(customers), float(problem.contacts_per_customer))]
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.r_[0, np.cumsum([len(row) for row in rows])]
    model.a_matrix_.index_ = np.concatenate(rows)
    used = [resource.use[row] for resource, row in zip(problem.resources, uses, strict=True)]
    model.a_matrix_.value_ = np.concatenate([*used, np.ones(len(order))])
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.passModel(model)
    solver.run()
    return float(solver.getObjectiveValue())


def main() -> None:
    """Print one line."""
    parser = argparse.ArgumentParser(description="The assignment beside HiGHS")
    parser.add_argument("--customers", type=int, default=20_000)
    problem = market(parser.parse_args().customers)
    started = time.perf_counter()
    plan = solve(problem)
    between = time.perf_counter()
    best = relaxed_optimum(problem)
    ended = time.perf_counter()
    print(
        f"assignment ({plan.method}), {problem.candidates:,} candidates: {plan.objective / best:.4f} of HiGHS' value, "
        f"gap told {plan.gap:.4f}, {(ended - between) / (between - started):.1f} times as fast"
    )


if __name__ == "__main__":
    main()
