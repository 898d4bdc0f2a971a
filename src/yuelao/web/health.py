"""Whether this process can serve: asked by whatever watches over it, without signing in."""

from fastapi import APIRouter

from yuelao.web.requests import Transaction

router = APIRouter()


@router.get("/health")
def health(_session: Transaction) -> dict[str, str]:
    """`{"status": "ok"}` when the operational database answers, as beginning a transaction asks; else 503."""
    return {"status": "ok"}
