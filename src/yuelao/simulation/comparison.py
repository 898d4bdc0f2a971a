"""The page that lays reported and simulated figures side by side."""

from collections.abc import Callable, Iterable, Iterator

from yuelao.simulation.cases import SALES, Figure
from yuelao.simulation.guidance_cases import DIVERSION
from yuelao.simulation.observed import Observed

CASES: tuple[Callable[[Observed], Iterator[Figure]], ...] = (*SALES, *DIVERSION)
_DECIMALS = 4
_INTRODUCTION = """# The simulated operator

`yuelao simulate` writes an operator's extracts and, apart from them, the truth about its customers. Hidden needs and
habits drive behaviour, behaviour leaves rows, noise and dirt blur them; no model's formula is in it. This page lays
what practice reports beside what comes out when the same policies are played on the simulated world, choosing
customers by nothing but the rows an operator has.

## How customers are made

- **Needs**: data is wished for beyond the bundle, handsets age, tastes differ (`needs.py`). A need turns into an
  unprompted order or a sale in conversation by two logistic laws of each product (`catalogue.py`).
- **Channels**: each customer has a share of business by phone, SMS, online and hall; the kind of business tilts it, and
  the newly joined come to the hall (`habits.py`, `channels.py`). A channel reaches those whose habit it is, and
  sells to them more easily (`response.py`).
- **Contacts**: every contact of the last 30 days makes an answer and a sale less likely, a complaint and a refusal for
  good more; fatigue also makes customers leave.
- **Leaving**: a bill that pains, bad service, competitors' offers, fatigue; loyalty and a contract hold (`churn.py`).
  Who has left leaves no more rows.
- **Guidance**: who takes it up does that business elsewhere; each month some fall back (`diversion.py`).
- **Failed orders**: an order that fails online and is given up is still wanted for some hours (`response.still_wants`).

`truth/customers.parquet` holds, for each customer: needs, true response and uplift per product and channel, channel
habits and the top channel, the cheapest plan of the last three months' use, the chance of another handset in 90 days,
fatigue, the hazard of leaving, and the margin expected of the next twelve months. Its columns are listed in
`yuelao.simulation.truth`. Only the simulation, tests, benchmarks and the closed-loop workflow read it.

`yuelao.simulation.play` answers contacts (who, what, by which channel, when), `yuelao.simulation.aftermath` tells the
months after them. Both draw by hashing: the same question has the same answer, in whatever order and company.

## What can be known of channel habits

An oracle that knows the laws and sees the same touches (`oracle.py`) names the true top channel of 75–90 % of the
customers with five touches or more; `tests/simulation/test_oracle.py` holds the world to it.

## Reported and simulated

Figures are shares, but for the last of the table. A figure has to lie in its band, in the world of this page and in
the smaller one that `tests/simulation/test_cases.py` plays. Where practice reports none, the band says what shape
means. The reported policies are known in outline only, and the reported base is another one: bands are wide, orders of
size and of rank are what counts.
"""
_NOTES = """
Blanket calling is reported at 1–3 % without saying of what; both denominators are shown. The reports that count
customers of several millions are shares here. *Sales ÷ dialled* counts customers, each dialled up to three times.
"""


def compare(world: Observed) -> list[Figure]:
    """The figures of all cases."""
    return [figure for case in CASES for figure in case(world)]


def render(figures: Iterable[Figure]) -> str:
    """The table of figures."""
    lines = ["| case | figure | reported | simulated | of | band |", "|---|---|---:|---:|---:|---|"]
    for each in figures:
        reported = "" if each.reported is None else _written(each.reported)
        band = f"{_written(each.band[0])} … {_written(each.band[1])}"
        mark = "" if each.holds else " **outside**"
        simulated = _written(each.simulated)
        lines.append(f"| {each.case} | {each.name} | {reported} | {simulated}{mark} | {each.of} | {band} |")
    return "\n".join(lines) + "\n"


def page(figures: Iterable[Figure], command: str, described: str) -> str:
    """The whole page, with the command that writes it and a word on the world it was played on."""
    made = f"\n{described}, written by `{command}`:\n\n"
    return _INTRODUCTION + made + render(figures) + _NOTES


def _written(value: float) -> str:
    return f"{round(value, _DECIMALS):g}"
