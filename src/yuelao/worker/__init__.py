"""The worker: sends what operations wrote to the outbox, and lets time do its part on the tasks."""

import time

from yuelao.connectors.messaging import FileGateway
from yuelao.operations import tasks
from yuelao.workflows.house import House
from yuelao.workflows.send_outbox import send_outbox

MESSAGES_FILE = "messages.jsonl"
_PAUSE_SECONDS = 1.0


def work_once(house: House) -> int:
    """Send all that is due and sweep the tasks; returns how many messages went out."""
    gateway = FileGateway(house.workspace.path / MESSAGES_FILE)
    sent = total = send_outbox(house, gateway)
    while sent:
        sent = send_outbox(house, gateway)
        total += sent
    with house.database.transaction() as session:
        tasks.sweep(session, house.now())
    return total


def work(house: House) -> None:
    """Work until stopped."""
    while True:
        work_once(house)
        time.sleep(_PAUSE_SECONDS)
