"""The areas of the screens, joined: every route but the sign-in's declares a permission (a test says so)."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from yuelao.common.errors import NotFound
from yuelao.common.language import _
from yuelao.web.customers.routes import router as customers
from yuelao.web.data.features import router as features
from yuelao.web.data.models import router as models
from yuelao.web.data.routes import router as data
from yuelao.web.desk.routes import router as desk
from yuelao.web.floor.routes import router as floor
from yuelao.web.health import router as health
from yuelao.web.people.routes import router as people
from yuelao.web.planner.calls import router as call_lists
from yuelao.web.planner.editing import router as editing
from yuelao.web.planner.routes import router as planner
from yuelao.web.reports.routes import router as reports
from yuelao.web.requests import Visitor, refuse_forged
from yuelao.web.segments.routes import router as segments
from yuelao.web.sign_in.routes import router as sign_in

router = APIRouter(dependencies=[Depends(refuse_forged)], include_in_schema=False)
for area in (
    health,
    sign_in,
    desk,
    planner,
    call_lists,
    editing,
    customers,
    reports,
    segments,
    features,
    models,
    data,
    floor,
    people,
):
    router.include_router(area)

elsewhere = APIRouter(include_in_schema=False)
"""Takes what no other route takes, so it must come last; unlike an unmatched path it knows who asks."""


@elsewhere.get("/{path:path}")
def no_such_page(request: Request, _visitor: Visitor) -> Response:
    """Refuse politely, in the person's own frame."""
    raise NotFound(_("There is no such page"), where=request.url.path, hint=_("Go back, or start from the left"))
