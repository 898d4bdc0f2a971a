"""The part of docs/model_quality.md about a simulated operator: every figure beside chance and what it must be."""

from yuelao.workflows.measure_models import FEWEST_TOUCHES, Figure, Measured

_HEAD = """\
{customers:,} customers over {months} months, seed {seed}: the operator is simulated, its extracts loaded (dirt
included), the view built, the models fitted, and what they say compared with `truth/`. "By chance" is the same on a
second operator whose customers behave by the needs and habits of others: what a figure is worth when there is nothing
to find. A dash: nothing hidden is in it.

| figure | value | by chance | must be | customers |
|---|---:|---:|---|---:|
"""
_TAIL = """
- **Preferred channel.** Habits are shares of business by channel; customers see to their business now on one channel,
  now on another, and every kind of business leans to some. So the touches of some months cannot tell everybody's top
  channel. The oracle (`simulation/oracle.py`) knows the whole mechanism and sees the same touches: no rule does
  better on average. Only customers with {touches} touches or more count.
- **Value.** The margin is what the next twelve months bring, costs and the chance of leaving counted. The score is an
  index of the present and the past, with weights set by hand.
- **Plans.** A plan that costs the same to the cent counts as found. What is missed is dirt: months lost or doubled in
  the extracts.
- **Response.** True is the chance to buy when spoken to; who bought in earlier campaigns is all the model learns from.
- **Reach, leaving, another handset.** Learned from calls that were answered or not, and from what customers did in
  earlier windows; the truth says the chance itself, which no model is ever told.
"""


def render(measured: Measured) -> str:
    """The part as Markdown, of figures measured on at least some ten thousand customers."""
    head = _HEAD.format(customers=measured.customers, months=measured.months, seed=measured.seed)
    return head + "".join(_row(figure) for figure in measured.figures) + _TAIL.format(touches=FEWEST_TOUCHES)


def _row(figure: Figure) -> str:
    chance = "–" if figure.chance is None else shown(figure.name, figure.chance)
    value = shown(figure.name, figure.value)
    return f"| {figure.en} | {value} | {chance} | {bar(figure)} | {figure.customers:,} |\n"


def shown(name: str, value: float) -> str:
    """A figure as it is read: shares in percent, correlations and quotients as numbers."""
    return f"{value:.1%}" if name in ("preferred_channel", "oracle", "best_plan") else f"{value:.3f}"


def bar(figure: Figure) -> str:
    """What it must be, in words; empty where nothing is asked."""
    least, most = (None if limit is None else shown(figure.name, limit) for limit in (figure.least, figure.most))
    if least and most:
        return f"{least} to {most}"
    return f"≥ {least}" if least else ""
