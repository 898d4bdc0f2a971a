"""What every page is given: the person, their language and navigation, the clock, numbers as they write them.

The one place that knows the template engine. A route says `page.show("desk/desk.html", card=card)`; a template lies in
`<area>/templates/` and is named `<area>/<file>`. Templates say texts with `_("…")`, and values with the filters below.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import Depends, Request
from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from yuelao.common import language as languages
from yuelao.web import assets, formats, navigation
from yuelao.web.requests import CSRF_FIELD, CSRF_HEADER, Person, csrf_token, set_cookie, web_of

LANGUAGE_COOKIE = "yuelao_language"
_NOTICE_COOKIE = "yuelao_notice"
_NOTICE_SECONDS = 60
_WEB = Path(__file__).parent


class Page:
    """The answer to one request, in the language of the person who asked."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.web = web_of(request)

    @property
    def person(self) -> Person | None:
        """Who is signed in, where the route asked."""
        return getattr(self.request.state, "person", None)

    @property
    def language(self) -> str:
        """The person's own language, else the browser's last choice, else the workspace's."""
        own = self.person.user.language if self.person else None
        return languages.choose(own, self.request.cookies.get(LANGUAGE_COOKIE), self.web.workspace.settings.language)

    @property
    def by_htmx(self) -> bool:
        """Whether htmx asked, and so takes a fragment."""
        return self.request.headers.get("HX-Request") == "true"

    def say(self, message: str, **values: object) -> str:
        """`message` in the person's language."""
        return languages.translate(message, self.language, **values)

    def pick(self, texts: Mapping[str, str]) -> str:
        """The text of a definition in the person's language."""
        return languages.pick(texts, self.language)

    def moment(self, value: datetime) -> str:
        """A moment on the workspace's wall clock, as the person's language writes it."""
        return languages.moment(value, self.web.workspace.timezone, self.language)

    def show(
        self, template: str, values: Mapping[str, object] | None = None, *, status: int = 200, **more: object
    ) -> HTMLResponse:
        """The page or fragment `template`, filled with `values` and `more`."""
        notice = self._notice()
        text = _environment().get_template(template).render(self._context(notice) | dict(values or {}) | more)
        response = HTMLResponse(text, status_code=status, headers={"Content-Language": self.language})
        if notice:
            response.delete_cookie(_NOTICE_COOKIE)
        return response

    def go(self, url: str, notice: str = "", kind: str = "done") -> Response:
        """Send the person to `url`, where `notice` is shown once (`kind`: done, note or warning)."""
        response = (
            Response(status_code=204, headers={"HX-Redirect": url}) if self.by_htmx else RedirectResponse(url, 303)
        )
        if notice:
            text = quote(json.dumps({"text": notice, "kind": kind}))
            set_cookie(self.request, response, _NOTICE_COOKIE, text, max_age=_NOTICE_SECONDS)
        return response

    def _notice(self) -> dict[str, str] | None:
        try:
            notice = json.loads(unquote(self.request.cookies.get(_NOTICE_COOKIE, "null")))
        except ValueError:
            return None
        return notice if isinstance(notice, dict) and {"text", "kind"} <= notice.keys() else None

    def _context(self, notice: dict[str, str] | None) -> dict[str, object]:
        held = self.person.permissions if self.person else frozenset[str]()
        settings = self.web.workspace.settings
        return {
            "language": self.language,
            "languages": languages.NAMES,
            "person": self.person,
            "entries": navigation.entries(held),
            "workspace_name": self.web.workspace.path.name,
            "currency": settings.currency,
            "zone": self.web.workspace.timezone,
            "now": self.web.now(),
            "here": self.request.url.path,
            "csrf_field": CSRF_FIELD,
            "csrf_header": CSRF_HEADER,
            "csrf_token": csrf_token(self.request),
            "notice": notice,
        }


ThePage = Annotated[Page, Depends(Page)]


@cache
def _environment() -> Environment:
    areas = sorted(folder.parent for folder in _WEB.glob("*/templates"))
    environment = Environment(
        loader=PrefixLoader({area.name: FileSystemLoader(area / "templates") for area in areas}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=formats.say, static=assets.url, role_titles=navigation.ROLE_TITLES)
    environment.filters.update(formats.FILTERS)
    return environment
