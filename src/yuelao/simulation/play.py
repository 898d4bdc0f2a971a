"""Plays a course of contacts, offers and guidance: who answers, buys, complains, replies, does as guided.

A customer's contacts are answered in the order of their moments, and each leaves its mark on the next: recent ones
tire, a refusal for good stands, who has bought a product does not buy it again. Everything is drawn by hashing, so
neither the order in which contacts are given nor the other customers among them change an answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from yuelao.common.outcomes import Outcome
from yuelao.simulation import diversion, response
from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.draws import uniforms
from yuelao.simulation.outcomes import Truth
from yuelao.simulation.population import Flags, Integers

_ENDS = [response.CODES.index(outcome) for outcome in (Outcome.REFUSED_ALL, Outcome.COMPLAINT)]
_SOLD, _THINKING, _SILENT = (
    response.CODES.index(outcome) for outcome in (Outcome.SOLD, Outcome.THINKING, Outcome.NO_ANSWER)
)
_START = datetime(1970, 1, 1)
_DAY, _RECENT = 86_400.0, 30 * 86_400.0
_AFTER_REFUSAL = 4.0  # a contact after a refusal for good annoys like so many recent ones
_DELAY = 103  # stream


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact: an offer of `product`, or guidance of a business (payment, query) to a cheaper channel.

    `failed_at`: when the customer's own order of the product failed and was given up; the contact then repairs it.
    """

    source_id: str
    channel: str  # phone, sms, online, hall
    at: datetime  # local
    product: str = ""
    guides: str = ""
    failed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """What came of a contact. `reply_seconds`: until the reply to a message; `moved`: does as guided from now on."""

    reached: bool  # spoken to, read, seen, met
    outcome: Outcome
    talk_seconds: int
    ordered_at: datetime | None
    complaint: bool
    reply_seconds: int | None
    moved: bool


def play(truth: Truth, contacts: Sequence[Contact], seed: int) -> list[Reaction]:
    """The reaction to each contact, in the order given.

    Give all contacts since the extracts: those of a customer bear on each other. Raises NotFound for a customer,
    product, channel or guided business that is not of this world.
    """
    return Course(truth, contacts, seed).reactions()


class Course:
    """A course of contacts and what came of it; one value for each contact, in the order given."""

    def __init__(self, truth: Truth, contacts: Sequence[Contact], seed: int) -> None:
        self._truth, self._seed = truth, seed
        self._moments = [contact.at for contact in contacts]
        self.rows = truth.rows([contact.source_id for contact in contacts])
        self.month = np.array([at.year * 12 + at.month for at in self._moments], dtype=np.int64)
        self.guides = diversion.places([contact.guides for contact in contacts])
        self._on = truth.channels([contact.channel for contact in contacts])
        self.weight: Numbers = response.INTRUSION[self._on]
        self._chosen = np.full(len(contacts), -1)
        offers = np.flatnonzero([bool(contact.product) for contact in contacts])
        self._chosen[offers] = truth.products([contacts[place].product for place in offers.tolist()])
        self._wants = np.array([_still_wants(contact) for contact in contacts])
        self._at = np.array([(at - _START).total_seconds() for at in self._moments])
        self._order = np.lexsort((self._on, self.guides, self._chosen, self._at, self.rows))
        self._recent = self._weigh_recent()
        self._outcome = np.full(len(contacts), _SILENT)
        self._talk = np.zeros(len(contacts), dtype=int)
        self._reached = np.zeros(len(contacts), dtype=bool)
        self._refused: set[int] = set()
        self._bought: set[tuple[int, int]] = set()
        for here in self._turns():
            self._answer(here)
        self.moved = self._take_up()

    def _turns(self) -> list[Integers]:
        """The first contact of everybody, the second of those who had one, …"""
        rows = self.rows[self._order]
        first = np.flatnonzero(np.diff(rows, prepend=-1))
        turn = np.arange(len(rows)) - np.repeat(first, np.diff(np.append(first, len(rows))))
        return [self._order[turn == number] for number in range(int(turn.max()) + 1 if len(turn) else 0)]

    def _weigh_recent(self) -> Numbers:
        """What contacts of the 30 days before each one weigh, those from before the extracts' end included."""
        begin = (self._truth.column("as_of", self.rows) - _START.toordinal()) * _DAY
        recent = np.where(self._at - begin < _RECENT, self._truth.column("recent", self.rows), 0.0).astype(float)
        for back in range(1, len(self.rows)):
            after, before = self._order[back:], self._order[:-back]
            near = (self.rows[after] == self.rows[before]) & (self._at[after] - self._at[before] < _RECENT)
            if not near.any():
                break
            recent[after] += np.where(near, self.weight[before], 0.0)
        return recent

    def _answer(self, here: Integers) -> None:
        moments = [self._moments[place] for place in here]
        rows, chosen, on = self.rows[here], self._chosen[here], self._on[here]
        has = np.array([pair in self._bought for pair in self._pairs(here)], dtype=bool)
        harassed = np.isin(rows, list(self._refused))
        recent = self._recent[here] + _AFTER_REFUSAL * harassed
        asked = self._truth.called(rows, chosen, on, moments, recent)
        asked = replace(
            asked,
            baseline=np.where(has | harassed, 0.0, np.maximum(asked.baseline, self._wants[here])),
            persuasion=np.where(has | harassed, 0.0, asked.persuasion),
        )
        draws = self._truth.draws(self._seed, rows, chosen, on, moments)
        self._outcome[here], self._talk[here] = response.answer(asked, draws)
        self._reached[here] = draws[:, 0] < response.chance_of_reach(asked)
        self._refused.update(rows[np.isin(self._outcome[here], _ENDS)].tolist())
        self._bought.update(self._pairs(here[self._outcome[here] == _SOLD]))

    def _pairs(self, here: Integers) -> list[tuple[int, int]]:
        return list(zip(self.rows[here].tolist(), self._chosen[here].tolist(), strict=True))

    def _take_up(self) -> Flags:
        heard = np.flatnonzero((self.guides >= 0) & self._reached & ~np.isin(self._outcome, _ENDS))
        days = np.array([self._moments[place].toordinal() for place in heard], dtype=np.int64)
        moved = np.zeros(len(self.rows), dtype=bool)
        moved[heard] = diversion.takes_up(self._truth, self.rows[heard], self.guides[heard], days, self._seed)
        self._outcome[moved & response.REACHED[self._outcome]] = _THINKING
        return moved

    def reactions(self) -> list[Reaction]:
        """What came of each contact."""
        replies = response.replied(self._on, self._outcome)
        days = np.array([at.toordinal() for at in self._moments], dtype=np.int64)
        delay = response.reply_delay(uniforms(self._seed, (self.rows, self._chosen, days), [_DELAY])[:, 0])
        return [self._reaction(place, int(delay[place]) if replies[place] else None) for place in range(len(days))]

    def _reaction(self, place: int, delay: int | None) -> Reaction:
        outcome, talk = response.CODES[self._outcome[place]], int(self._talk[place])
        done = self._moments[place] + timedelta(seconds=talk + (delay or 0))
        return Reaction(
            reached=bool(self._reached[place]),
            outcome=outcome,
            talk_seconds=talk,
            ordered_at=done if outcome is Outcome.SOLD else None,
            complaint=outcome is Outcome.COMPLAINT,
            reply_seconds=delay,
            moved=bool(self.moved[place]),
        )


def _still_wants(contact: Contact) -> float:
    if contact.failed_at is None:
        return 0.0
    hours = (contact.at - contact.failed_at).total_seconds() / 3600
    return float(response.still_wants(np.array(max(hours, 0.0))))
