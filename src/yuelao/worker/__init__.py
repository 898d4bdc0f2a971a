"""The worker: sends what operations wrote to the outbox, and lets time do its part on the tasks."""

import logging
from threading import Event

from yuelao.common.errors import Unavailable
from yuelao.connectors.messaging import FileGateway
from yuelao.workflows.house import House
from yuelao.workflows.send_outbox import send_outbox
from yuelao.workflows.sweep_tasks import sweep

MESSAGES_FILE = "messages.jsonl"
_PAUSE_SECONDS = 1.0
_log = logging.getLogger(__name__)


def work_once(house: House) -> int:
    """Send all that is due and sweep the tasks; returns how many messages went out."""
    gateway = FileGateway(house.workspace.path / MESSAGES_FILE)
    sent = total = send_outbox(house, gateway)
    while sent:
        sent = send_outbox(house, gateway)
        total += sent
    with house.database.transaction() as session:
        sweep(session, house.now())
    return total


def work(house: House, stop: Event) -> None:
    """Work until `stop` is set; what fails is logged and tried again."""
    while not stop.is_set():
        try:
            work_once(house)
        except Unavailable as error:
            _log.warning("The worker waits: %s", error)
        except Exception:  # noqa: BLE001 - the edge of the process: one bad row must not end the work for all
            _log.exception("The worker failed, and goes on")
        stop.wait(_PAUSE_SECONDS)
