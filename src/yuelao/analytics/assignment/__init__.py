"""Assignment: which customer gets which product through which channel, for the whole base at once."""

from yuelao.analytics.assignment.greedy import solve
from yuelao.analytics.assignment.plan import Plan, Price
from yuelao.analytics.assignment.problem import Problem, Resource

__all__ = ["Plan", "Price", "Problem", "Resource", "solve"]
