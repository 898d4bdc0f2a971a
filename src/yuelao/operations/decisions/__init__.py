"""Decisions: the runs of the match. What a run decided lies in the lake under the run's id."""

from yuelao.operations.decisions.queries import find, get, launched, newest, runs
from yuelao.operations.decisions.schemas import MatchRun
from yuelao.operations.decisions.service import mark_launched, save_run

__all__ = ["MatchRun", "find", "get", "launched", "mark_launched", "newest", "runs", "save_run"]
