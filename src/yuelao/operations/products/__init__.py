"""Products: what can be offered, what a sale earns and who may have it."""

from yuelao.operations.products.queries import current, list_all
from yuelao.operations.products.schemas import Product
from yuelao.operations.products.service import save

__all__ = ["Product", "current", "list_all", "save"]
