"""What a campaign changed, against a world whose truth is known; and the report that says so anywhere."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser

import numpy as np
import pytest

from tests.world import AS_OF, CAMPAIGN, MORNING, PRODUCTS, SEED, copy_of, house_at
from yuelao.analytics.experiments import effect
from yuelao.common.errors import Conflict
from yuelao.operations import customers, tasks
from yuelao.operations import decisions as runs
from yuelao.simulation.outcomes import load_truth
from yuelao.workflows.house import House
from yuelao.workflows.launch_campaign import launch
from yuelao.workflows.measure_campaign import Measured, measure
from yuelao.workflows.write_report import write_report


@pytest.fixture(scope="module")
def measured(played_world, tmp_path_factory) -> Measured:
    """The result five weeks later."""
    workspace = copy_of(played_world, tmp_path_factory.mktemp("measured") / "workspace")
    with house_at(workspace, MORNING + timedelta(days=35)) as house:
        return measure(house, CAMPAIGN)


def test_everybody_who_was_decided_on_is_counted_once(measured, played):
    with played.database.transaction(read_only=True) as session:
        [run] = runs.launched(session, CAMPAIGN)
    assert measured.assigned.customers == run.summary["assigned"]
    assert measured.held_out.customers == run.summary["held_out"]
    assert measured.everyone.customers == run.summary["targets"]
    assert (measured.runs, measured.since) == (1, AS_OF)
    assert measured.complete


def test_only_the_assigned_were_called(measured, played):
    with played.database.transaction(read_only=True) as session:
        states = tasks.count_by_state(session, CAMPAIGN)
    assert measured.tasks == states
    assert 0 < measured.assigned.reached <= measured.assigned.called <= measured.assigned.customers
    assert measured.held_out.called <= measured.held_out.customers * 0.1  # other systems' contacts only


def test_the_parts_add_up(measured):
    for parts in (measured.by_team, measured.by_product):
        for name in ("customers", "called", "reached", "buyers"):
            assert sum(getattr(part, name) for part in parts) == getattr(measured.assigned, name)
    assert {part.name for part in measured.by_team} == {"north", "south"}
    assert {part.name for part in measured.by_product} <= set(PRODUCTS)


def test_the_effect_is_the_difference_of_the_rates(measured):
    assert measured.effect == pytest.approx(measured.assigned.rate - measured.held_out.rate)
    assert measured.interval is not None
    low, high = measured.interval
    assert low < measured.effect < high
    assert measured.confidence == 0.95


def test_the_interval_holds_the_truth_for_most_seeds(played):
    """The wave is played again with other luck: called at noon, all at once, and everybody's own orders.

    The truth is the mean over the assigned of reach × what a conversation adds, taken from a hundred such lives.
    """
    truth, groups = load_truth(played.workspace.extracts), _groups(played)
    moments = [MORNING.replace(tzinfo=None)]

    def life(seed: int) -> tuple[int, int, float]:
        bought = {}
        for name, (ids, products) in groups.items():
            anyway = np.array([when is not None for when in truth.buys_anyway(ids, products, AS_OF, seed)])
            answers = truth.answer(ids, products, moments * len(ids), [0] * len(ids), seed)
            sold = np.array([answer.outcome == "sold" for answer in answers])
            bought[name] = (anyway | sold, anyway)
        added = bought["assigned"][0].mean() - bought["assigned"][1].mean()
        return int(bought["assigned"][0].sum()), int(bought["held_out"][1].sum()), float(added)

    lives = [life(seed) for seed in range(100)]
    true_effect = float(np.mean([added for *_counts, added in lives]))
    assigned, held_out = (len(groups[name][0]) for name in ("assigned", "held_out"))
    found = [effect(assigned, treated, held_out, control) for treated, control, _added in lives]
    covered = sum(one.low is not None and one.high is not None and one.low <= true_effect <= one.high for one in found)
    assert true_effect > 0
    assert covered >= 88


def _groups(house: House) -> dict[str, tuple[list[str], list[str]]]:
    """By decision, the source ids and what each was, or would have been, offered."""
    with house.database.transaction(read_only=True) as session:
        [run] = runs.launched(session, CAMPAIGN)
        with house.lake.snapshot() as snapshot:
            rows = snapshot.dataset("decisions", run.run).to_pyarrow().to_pylist()
        chosen = {row["customer_id"]: row for row in rows if row["decision"] in ("assigned", "held_out")}
        people = customers.identities(session, chosen)
    groups: dict[str, tuple[list[str], list[str]]] = {"assigned": ([], []), "held_out": ([], [])}
    for person in people:
        row = chosen[person.customer_id]
        groups[row["decision"]][0].append(person.source_id)
        groups[row["decision"]][1].append(row["product"])
    return groups


def test_what_was_not_launched_has_no_result(matched):
    with pytest.raises(Conflict, match="has not been launched"):
        measure(matched, CAMPAIGN)


def test_measuring_again_changes_nothing(played, measured):
    assert measure(played, CAMPAIGN) == measured


def test_the_held_out_stayed_out_of_every_list(played):
    with played.database.transaction(read_only=True) as session:
        waiting = tasks.counts(session)[CAMPAIGN]
        [run] = runs.launched(session, CAMPAIGN)
        with played.lake.snapshot() as snapshot:
            table = snapshot.dataset("decisions", run.run).filter(lambda t: t.decision == "held_out")
            held_out = table.select("customer_id", "person_id").to_pyarrow().to_pylist()
        assert all(tasks.newest_for(session, row["customer_id"], CAMPAIGN) is None for row in held_out)
    assert sum(waiting.values()) > 0
    assert len(held_out) == run.summary["held_out"] > 0


class _Links(HTMLParser):
    """Collects whatever a browser would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = {name: value or "" for name, value in attrs}
        self.found += [wanted[name] for name in ("src", "href", "data", "poster", "srcset") if name in wanted]
        if tag in ("script", "link", "iframe"):
            self.found.append(f"<{tag}>")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_stands_alone_and_tells_what_was_measured(played, measured, tmp_path, language):
    file = tmp_path / "report.html"
    done = write_report(played, CAMPAIGN, file, language)
    text = file.read_text(encoding="utf-8")
    links = _Links()
    links.feed(text)
    assert [link for link in links.found if not link.startswith(("#", "data:"))] == []
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org)", text)
    assert (done.assigned, done.held_out, done.buyers) == (
        measured.assigned.customers,
        measured.held_out.customers,
        measured.assigned.buyers,
    )
    assert (done.effect, done.interval) == (measured.effect, measured.interval)
    assert measured.title[language] in text
    assert f"{measured.assigned.customers:,}" in text
    assert f"{measured.effect * 100:+.1f}" in text
    assert f'lang="{language}' in text


def test_without_an_answer_yet_the_report_says_so(matched, tmp_path):
    launch(matched, CAMPAIGN)
    done = write_report(matched, CAMPAIGN, tmp_path / "report.html")
    assert done.buyers >= 0
    assert measure(matched, CAMPAIGN).complete is False
    assert measure(matched, CAMPAIGN).until > date(2026, 12, 1)


def test_the_same_world_for_everybody(played):
    """What the fixtures promise: the calls were played with this seed, and nobody was called after the fifth day."""
    assert SEED == 2
    with played.lake.snapshot() as snapshot:
        contacts = snapshot.table("contacts").to_pyarrow().to_pylist()
    ours = [row["contacted_at"].date() for row in contacts if row["ledger_sequence"] is not None]
    assert not ours or max(ours) < AS_OF + timedelta(days=8)
