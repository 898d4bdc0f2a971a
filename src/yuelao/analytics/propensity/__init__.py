"""Response models: who says yes, as a calibrated probability with its reasons, and a card that says how good it is.

card       what a planner must know before trusting a model
training   train on earlier contacts, test on the last, write the card
model      score any table that has the inputs; save and load
recipes    the families and settings to choose from, as data
fitting    choose by forward validation, fit, calibrate
blend      several families that share the vote
offers     the level of each product on each channel, partially pooled; a catalogue of products' attributes
evaluating the recipe on anybody's table, by forward, rolling or k-fold protocol
"""

from yuelao.analytics.propensity.card import Candidate, Card, OfferCell
from yuelao.analytics.propensity.model import ResponseModel
from yuelao.analytics.propensity.offer_model import OfferModel
from yuelao.analytics.propensity.offer_training import train_offers
from yuelao.analytics.propensity.training import Tested, train_response

__all__ = [
    "Candidate",
    "Card",
    "OfferCell",
    "OfferModel",
    "ResponseModel",
    "Tested",
    "train_offers",
    "train_response",
]
