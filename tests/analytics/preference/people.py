"""Made-up customers whose channel habits are known: touches drawn from habit and kind of business, contacts answered
by habit and by how long the customer calls the hotline."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import yaml

from yuelao.analytics.channels import BUSINESSES, CHANNELS
from yuelao.analytics.evidence import Evidence

AS_OF, EARLIER, START = date(2026, 11, 1), date(2026, 8, 1), datetime(2026, 5, 1)
CODES = {"phone": ["hotline", "ivr"], "sms": ["sms"], "online": ["web", "app"], "hall": ["hall", "kiosk"]}
SHAPE = np.array([0.6, 0.3, 0.9, 0.6])


@dataclass(frozen=True)
class People:
    """Their tables, and the truth: habit (n × 4) and how many touches each has."""

    view: pa.Table
    touches: pa.Table
    contacts: pa.Table
    habit: Any
    seen: Any

    def evidence(self, **changed: Any) -> Evidence:
        """The tables as a model is given them; `changed` fields of Evidence instead."""
        view, touches, contacts = (ibis.memtable(table) for table in (self.view, self.touches, self.contacts))
        given = Evidence(view, AS_OF, lambda table: table, contacts=contacts, touches=touches)
        return replace(given, **changed)

    def with_past(self) -> Evidence:
        """The evidence with an earlier view, which has the same features."""
        return self.evidence(earlier=ibis.memtable(self.view), earlier_as_of=EARLIER)


def people(n: int = 1500, seed: int = 0, linked: bool = True) -> People:
    """`n` customers; not `linked`, everybody's touches come from the same habit, whatever their own is."""
    rng = np.random.default_rng(seed)
    habit = rng.dirichlet(SHAPE, n)
    ids = np.array([f"C{i:05d}" for i in range(n)])
    count = rng.poisson(10, n)
    who = np.repeat(np.arange(n), count)
    business = rng.choice(len(BUSINESSES), len(who), p=np.array([30, 15, 5, 5, 5, 5, 3, 3, 2, 2, 5]) / 80)
    shift = np.exp(np.random.default_rng(1).normal(0, 0.5, (len(BUSINESSES), len(CHANNELS))))
    channel = _drawn((habit if linked else np.tile(SHAPE / SHAPE.sum(), (n, 1)))[who] * shift[business], rng)
    codes = [CODES[CHANNELS[place]][int(half)] for place, half in zip(channel, _halves(channel, rng), strict=True)]
    touches = {"customer_id": ids[who], "occurred_at": _moments(len(who), rng), "channel": codes}
    minutes = np.exp(rng.normal(0, 1, n))
    view = {
        "customer_id": ids,
        "hotline_calls_6m": np.bincount(who[channel == 0], minlength=n),
        "hotline_minutes_mean_6m": minutes,
        "hall_visits_6m": np.bincount(who[channel == 3], minlength=n),
        "tenure_months": rng.integers(0, 200, n),
        "vip_type": rng.choice(["none", "silver", "gold"], n),
        "uses_secretary": rng.random(n) < 0.3,
        "online_minutes_6m": np.exp(3 * habit[:, 2] + rng.normal(0, 0.5, n)) if linked else rng.random(n),
    }
    return People(
        view=pa.table(view),
        touches=pa.table(touches | {"business": np.array(BUSINESSES)[business]}),
        contacts=_contacts(rng, ids, habit, minutes),
        habit=habit,
        seen=count,
    )


def definition(**changed: object) -> Mapping[str, object]:
    """The definition of the telecom pack, without kind, name and title."""
    text = files("yuelao.packs").joinpath("telecom/preference.yaml").read_text(encoding="utf-8")
    content = yaml.safe_load(text) | changed
    return {key: value for key, value in content.items() if key not in ("kind", "name", "title")}


def _contacts(rng: np.random.Generator, ids: Any, habit: Any, minutes: Any) -> pa.Table:
    rows = 4 * len(ids)
    who, by_phone = rng.integers(0, len(ids), rows), rng.random(rows) < 0.7
    odds = np.where(by_phone, -1.5 + 2 * habit[who, 0] + 1.2 * np.log(minutes[who]), -1.5 + 3 * habit[who, 1])
    answered = rng.random(rows) < 1 / (1 + np.exp(-odds))
    return pa.table(
        {
            "customer_id": ids[who],
            "contacted_at": _moments(rows, rng),
            "channel": np.where(by_phone, "phone", "sms"),
            "outcome": np.where(answered & by_phone, "refused", "no_answer"),
            "replied": answered & ~by_phone,
        }
    )


def _drawn(weight: Any, rng: np.random.Generator) -> Any:
    steps = np.cumsum(weight, axis=1)
    return (rng.random(len(weight))[:, None] * steps[:, -1:] > steps[:, :-1]).sum(axis=1)


def _halves(channel: Any, rng: np.random.Generator) -> Any:
    return (rng.random(len(channel)) < 0.3) & (channel != 1)


def _moments(rows: int, rng: np.random.Generator) -> pa.Array:
    return pa.array([START + timedelta(days=int(day)) for day in rng.integers(0, 184, rows)], pa.timestamp("us"))
