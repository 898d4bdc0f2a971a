"""Search from the top bar, and the page that explains one customer."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from yuelao.common.errors import NotFound, Refused
from yuelao.operations import customers, products
from yuelao.web.customers import view
from yuelao.web.pages import Page, ThePage
from yuelao.web.planner.view import campaign_list
from yuelao.web.requests import Person, Transaction, requires

router = APIRouter()
Reader = Annotated[Person, requires("customer.explain")]
Words = Annotated[str, Query(max_length=200)]


@router.get("/search")
def search(page: ThePage, session: Transaction, reader: Reader, q: Words = "") -> Response:
    """A customer by id, pseudonym or number; else campaigns and products by name."""
    text = q.strip()
    several = None
    if text:
        try:
            return page.go(f"/customers/{customers.find(session, text).customer_id}")
        except NotFound:
            pass
        except Refused as refusal:  # several customers have this number
            several = refusal
    return _results(page, session, reader, text, several)


@router.get("/customers")
def find_page(page: ThePage, _reader: Reader) -> Response:
    """Where to type whom one looks for."""
    return page.show("customers/find.html", q="", campaigns=[], products=[], several=None)


@router.get("/customers/{customer_id}")
def customer(page: ThePage, session: Transaction, reader: Reader, customer_id: str) -> Response:
    """Why this customer was chosen or not, by every campaign; who may read segments sees what they may need too."""
    with_needs = reader.user.may("segment.read")
    return page.show("customers/customer.html", view.customer_page(page, session, customer_id, with_needs=with_needs))


def _results(page: Page, session: Transaction, reader: Person, text: str, several: Refused | None) -> Response:
    found = campaign_list(session, text) if text and reader.user.may("campaign.read") else []
    if len(found) == 1 and several is None:
        return page.go(f"/campaigns/{found[0].campaign.name}")
    wanted = text.casefold()
    named = [
        product
        for product in products.list_all(session)
        if wanted and wanted in " ".join((product.code, *product.title.values())).casefold()
    ]
    status = 200 if found or named or not text else 404
    return page.show("customers/find.html", status=status, q=text, campaigns=found, products=named, several=several)
