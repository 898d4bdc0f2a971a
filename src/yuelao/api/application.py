"""The application of the interfaces: its routes, and every error as `{"error": {code, message, where, hint}}`."""

import logging
import secrets

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from yuelao.api import v1, webhooks
from yuelao.common.errors import NotFound, Refused, YuelaoError
from yuelao.workflows.house import House

_LOG = logging.getLogger(__name__)


def create_api(house: House) -> FastAPI:
    """The interfaces over an opened house, to be mounted under `/api`."""
    app = FastAPI(title="Yuelao", version="1", docs_url=None, redoc_url=None)
    app.state.house = house
    _handle_errors(app)
    app.include_router(v1.router)
    app.include_router(webhooks.router)
    return app


def _handle_errors(app: FastAPI) -> None:
    @app.exception_handler(YuelaoError)
    async def refused(_request: Request, error: YuelaoError) -> Response:
        return _answer(error, error.status)

    @app.exception_handler(RequestValidationError)
    async def bad_input(_request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return _answer(Refused("This value cannot be used", where=where, hint=str(first["msg"])), 400)

    @app.exception_handler(HTTPException)
    async def not_served(request: Request, error: HTTPException) -> Response:
        where = f"{request.method} {request.url.path}"
        kind = NotFound if error.status_code == NotFound.status else Refused
        return _answer(kind(str(error.detail), where=where), error.status_code)

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        number = secrets.token_hex(4)
        _LOG.error("request failed, number %s: %s %s", number, request.method, request.url.path, exc_info=error)
        told = YuelaoError("Something went wrong on our side", where=number, hint="Tell your administrator the number")
        return _answer(told, told.status)


def _answer(error: YuelaoError, status: int) -> Response:
    return JSONResponse({"error": error.as_dict()}, status)
