"""What the models say, in the language of the page: their refusals and notes as patterns with a translation. Pure."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from yuelao.common.language import _, translate
from yuelao.web.segments import words

_REFUSALS = (
    _("The shares of the levels must sum to 1, not to {sum}"),
    _("The scores of the levels must fall from {first} to {last}"),
    _("The weights of a node cannot all be zero"),
    _("The comparisons contradict each other: consistency ratio {ratio} > 0.1"),
    _("{value} is not between {least} and {most}"),
    _("{value} is not from {least} up"),
    _("A number is needed here, not {value}"),
    _("A whole number is needed here, not {value}"),
    _("The feature {feature} hangs in the tree twice"),
    _("The factor {feature} stands there twice"),
    _("Levels 2, 3, 4 and 5 begin at four rising scores"),
    _("Four rising bounds part five levels"),
    _("The points of a curve go from left to right"),
    _("The quantile low ({low}) must lie below high ({high})"),
    _("{key} cannot be {value}"),
    _("Unknown key {key}"),
    _("{key} is missing"),
    _("No value has points"),
    _("A list of at least {n} is needed here"),
    _("This is not YAML"),
    _("{who} saved version {version} since you began with version {earlier}"),
    _("Look at what changed, then make your change again"),
    _("Give every level of {levels} its own"),
    _("Give one of them a weight"),
    _("Give a number between {least} and {most}"),
    _("Give a number from {least} up"),
    _("Let each feature count once"),
    _("Did you mean {names}?"),
    _("As in {example}"),
)
_NOTES = (
    _("{channel}: {feature} was dropped: {share} of the customers have no value, at most {most} may"),
    _("{channel}: {feature} was dropped: it has {n} different values, at least {least} must"),
    _("{channel}: {feature} was dropped: it has {n} different value, at least {least} must"),
    _(
        "{channel}: {feature} was dropped: who has more of it uses the channel more"
        " (correlation {r}, {limit} is the limit), against its direction {direction}"
    ),
    _(
        "{channel}: {feature} was dropped: who has more of it uses the channel less"
        " (correlation {r}, {limit} is the limit), against its direction {direction}"
    ),
    _("{channel}: hand-set weights stay: {contacts} contacts, {answered} answered; {rest}"),
    _("The {weights} weights are used: those learned on {channels} have a {rest}"),
    _("{part}: Nobody has a value of {feature}: its weight goes to the others of its node"),
    _("Nobody has a value of {feature}: its weight goes to the others of its node"),
    _("Nobody has a value of {feature}: no test of it is met"),
    _("{n} of {all} customers have no known plan or no use in the months rehearsed"),
    _("The comparisons of {name} contradict each other: consistency ratio {ratio} > 0.1"),
    _("There is no earlier view: the hand-set weights are used"),
)
_SUM = _("The shares of the levels add up to {sum} %, they must give 100 %")
_FEATURES, _KEYS = frozenset({"feature"}), frozenset({"channel", "part", "name", "key"})


def said(sentence: str, language: str) -> str:
    """A sentence of a model in the language; as it is where no pattern is known. Features are called by their names."""
    for template, values in _matches(sentence):
        if template == _REFUSALS[0]:  # the fields hold per cent
            return translate(_SUM, language, sum=f"{float(values['sum']) * 100:g}")
        return translate(template, language, **{name: _named(name, value, language) for name, value in values.items()})
    return translate(sentence, language)


def _named(name: str, value: str, language: str) -> str:
    if name in _FEATURES:
        return words.feature(value, language)
    return words.path(value, language) if name in _KEYS else value


def _matches(sentence: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    for template in (*_REFUSALS, *_NOTES):
        found = _pattern(template).fullmatch(sentence)
        if found:
            yield template, found.groupdict()


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile("".join(f"(?P<{p}>.+)" if i % 2 else re.escape(p) for i, p in enumerate(parts)), re.DOTALL)
