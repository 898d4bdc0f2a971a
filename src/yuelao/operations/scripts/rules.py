"""How a script takes values: `{name}` is replaced, and a sentence with a missing value is left out. Pure.

Nothing but plain names is a placeholder: no attributes, no indexes, no formats, so a script cannot reach into the
program.
"""

import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
# A sentence ends at a Chinese stop wherever it stands, and at a Western one before a space: not inside "3.5 GB".
_SENTENCE_END = re.compile(r"(?<=[。！？；\n])|(?<=[.!?;])(?=\s)")


def placeholders(text: str) -> list[str]:
    """The names a text asks for, each once, in order."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


def check_text(text: str) -> None:
    """ValueError, naming it, when the text holds a brace that belongs to no placeholder."""
    rest = _PLACEHOLDER.sub("", text)
    if "{" in rest or "}" in rest:
        raise ValueError(f"a brace that is no placeholder like {{name}}: {text!r}")


def render(text: str, values: Mapping[str, str | None]) -> str:
    """The text with its values; sentences that ask for a value that is missing or empty are left out."""
    kept = [
        sentence
        for sentence in _SENTENCE_END.split(text)
        if all(values.get(name) not in (None, "") for name in _PLACEHOLDER.findall(sentence))
    ]
    return _PLACEHOLDER.sub(lambda found: str(values[found[1]]), "".join(kept)).strip()
