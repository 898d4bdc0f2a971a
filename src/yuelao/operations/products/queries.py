"""Reading products."""

from sqlalchemy.orm import Session

from yuelao.operations.products.schemas import Product
from yuelao.storage import definitions
from yuelao.storage.tables import ProductVersionRow


def current(session: Session, code: str) -> Product:
    """The newest version of a product."""
    return Product.model_validate(definitions.current(session, ProductVersionRow, code).content)


def list_all(session: Session) -> list[Product]:
    """The newest version of every product, by code."""
    return [Product.model_validate(found.content) for found in definitions.current_of_all(session, ProductVersionRow)]
