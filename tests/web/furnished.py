"""A furnished workspace for the screens: the telecom pack, staff of every role, five customers and their tasks."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from httpx2 import Response
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from yuelao.common.clock import FixedClock
from yuelao.common.outcomes import Outcome
from yuelao.common.settings import Workspace
from yuelao.main import create_app
from yuelao.operations import contact_policy, customers, staff, tasks
from yuelao.operations.contact_policy.schemas import NewContact
from yuelao.operations.staff import Role
from yuelao.operations.tasks import NewTask
from yuelao.storage.session import Database
from yuelao.workflows.create_workspace import create

PASSWORD = "thread-and-moon"
PHONE = "13912345678"
_NAMES = {"planner": "周策", "agent": "李静", "approver": "王主管", "analyst": "陈数"}

_FIELDS: dict[str, object] = {
    "gender": "female",
    "age": 34,
    "tenure_months": 63,
    "value_level": "A2",
    "value_score": 81.5,
    "plan_id": "4G 畅享 59",
    "identity_level": "4",
    "consumption_level": "5",
    "channel_level": "2",
    "tenure_level": "4",
    "vas_level": "3",
    "plan_fit": "D",
    "best_plan": "5G 畅享 129",
    "plan_saving": 23.4,
    "preferred_channel": "phone",
    "phone_preference": 3.62,
    "plan_fee": 59.0,
    "contract_months_left": 2,
    "arpu_3m": 96.4,
    "overage_charge_3m": 31.0,
    "overage_data_mb_3m": 3277.0,
    "data_mb_3m": 23552.0,
    "data_use_ratio_3m": 1.15,
    "voice_minutes_3m": 210.0,
    "voice_use_ratio_3m": 0.7,
    "device_brand": "Huawei",
    "device_price": 2799.0,
    "device_months": 27,
    "hotline_calls_3m": 2,
    "contacts_90d": 1,
    "last_complaint_on": "2026-07-30",
    "complaints_12m": 1,
}


def furnish(path: Path, clock: FixedClock) -> Workspace:
    """Make the workspace at `path`."""
    house = create(path, "telecom", {}, clock)
    with house.database.transaction() as session:
        for role in Role:
            staff.add_user(
                session, role.value, role.value, PASSWORD, now=clock(), display_name=_NAMES.get(role, role.value)
            )
        staff.add_user(session, "agent2", "agent", PASSWORD, now=clock(), display_name="赵敏")
        _add_customers(session, clock)
    house.database.close()
    return house.workspace


def _add_customers(session: Session, clock: FixedClock) -> None:
    people = [("cust-1", "林晓雯", PHONE), ("cust-2", "吴磊", "13800001111"), ("cust-3", "郑阳", "13700002222")]
    people += [("cust-4", "欧阳若兰", "13600003333"), ("cust-5", "何平", "13500004444")]
    customers.save_identities(
        session,
        [
            {"customer_id": key, "source_id": f"S{key}", "person_id": key, "name": name, "phone": phone, "city": "杭州"}
            for key, name, phone in people
        ],
    )
    generation = customers.new_generation(session, date(2026, 11, 1), clock())
    customers.add_profiles(session, generation, [{"customer_id": key, "fields": _FIELDS} for key, _, _ in people])
    customers.flip(session, generation, clock())
    for days, outcome in ((26, Outcome.THINKING), (61, Outcome.NO_ANSWER)):
        earlier = clock() - timedelta(days=days)
        contact_policy.record(
            session,
            NewContact(
                person_id="cust-1",
                customer_id="cust-1",
                contacted_at=earlier,
                channel="phone",
                outcome=outcome,
                campaign="handset-renewal",
                product="handset_mid",
            ),
        )
    tasks.create(session, [_task(key, 300 - place, clock) for place, (key, _, _) in enumerate(people)], clock())


def _task(customer: str, value: float, clock: FixedClock) -> NewTask:
    return NewTask(
        run="run-1",
        campaign="data-upgrade",
        campaign_version=1,
        customer_id=customer,
        person_id=customer,
        product="data_10gb",
        alternatives=["data_30gb", "plan_5g_129"],
        why={
            "reasons": [
                {"feature": "overage_data_mb_3m", "value": 3277.0},
                {"feature": "data_use_ratio_3m", "value": 1.15},
                {"feature": "overage_charge_3m", "value": 31.0},
            ]
        },
        priority=60,
        value=value,
        expires_at=clock() + timedelta(days=7),
    )


class Browser:
    """A client that keeps cookies and sends the token of its last page with each form, as a browser does."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers={"Accept": "text/html", **headers}, follow_redirects=False)

    def token(self, path: str) -> str:
        text = str(self.get(path).text)
        return text.split('name="csrf_token" value="')[1].split('"')[0]

    def post(self, path: str, *, page: str = "/desk", htmx: bool = False, **fields: Any) -> Response:
        headers = {"Accept": "text/html"} | ({"HX-Request": "true"} if htmx else {})
        data = {"csrf_token": self.token(page)} | fields
        return self.client.post(path, data=data, headers=headers, follow_redirects=False)

    def sign_in(self, name: str, password: str = PASSWORD, back: str = "") -> Response:
        return self.post("/sign-in", page="/sign-in", name=name, password=password, back=back)

    def task(self) -> dict[str, str]:
        """The task on the desk, as its forms name it."""
        text = str(self.get("/desk").text)
        return {name: text.split(f'name="{name}" value="')[1].split('"')[0] for name in ("task_id", "lease_version")}


@contextmanager
def visit(workspace: Workspace, clock: FixedClock, name: str = "") -> Iterator[Browser]:
    """A browser at the application, signed in as `name` if one is given."""
    with TestClient(create_app(workspace, clock), raise_server_exceptions=False) as client:
        browser = Browser(client)
        if name:
            assert browser.sign_in(name).status_code == 303
        yield browser


@contextmanager
def operations(workspace: Workspace) -> Iterator[Session]:
    """A look at, or a hand in, the operational database."""
    database = Database(workspace.database_url)
    with database.transaction() as session:
        yield session
    database.close()
