"""The states of tasks, campaigns and orders: no sequence of actions leaves the drawn machines, and ends stay ends."""

from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.builders import NOW
from yuelao.common.errors import Conflict
from yuelao.common.outcomes import Outcome
from yuelao.operations.campaigns import rules as campaigns
from yuelao.operations.orders import rules as orders
from yuelao.operations.tasks import rules
from yuelao.operations.tasks.rules import Action, State

# The drawing of the design, section 6, said once more and in other words than the code says it.
_DRAWN = {
    "ready": "leased suppressed expired",
    "leased": "dialling ready recycled suppressed",
    "dialling": "connected wrap_up suppressed",
    "connected": "wrap_up",
    "wrap_up": "done scheduled recycled",
    "scheduled": "leased ready suppressed expired",
    "recycled": "ready suppressed expired",
    "done": "",
    "suppressed": "",
    "expired": "",
}
_AGAIN = st.none() | st.just(NOW)


class TaskLife(RuleBasedStateMachine):
    """Any actions in any order, possible or not."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State.READY
        self.before = State.READY

    @rule(action=st.sampled_from(Action))
    def act(self, action: Action) -> None:
        self.before = self.state
        with suppress(Conflict):
            self.state = rules.move(self.state, action)

    @rule(outcome=st.sampled_from(Outcome), again_at=_AGAIN)
    @precondition(lambda self: self.state not in rules.CALLING)
    def cannot_close_what_was_not_dialled(self, outcome: Outcome, again_at: datetime | None) -> None:
        with pytest.raises(Conflict):
            rules.close(self.state, outcome, again_at)

    @invariant()
    def moved_along_the_drawing(self) -> None:
        assert self.state == self.before or self.state.value in _DRAWN[self.before.value].split()


TestTaskLife = TaskLife.TestCase


@given(state=st.sampled_from(rules.CALLING), outcome=st.sampled_from(Outcome), again_at=_AGAIN)
def test_a_closed_call_ends_or_comes_again(state: State, outcome: Outcome, again_at: datetime | None) -> None:
    after = rules.close(state, outcome, again_at)
    if again_at is None:
        assert after is State.DONE
    else:
        assert after is (State.SCHEDULED if outcome is Outcome.CALL_BACK else State.RECYCLED)


@pytest.mark.parametrize("state", [State.DONE, State.SUPPRESSED, State.EXPIRED])
def test_an_ended_task_stays_ended(state: State) -> None:
    for action in Action:
        with pytest.raises(Conflict):
            rules.move(state, action)


def test_every_state_of_a_task_is_waiting_live_or_ended() -> None:
    ended = {state for state in State if not any(before is state for before, _ in rules.TRANSITIONS)}
    assert {*rules.WAITING, *rules.LIVE} | ended == set(State)
    assert ended.isdisjoint(rules.ACTIVE)


@given(st.lists(st.tuples(st.sampled_from(campaigns.Action), st.sampled_from(["", "because"])), max_size=12))
def test_a_campaign_runs_only_after_its_approval_and_ends_for_good(
    actions: list[tuple[campaigns.Action, str]],
) -> None:
    state, lived = campaigns.State.DRAFT, [campaigns.State.DRAFT]
    for action, reason in actions:
        try:
            state = campaigns.move(state, action, reason)
        except Conflict:
            continue
        assert lived[-1] not in (campaigns.State.REJECTED, campaigns.State.STOPPED, campaigns.State.CLOSED)
        assert reason or action not in (campaigns.Action.REJECT, campaigns.Action.STOP)
        lived.append(state)
    if {campaigns.State.RUNNING, campaigns.State.TRIAL} & set(lived):
        assert campaigns.State.APPROVED in lived


@given(st.lists(st.sampled_from(orders.State), max_size=12))
def test_an_order_is_carried_out_only_after_the_customers_yes(wishes: list[orders.State]) -> None:
    state, lived = orders.State.OFFERED, [orders.State.OFFERED]
    for wish in wishes:
        try:
            state = orders.move(state, wish)
        except Conflict:
            continue
        assert lived[-1] not in (orders.State.CANCELLED, orders.State.REFUNDED)
        lived.append(state)
    if orders.State.PLACED in lived:
        assert orders.State.AWAITING_CONFIRMATION in lived
    carried_out = {orders.State.PAID, orders.State.SHIPPED, orders.State.DELIVERED, orders.State.ACTIVATED}
    if carried_out & set(lived):
        assert orders.State.PLACED in lived
