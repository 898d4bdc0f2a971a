"""The simulated operator: customers with hidden needs, the raw extracts their behaviour leaves, and their answers.

    catalogue    what the operator sells, and the law of each product's demand
    words        the operator's own words: names, cities, codes
    population   who the customers are: hidden traits, visible attributes
    behaviour    what they do in a month: use, pay, ask, look, order
    campaigns    whom the operator called in earlier months
    response     how a customer answers a call; the one law of history and of play
    extracts     the files, their dirt and the mapping that brings them to the contract
    outcomes     plays the customers for campaigns that come after the extracts

Nothing here knows the contract, the features or the models, so that what they find is found.
"""

from yuelao.simulation.extracts import Simulated, simulate
from yuelao.simulation.outcomes import Answer, Truth, load_truth

__all__ = ["Answer", "Simulated", "Truth", "load_truth", "simulate"]
