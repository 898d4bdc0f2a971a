"""The areas of the screens, joined: every route but the sign-in's declares a permission (a test says so)."""

from fastapi import APIRouter, Depends

from yuelao.web.desk.routes import router as desk
from yuelao.web.health import router as health
from yuelao.web.requests import refuse_forged
from yuelao.web.sign_in.routes import router as sign_in

router = APIRouter(dependencies=[Depends(refuse_forged)], include_in_schema=False)
for area in (health, sign_in, desk):
    router.include_router(area)
