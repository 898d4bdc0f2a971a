"""The one command on products: save a version."""

from datetime import datetime

from sqlalchemy.orm import Session

from yuelao.operations.products.schemas import Product
from yuelao.storage import definitions
from yuelao.storage.tables import ProductVersionRow


def save(session: Session, product: Product, by: str, now: datetime) -> int:
    """Keep the product as its newest version and return the version; the same content is the same version."""
    return definitions.save(session, ProductVersionRow, product.code, product.model_dump(mode="json"), by, now)
