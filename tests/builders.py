"""Small builders of things tests need in the database: say what matters to the test, the rest is filled in."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from yuelao.common.outcomes import Outcome
from yuelao.operations import campaigns, contact_policy, customers, products, staff, tasks
from yuelao.operations.campaigns.schemas import Campaign, CampaignDefinition
from yuelao.operations.contact_policy.schemas import Contact, NewContact
from yuelao.operations.customers.schemas import Identity
from yuelao.operations.products.schemas import Product
from yuelao.operations.staff.schemas import User
from yuelao.operations.tasks.schemas import NewTask, Task

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
"""Monday, 23 November 2026, ten in the morning in Shanghai: what the `clock` fixture says."""
PASSWORD = "a good password"
_numbers = count(1)


def a_user(session: Session, name: str = "", role: str = "agent", **changes: Any) -> User:
    """A user with the password `PASSWORD`."""
    name = name or f"{role}-{next(_numbers)}"
    return staff.add_user(session, name, role, PASSWORD, **{"now": NOW, **changes})


def a_customer(session: Session, fields: dict[str, Any] | None = None, **changes: Any) -> Identity:
    """A customer; with `fields`, a published profile too (one generation for each such customer)."""
    number = next(_numbers)
    row = {
        "customer_id": f"customer-{number:04}",
        "source_id": f"S{number:06}",
        "person_id": None,
        "name": "张三",
        "phone": f"1990000{number:04}",
        "city": "NORTH",
        **changes,
    }
    customers.save_identities(session, [row])
    if fields is not None:
        generation = customers.new_generation(session, date(2026, 11, 1), NOW)
        customers.add_profiles(session, generation, [{"customer_id": row["customer_id"], "fields": fields}])
        customers.flip(session, generation, NOW)
    return customers.identities(session, [str(row["customer_id"])])[0]


def a_product(session: Session, code: str = "data_10gb", **changes: Any) -> Product:
    """A product."""
    content = {"code": code, "title": {"en": code, "zh": code}, "price": 20, "margin": 90, "handling_minutes": 5}
    product = Product.model_validate({**content, **changes})
    products.save(session, product, "planner", NOW)
    return product


def a_definition(name: str = "data-upgrade", **changes: Any) -> CampaignDefinition:
    """The definition of a campaign with one product and one resource."""
    content = {
        "name": name,
        "title": {"en": name, "zh": name},
        "products": ["data_10gb"],
        "script": "data-upgrade",
        "resources": [{"name": {"en": "All", "zh": "全部"}, "minutes": 600}],
    }
    return CampaignDefinition.model_validate({**content, **changes})


def a_campaign(session: Session, name: str = "data-upgrade", state: str = "running", **changes: Any) -> Campaign:
    """A campaign brought to `state`: draft, submitted, approved or running (trial, when it plans one)."""
    steps = {"draft": 0, "submitted": 1, "approved": 2, "running": 3, "trial": 3}[state]
    campaign = campaigns.save(session, a_definition(name, **changes), "planner", NOW)
    for step in (campaigns.submit, campaigns.approve, campaigns.start)[:steps]:
        campaign = step(session, name, by="approver", now=NOW)
    return campaign


def a_new_task(**changes: Any) -> NewTask:
    """A task to create, for a person of its own."""
    number = next(_numbers)
    content = {
        "run": "run-1",
        "campaign": "data-upgrade",
        "campaign_version": 1,
        "customer_id": f"customer-{number:04}",
        "person_id": f"person-{number:04}",
        "product": "data_10gb",
        "priority": 50,
        "value": 1.0,
        "expires_at": NOW + timedelta(days=7),
    }
    return NewTask.model_validate({**content, **changes})


def a_task(session: Session, **changes: Any) -> Task:
    """A ready task, for a person of its own."""
    new = a_new_task(**changes)
    tasks.create(session, [new], NOW)
    task = tasks.newest_for(session, new.customer_id, new.campaign)
    assert task is not None
    return task


def a_contact(session: Session, **changes: Any) -> Contact:
    """A contact in the ledger: a call that nobody answered."""
    content = {
        "person_id": "person-1",
        "customer_id": "customer-1",
        "contacted_at": NOW,
        "channel": "phone",
        "outcome": Outcome.NO_ANSWER,
    }
    return contact_policy.record(session, NewContact.model_validate({**content, **changes}))
