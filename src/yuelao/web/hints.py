"""The hints that name what is known, as `common.errors.nearest` writes them, and mistakes, in the page's language."""

import re
from functools import cache

from yuelao.common.language import _, translate
from yuelao.common.mistakes import PROBLEMS

HINTS = (_("Did you mean {names}?"), _("Known: {names}"))
_OR, _NONE = _("{one} or {other}"), _("There are none yet")


def said_hint(hint: str, language: str) -> str:
    """The hint in the language: names of what is known, what is wrong with a value, or whatever has a translation."""
    for template in HINTS:
        before, after = template.split("{names}")
        if hint.startswith(before) and hint.endswith(after):
            names = hint.removeprefix(before).removesuffix(after)
            return translate(template, language, names=names_said(names, language))
    for template in PROBLEMS.values():
        if found := pattern(template).fullmatch(hint):
            return translate(template, language, **found.groupdict())
    return translate(hint, language)


@cache
def pattern(template: str) -> re.Pattern[str]:
    """What a sentence of the template looks like; its groups are the values."""
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile("".join(f"(?P<{p}>.+)" if i % 2 else re.escape(p) for i, p in enumerate(parts)), re.DOTALL)


def names_said(names: str, language: str) -> str:
    """`a or b or c` in the language."""
    first, *others = names.split(" or ")
    for other in others:
        first = translate(_OR, language, one=first, other=other)
    return first
