"""Work of some seconds that a screen starts and watches: one at a time, in a thread of this process.

Nothing here survives the process, and a second web process would not know of it. That is honest for a match, which can
be pressed again and does nothing twice; what must survive belongs to the worker.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Annotated

from fastapi import Depends, Request

from yuelao.common.errors import YuelaoError
from yuelao.common.language import _
from yuelao.common.progress import Progress

_LOG = logging.getLogger(__name__)


@dataclass
class Job:
    """One piece of work: what it does, how far it is, and what came of it."""

    kind: str
    by: str
    started_at: datetime
    step: str = ""
    done: int = 0
    total: int = 0
    future: Future[str] = field(default_factory=Future)

    @property
    def over(self) -> bool:
        """Whether it has ended, well or not."""
        return self.future.done()

    @property
    def said(self) -> str:
        """What it said at its end; empty where it failed."""
        return "" if self.failure else self.future.result()

    @property
    def failure(self) -> YuelaoError | None:
        """Why it failed, in words for a person; a mistake of ours is in the log."""
        error = self.future.exception()
        if error is None or isinstance(error, YuelaoError):
            return error
        return YuelaoError(_("Something went wrong on our side"), where=self.kind)

    def progress(self, step: str, done: int, total: int) -> None:
        """Note how far it is."""
        self.step, self.done, self.total = step, done, total


class Jobs:
    """The work going on, at most one piece under a name."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="job")
        self._jobs: dict[str, Job] = {}
        self._lock = Lock()

    def start(self, name: str, kind: str, by: str, now: datetime, work: Callable[[Progress], str]) -> Job:
        """Begin `work` under `name`, or watch what goes on there already; what it returns is told to the person."""
        with self._lock:
            going = self._jobs.get(name)
            if going is not None and not going.over:
                return going
            job = Job(kind=kind, by=by, started_at=now)
            job.future = self._pool.submit(work, job.progress)
            job.future.add_done_callback(_log_mistake)
            self._jobs[name] = job
            return job

    def find(self, name: str) -> Job | None:
        """What goes on, or has just ended, under `name`."""
        return self._jobs.get(name)

    def forget(self, name: str) -> None:
        """Its end was told: nobody asks again."""
        with self._lock:
            job = self._jobs.get(name)
            if job is not None and job.over:
                del self._jobs[name]

    def close(self) -> None:
        """Wait for what goes on; nothing new begins."""
        self._pool.shutdown(cancel_futures=True)


def _log_mistake(future: Future[str]) -> None:
    error = None if future.cancelled() else future.exception()
    if error is not None and not isinstance(error, YuelaoError):
        _LOG.error("a job failed", exc_info=error)


def _jobs_of(request: Request) -> Jobs:
    jobs: Jobs = request.app.state.jobs
    return jobs


TheJobs = Annotated[Jobs, Depends(_jobs_of)]
