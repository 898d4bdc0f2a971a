"""The simulated operator: customers with hidden needs, the raw extracts their behaviour leaves, and their answers.

Who they are:     population (hidden traits, the register), needs, habits (of channel), services (value-added), churn
What there is:    catalogue (plans, handsets, products and the law of their demand), words (names and codes)
How they live:    world (month by month), behaviour (use, pay, ask, look), channels (which one a piece of business
                  takes), campaigns (whom the operator contacted), response (how a customer answers; the one law of
                  history and of play), purchases, registers (what is read again at the end), log (the rows left)
What is written:  extracts, blocks (in processes of their own), columns (the operator's own form), dirt, plan_book,
                  mapping.yaml, truth
What comes after: outcomes, play, aftermath, diversion, inbound; draws (chance by hashing)
What it shows:    cases, guidance_cases, observed, oracle, comparison

Nothing here knows the contract, the features or the models, so that what they find is found.
"""

from yuelao.simulation.extracts import Simulated, simulate
from yuelao.simulation.outcomes import Answer, Truth, load_truth

__all__ = ["Answer", "Simulated", "Truth", "load_truth", "simulate"]
