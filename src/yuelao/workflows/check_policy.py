"""Check the contact policy for one person now, from the published profile and the ledger."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from yuelao.common.settings import Workspace
from yuelao.operations import contact_policy, customers
from yuelao.operations.contact_policy import Refusal, Touch, Verdict

_RINGING = ("claim", "dial", "call_back")
"""The moments after which a phone is to ring; a list for others to call may be made without numbers."""
_NO_NUMBER = Refusal(
    name="no_number", title={"en": "No phone number is known of the customer", "zh": "客户没有电话号码"}, values={}
)


class PolicyCheck:
    """The contact policy at one moment; within one transaction it may be asked about many people."""

    def __init__(self, session: Session, workspace: Workspace, now: datetime) -> None:
        self._session = session
        self._zone = workspace.timezone
        self._local = now.astimezone(self._zone).replace(tzinfo=None)
        self._policy = contact_policy.current(session)

    def person(
        self,
        customer_id: str,
        person_id: str,
        when: str,
        published: Mapping[str, Any] | None = None,
        history: Sequence[Touch] | None = None,
    ) -> Refusal | None:
        """The first rule that refuses a contact at the moment `when` (launch, claim, dial, call_back), or None.

        `published` is the customer's profile and `history` the person's contacts, where the caller has read them.
        """
        if when in _RINGING and not customers.has_number(self._session, customer_id):
            return _NO_NUMBER
        return contact_policy.decide(
            self._policy, when, self._facts(customer_id, person_id, published, history), self._local.date()
        )

    def hours(self) -> Refusal | None:
        """The rule that closes this hour to calling, or None."""
        return contact_policy.decide(
            self._policy, "hours", contact_policy.facts([], {}, self._local), self._local.date()
        )

    def explain(self, customer_id: str, person_id: str, when: str) -> list[Verdict]:
        """What every rule asked at `when` says of this person now."""
        facts = self._facts(customer_id, person_id, None, None)
        return contact_policy.explain(self._policy, when, facts, self._local.date())

    def _facts(
        self,
        customer_id: str,
        person_id: str,
        published: Mapping[str, Any] | None,
        history: Sequence[Touch] | None,
    ) -> dict[str, Any]:
        if published is None:
            published = customers.profiles(self._session, [customer_id]).get(customer_id, {})
        if history is None:
            history = contact_policy.history(self._session, person_id, self._zone)
        return contact_policy.facts(history, published, self._local)
