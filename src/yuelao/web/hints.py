"""The hints that name what is known, as `common.errors.nearest` writes them, in the language of the page."""

from yuelao.common.language import _, translate

HINTS = (_("Did you mean {names}?"), _("Known: {names}"))
_OR, _NONE = _("{one} or {other}"), _("There are none yet")


def said_hint(hint: str, language: str) -> str:
    """The hint in the language; one that is no list of names as it is translated."""
    for template in HINTS:
        before, after = template.split("{names}")
        if hint.startswith(before) and hint.endswith(after):
            names = hint.removeprefix(before).removesuffix(after)
            return translate(template, language, names=names_said(names, language))
    return translate(hint, language)


def names_said(names: str, language: str) -> str:
    """`a or b or c` in the language."""
    first, *others = names.split(" or ")
    for other in others:
        first = translate(_OR, language, one=first, other=other)
    return first
