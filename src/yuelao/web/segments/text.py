"""Where a text that was typed as a definition is wrong: the line, and what may stand there. Pure."""

import re

import yaml

from yuelao.common.errors import Refused, nearest
from yuelao.workflows.check_definition import line_of, path_of, place_in

HEAD = ("kind", "name", "title")
"""The keys that every definition has beside those of its model."""
_UNKNOWN_KEY = re.compile(r"Unknown key (.+)|'(.+)' is not known here")
_KNOWN = "Known: "


def placed(text: str, refusal: Refused, whole: str) -> Refused:
    """The refusal with the line of the text it is about as its place, `whole` where there is none.

    An unknown key stands where it is written, not where the mapping begins; at the top the head is known too.
    """
    path = path_of(refusal.where)
    found, line, hint = _UNKNOWN_KEY.fullmatch(refusal.message), line_of(text, path), refusal.hint
    root = next(yaml.compose_all(text, Loader=yaml.SafeLoader), None)
    mapping = place_in(root, path[:-1] if found and found[2] else path)
    if found and isinstance(mapping, yaml.MappingNode):
        unknown = found[1] or found[2]
        line = next((key.start_mark.line + 1 for key, _value in mapping.value if key.value == unknown), line)
        if mapping is root and hint.startswith(_KNOWN):
            hint = nearest(unknown, [*hint.removeprefix(_KNOWN).split(", "), *HEAD])
    return Refused(refusal.message, where=f"line {line}" if line else whole, hint=hint, code=refusal.code)
