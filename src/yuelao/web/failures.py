"""Errors as answers: a page for a person, a fragment in the page's message place for htmx, JSON for a program."""

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from yuelao.common.errors import Conflict, Forbidden, NotFound, NotSignedIn, Refused, YuelaoError
from yuelao.common.language import _
from yuelao.common.mistakes import problem
from yuelao.web.hints import said_hint
from yuelao.web.pages import Page
from yuelao.web.requests import CSRF_FIELD

MESSAGE_PLACE = "#message"
_LOG = logging.getLogger(__name__)
_NEVER_SHOWN_AGAIN = frozenset({CSRF_FIELD, "password"})
_HINTS = {"date": _("Write a day as 2026-11-01"), "int": _("Give a whole number"), "missing": _("Fill it in")}
"""What to do about a value, by the first word of the kind of error; what else is wrong is said as it is found."""
_TITLES: dict[type[YuelaoError], str] = {
    Forbidden: _("You may not do this"),
    NotFound: _("This does not exist"),
    Conflict: _("The state has moved on"),
    Refused: _("This cannot be done"),
}


def handle_errors(app: FastAPI) -> None:
    """Give `app` one handler for each kind of error."""

    @app.exception_handler(YuelaoError)
    async def refused(request: Request, error: YuelaoError) -> Response:
        return _answer(request, error, error.status)

    @app.exception_handler(RequestValidationError)
    async def bad_input(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        hint = _HINTS.get(str(first["type"]).split("_")[0], "") or problem(first, place)
        if first["type"] == "literal_error":
            hint = f"Known: {first['ctx']['expected'].replace(' or ', ', ')}"
        return _answer(request, Refused(_("This value cannot be used"), where=place, hint=hint), 400)

    @app.exception_handler(HTTPException)
    async def not_served(request: Request, error: HTTPException) -> Response:
        return _answer(request, _from_http(request, error.status_code), error.status_code)

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        number = secrets.token_hex(4)
        _LOG.error("request failed, number %s: %s %s", number, request.method, request.url.path, exc_info=error)
        told = YuelaoError(
            _("Something went wrong on our side"), where=number, hint=_("Tell your administrator the number")
        )
        return _answer(request, told, told.status)


def _from_http(request: Request, status: int) -> YuelaoError:
    if status == HTTPStatus.NOT_FOUND:
        return NotFound(_("There is no such page"), where=request.url.path)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Refused(_("This is too large to send"), hint=_("Send less at once"))
    return Refused(HTTPStatus(status).phrase, where=f"{request.method} {request.url.path}")


def _answer(request: Request, error: YuelaoError, status: int) -> Response:
    if _wants_json(request):
        return JSONResponse({"error": error.as_dict()}, status)
    page = Page(request)
    hint = said_hint(error.hint, page.language)
    if isinstance(error, NotSignedIn):
        return _to_sign_in(page)
    title = next((text for kind, text in _TITLES.items() if isinstance(error, kind)), _("Something is missing"))
    if page.by_htmx:
        response = page.show("components/error_message.html", status=status, error=error, hint=hint, title=title)
        response.headers.update({"HX-Retarget": MESSAGE_PLACE, "HX-Reswap": "innerHTML show:top"})
        return response
    return page.show(
        "components/error_page.html", status=status, error=error, hint=hint, title=title, typed=_typed(request)
    )


def _to_sign_in(page: Page) -> Response:
    request = page.request
    if page.by_htmx:
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    back = f"?back={quote(request.url.path)}" if request.method == "GET" and request.url.path != "/" else ""
    return RedirectResponse(f"/sign-in{back}", 303)


def _wants_json(request: Request) -> bool:
    accepted = request.headers.get("Accept", "")
    return request.url.path.startswith("/api/") or ("application/json" in accepted and "text/html" not in accepted)


def _typed(request: Request) -> dict[str, str]:
    """What the person had typed, so that a refused form loses nothing."""
    form: Mapping[str, object] = getattr(request.state, "form", {})
    return {
        name: value
        for name, value in form.items()
        if isinstance(value, str) and len(value) > 3 and name not in _NEVER_SHOWN_AGAIN
    }
