"""What the models say, in the language of the page: their refusals and notes as patterns with a translation. Pure."""

import re
from collections.abc import Iterator, Mapping

from yuelao.common.language import _, translate
from yuelao.common.mistakes import PROBLEMS
from yuelao.web.hints import HINTS, names_said, pattern
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
    _("{key} is missing or no number"),
    _("There is no channel {channel}"),
    _("The test asks nothing"),
    _("More than 10 children cannot be compared in pairs"),
    _("Group them into nodes"),
    _("The matrix needs {rows} rows of {columns}"),
    _("One for each child, in their order"),
    _("A point is a pair"),
    _("It is not the inverse of its mirror"),
    _("Let the first numbers rise"),
    _("Some kind of business must count"),
    _("Give one a weight above 0"),
    _("A dimension has a tree with cutoffs, or rules, or bands"),
    _("Give one of them"),
    _("There are five levels"),
    _("Give five texts, from 1 to 5"),
    _("A mapping is needed here"),
    _("{key} is not known here"),
    _("At most 12 months can be rehearsed"),
    _("A name is needed here, not {value}"),
    _("There is no level {level}"),
    _("A node above finds the weights of this one"),
    _("Leave this one out"),
    _("{key} must not be negative"),
    _("{key} must be a whole number of 1 or more"),
    _("Two children are called {twice}"),
    _("Let each child have a name of its own"),
    _("The cut-off of level {level} is missing"),
    _("{key} is true or false, not {value}"),
    _("Keep one"),
    _("Far less lies below the bundle (1), far more above it"),
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
    _("The tree needs numbers, and {feature} has none"),
    _("Scale it by points: scale: {by: points, values: {…}}"),
    _("There is no feature {feature}"),
    _("Correct it and try again"),
    HINTS[0],
    HINTS[1],
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
    _("{channel}: {feature} was dropped: it is {type}, which the scale {scale} cannot take"),
    _(
        "{channel}: hand-set weights stay: {contacts} contacts, {answered} answered;"
        " learning needs {least} and {either} of either outcome, in both parts of time"
    ),
    _(
        "The learned weights are used: those learned on {channels} have a log loss {gain} a contact lower out of time,"
        " standard error {error}"
    ),
    _(
        "The hand-set weights are used: those learned on {channels} have a log loss {gain} a contact lower out of time,"
        " standard error {error}"
    ),
    _("Learned weights need contacts after an earlier view and that view: the hand-set ones are used"),
    _("The earlier view lacks {feature}: the hand-set weights are used"),
    _("No touch is known on any of the channels: the factors alone speak"),
    _("Touches are known by channel only: there is no preference per kind of business"),
    _("Nobody has a value of {feature}: its weight goes to the others of its node"),
    _("Nobody has a value of {feature}: no test of it is met"),
    _("{n} of {all} customers have no known plan or no use in the months rehearsed"),
    _("The comparisons of {name} contradict each other: consistency ratio {ratio} > 0.1"),
    _("Only {n} customers have {feature} and an earlier view: {name} is weighed by hand"),
    _("No leaf of {name} tells {feature}: it is weighed by hand"),
    _(
        "The weights of {name} are learned from {feature} of {n} customers: rank correlation {here} on the half not"
        " learned from, {there} with the weights given by hand"
    ),
    _("Nothing is known of what customers hold: no latent needs"),
    _("{n} products with the fewest holders were not looked at"),
    _("No plan has a price of {said}: it is not charged"),
    _("The plan {plan} is left out: it is there twice"),
    _("The plan {plan} is left out: it has no price of {said}"),
    _("The plan {plan} is left out: {problem}"),
)
_SAID = (_("a further minute"), _("a further MB"), _("a further message"), _("the tree"))
"""What may stand for a value and is no feature or key."""
_PLACED = re.compile(r"([\w →]+): (.+)", re.DOTALL)
_OF_A_PART = _("{part}: {note}")
_PARTS = frozenset({"identity", "consumption", "channel", "tenure", "vas"})
_SUM = _("The shares of the levels add up to {sum} %, they must give 100 %")
_FEATURES, _KEYS = frozenset({"feature"}), frozenset({"channel", "name", "key"})


def said(sentence: str, language: str) -> str:
    """A sentence of a model in the language; as it is where no pattern is known. Features are called by their names."""
    for template, values in _matches(sentence):
        if template == _REFUSALS[0]:  # the fields hold per cent
            return translate(_SUM, language, sum=f"{float(values['sum']) * 100:g}")
        return translate(template, language, **{name: _named(name, value, language) for name, value in values.items()})
    part, _colon, note = sentence.partition(": ")
    if part in _PARTS:  # one of the five dimensions speaks
        return translate(_OF_A_PART, language, part=words.path(part, language), note=said(note, language))
    placed = _PLACED.fullmatch(sentence)
    if placed and (told := translate(placed[2], language)) != placed[2]:  # a rule of a schema, with its place
        return translate(_OF_A_PART, language, part=words.place(placed[1], language), note=told)
    return translate(sentence, language)


def _named(name: str, value: str, language: str) -> str:
    if value in _SAID:
        return translate(value, language)
    value = value.strip("'")
    if name == "names":
        return names_said(value, language)
    if name == "channels":
        return ", ".join(words.label(channel, language) for channel in value.split(", "))
    if name in _FEATURES:
        return words.feature(value, language)
    return words.place(value, language) if name in _KEYS else value


def _matches(sentence: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    for template in (*_REFUSALS, *PROBLEMS.values(), *_NOTES):
        found = pattern(template).fullmatch(sentence)
        if found:
            yield template, found.groupdict()
