"""Decisions: the runs of the match. What a run decided lies in the lake under the run's id."""

from yuelao.operations.decisions.queries import get, launched_run, newest, runs
from yuelao.operations.decisions.schemas import MatchRun
from yuelao.operations.decisions.service import mark_launched, save_run

__all__ = ["MatchRun", "get", "launched_run", "mark_launched", "newest", "runs", "save_run"]
