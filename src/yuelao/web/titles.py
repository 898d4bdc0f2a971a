"""What codes on the screens are called: teams as the campaign names their seats, products by their titles."""

from collections.abc import Mapping, Sequence

from yuelao.common.language import _
from yuelao.operations import products
from yuelao.operations.campaigns.schemas import CampaignDefinition
from yuelao.web.pages import Page
from yuelao.web.requests import Transaction
from yuelao.workflows.desk_card import reason_sentence


def team_titles(page: Page, definition: CampaignDefinition) -> dict[str, str]:
    """Team → the name of its seats in the campaign."""
    return {seats.team: page.pick(seats.name) for seats in definition.resources if seats.team}


def product_titles(page: Page, session: Transaction) -> dict[str, str]:
    """Code → title of every product."""
    return {product.code: page.pick(product.title) for product in products.list_all(session)}


def said_reasons(page: Page, titles: Mapping[str, str], reasons: Sequence[str]) -> list[str]:
    """The reasons with the product, where one speaks of it, by its title."""
    said = {
        reason_sentence({"feature": "product", "value": code}, page.language): page.say(
            _("Product offered: {title}"), title=title
        )
        for code, title in titles.items()
    }
    return [said.get(reason, reason) for reason in reasons]
