"""The ASGI application: joins the screens and the interfaces over one opened workspace."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event, Thread

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from yuelao.api.application import create_api
from yuelao.common.clock import Clock, system_clock
from yuelao.common.settings import WORKSPACE_VARIABLE, Workspace, open_workspace
from yuelao.storage.session import Database
from yuelao.web import assets
from yuelao.web.areas import elsewhere
from yuelao.web.areas import router as screens
from yuelao.web.failures import handle_errors
from yuelao.web.jobs import Jobs
from yuelao.web.security import SecurityHeaders
from yuelao.worker import work
from yuelao.workflows.house import House, lake_of, open_house

_LARGEST_BODY = 1024 * 1024


def served_app() -> FastAPI:
    """What `yuelao serve` serves: the workspace that the environment names, with a worker of its own beside it.

    More worker processes may run elsewhere; they share the outbox without sending anything twice.
    """
    return create_app(open_workspace(Path(os.environ[WORKSPACE_VARIABLE])), with_worker=True)


def create_app(workspace: Workspace, clock: Clock = system_clock, *, with_worker: bool = False) -> FastAPI:
    """The application over `workspace`; its database must exist in the present revision (`open_house` sees to that)."""
    database = Database(workspace.database_url)
    house = House(workspace, database, lake_of(workspace), clock)
    jobs = Jobs()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        stop = Event()
        if with_worker:
            Thread(target=work, args=(open_house(workspace, clock), stop), name="worker", daemon=True).start()
        yield
        stop.set()
        jobs.close()
        database.close()

    app = FastAPI(
        title="Yuelao",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
        middleware=[Middleware(SecurityHeaders), Middleware(RequestBodyLimitMiddleware, max_body_size=_LARGEST_BODY)],
    )
    app.state.web = house
    app.state.jobs = jobs
    handle_errors(app)
    app.include_router(screens)
    app.router.routes.append(assets.mount())
    app.mount("/api", create_api(house))
    app.include_router(elsewhere)
    return app
