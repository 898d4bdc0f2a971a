"""Static files: served under a path that holds the digest of them all, so that browsers may keep them for ever."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_FOLDER = Path(__file__).parent / "static"


@cache
def digest() -> str:
    """Ten digits that change whenever any static file does."""
    total = sha256()
    for file in sorted(path for path in _FOLDER.rglob("*") if path.is_file()):
        total.update(file.relative_to(_FOLDER).as_posix().encode())
        total.update(file.read_bytes())
    return total.hexdigest()[:10]


def url(name: str) -> str:
    """The address of the static file `name`, as `yuelao.css` or `vendor/htmx.min.js`."""
    return f"/static/{digest()}/{name}"


def mount() -> Mount:
    """The route that serves them; compressed, since they hold nothing secret."""
    return Mount(f"/static/{digest()}", GZipMiddleware(_Kept(directory=_FOLDER)), name="static")


class _Kept(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
