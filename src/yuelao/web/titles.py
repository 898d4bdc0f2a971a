"""What codes on the screens are called: teams as the campaign names their seats, products by their titles."""

from yuelao.operations import products
from yuelao.operations.campaigns.schemas import CampaignDefinition
from yuelao.web.pages import Page
from yuelao.web.requests import Transaction


def team_titles(page: Page, definition: CampaignDefinition) -> dict[str, str]:
    """Team → the name of its seats in the campaign."""
    return {seats.team: page.pick(seats.name) for seats in definition.resources if seats.team}


def product_titles(page: Page, session: Transaction) -> dict[str, str]:
    """Code → title of every product."""
    return {product.code: page.pick(product.title) for product in products.list_all(session)}
