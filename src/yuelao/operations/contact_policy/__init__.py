"""Contact policy: whether a person may be contacted now, and the ledger of every contact."""

from yuelao.operations.contact_policy.queries import current, histories, history, last_sequence, recent, since
from yuelao.operations.contact_policy.rules import FACTS, Touch, calling_slots, decide, explain, facts
from yuelao.operations.contact_policy.schemas import Contact, NewContact, PolicyDefinition, PolicyRule, Refusal, Verdict
from yuelao.operations.contact_policy.service import record, save

__all__ = [
    "FACTS",
    "Contact",
    "NewContact",
    "PolicyDefinition",
    "PolicyRule",
    "Refusal",
    "Touch",
    "Verdict",
    "calling_slots",
    "current",
    "decide",
    "explain",
    "facts",
    "histories",
    "history",
    "last_sequence",
    "recent",
    "record",
    "save",
    "since",
]
