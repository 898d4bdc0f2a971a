"""What tests of the desk do again and again: seat an agent, put a customer in the queue, call, close, count rows."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import a_customer, a_new_task, a_user
from tests.world import CAMPAIGN
from yuelao.common.clock import FixedClock
from yuelao.common.outcomes import Outcome
from yuelao.operations import customers, tasks
from yuelao.operations import decisions as runs
from yuelao.operations.customers.schemas import Identity
from yuelao.operations.staff.schemas import User
from yuelao.operations.tasks.schemas import Task
from yuelao.storage.tables import AuditRow, CallRow, ContactRow, IdentityRow, OrderRow, OutboxRow
from yuelao.workflows.close_call import Closing, Dialled, close, connect, dial, hang_up
from yuelao.workflows.desk_card import DeskCard
from yuelao.workflows.hand_out_task import Nothing, hand_out
from yuelao.workflows.house import House

WRITTEN = {"calls": CallRow, "contacts": ContactRow, "orders": OrderRow, "outbox": OutboxRow, "audit": AuditRow}


def queue(house: House, **task: Any) -> Identity:
    """A new customer with a task; `fields` are what operations know of them."""
    fields = task.pop("fields", {})
    person = task.pop("person_id", None)
    with house.database.transaction() as session:
        customer = a_customer(session, person_id=person)
        publish(session, house, {**_published(session), customer.customer_id: fields})
        created = tasks.create(
            session,
            [
                a_new_task(
                    customer_id=customer.customer_id,
                    person_id=customer.person_id,
                    **{"expires_at": house.now() + timedelta(days=7), **task},
                )
            ],
            house.now(),
        )
    assert created.tasks == 1
    return customer


def plan(house: House, people: int, run: str = "run-1", campaign: str = CAMPAIGN, version: int = 1) -> list[str]:
    """A planned run that assigned so many new customers, and held two more out; returns the assigned persons."""
    with house.database.transaction() as session:
        found = [a_customer(session) for _ in range(people + 2)]
        publish(session, house, {person.customer_id: {} for person in found})
        summary = {"held_out": 2, "assigned": people}
        runs.save_run(
            session,
            run=run,
            campaign=campaign,
            version=version,
            as_of=house.today(),
            summary=summary,
            ledger_sequence=0,
            by="planner",
            now=house.now(),
        )
    house.lake.publish("decisions", run, _decided([(person.customer_id, person.person_id) for person in found]))
    return [person.person_id for person in found[:-2]]


def _decided(people: list[tuple[str, str]]) -> pa.Table:
    assigned = len(people) - 2
    return pa.table(
        {
            "customer_id": [customer for customer, _ in people],
            "person_id": [person for _, person in people],
            "decision": ["assigned"] * assigned + ["held_out"] * 2,
            "product": ["data_10gb"] * len(people),
            "alternative": pa.array(["data_30gb", *[None] * (len(people) - 1)], pa.string()),
            "team": ["north"] * len(people),
            "value": [float(place) for place in range(len(people))],
            "response": [0.1] * len(people),
            "reach": [0.5] * len(people),
            "reasons": ['[{"feature": "arpu_3m", "value": 80.0, "weight": 0.5}]'] * len(people),
        }
    )


def publish(session: Session, house: House, profiles: dict[str, dict[str, Any]]) -> None:
    """Replace what operations know of everybody."""
    generation = customers.new_generation(session, date(2026, 11, 1), house.now())
    rows = [{"customer_id": name, "fields": fields} for name, fields in profiles.items()]
    customers.add_profiles(session, generation, rows)
    customers.flip(session, generation, house.now())


def written(house: House) -> dict[str, int]:
    """How many rows there are of everything a call may leave behind."""
    with house.database.transaction(read_only=True) as session:
        return {name: session.scalar(select(func.count()).select_from(row)) or 0 for name, row in WRITTEN.items()}


def task_of(house: House, customer: Identity, campaign: str = "data-upgrade") -> Task:
    """The newest task of a customer."""
    with house.database.transaction(read_only=True) as session:
        task = tasks.newest_for(session, customer.customer_id, campaign)
    assert task is not None
    return task


@dataclass
class Desk:
    """One agent; every step is a transaction of its own, as on the screen."""

    house: House
    agent: User
    task: Task | None = None

    @classmethod
    def of(cls, house: House, name: str, team: str = "north") -> "Desk":
        """Seat a new agent."""
        with house.database.transaction() as session:
            return cls(house, a_user(session, name, team=team))

    @property
    def lease(self) -> tuple[str, int]:
        assert self.task is not None
        return self.task.task_id, self.task.lease_version

    def wait(self, **step: float) -> None:
        """Let time pass."""
        assert isinstance(self.house.clock, FixedClock)
        self.house.clock.advance(timedelta(**step))

    def next(self, language: str = "en") -> DeskCard | Nothing:
        """Press Next."""
        with self.house.database.transaction() as session:
            card = hand_out(session, self.house.workspace, self.agent, self.house.now(), language)
        if isinstance(card, DeskCard):
            self.task = card.task
        return card

    def card(self, language: str = "en") -> DeskCard:
        """Press Next where a task must come."""
        card = self.next(language)
        assert isinstance(card, DeskCard)
        return card

    def dial(self) -> Dialled:
        with self.house.database.transaction() as session:
            return dial(session, self.house.workspace, self.agent, *self.lease, self.house.now())

    def connect(self) -> Task:
        with self.house.database.transaction() as session:
            return connect(session, self.agent, *self.lease, self.house.now())

    def hang_up(self) -> Task:
        with self.house.database.transaction() as session:
            return hang_up(session, self.agent, *self.lease, self.house.now())

    def close(self, outcome: Outcome, **closing: Any) -> Task:
        with self.house.database.transaction() as session:
            return close(session, self.agent, *self.lease, Closing(outcome=outcome, **closing), self.house.now())

    def talk(self, outcome: Outcome, **closing: Any) -> Task:
        """Dial, talk for two minutes, write down the outcome."""
        assert self.dial().phone is not None
        self.connect()
        self.wait(minutes=2)
        return self.close(outcome, **closing)


def _published(session: Session) -> dict[str, dict[str, Any]]:
    return customers.profiles(session, session.scalars(select(IdentityRow.customer_id)))
