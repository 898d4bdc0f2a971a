"""Whether this process can serve: asked by whatever watches over it, without signing in."""

from fastapi import APIRouter
from sqlalchemy import text

from yuelao.web.requests import Transaction

router = APIRouter()


@router.get("/health")
def health(session: Transaction) -> dict[str, str]:
    """`{"status": "ok"}` when the operational database answers; else 503."""
    session.execute(text("SELECT 1"))
    return {"status": "ok"}
