"""What is wrong with a value that does not fit its schema, in our own words: one table by the kind of error."""

from collections.abc import Mapping
from typing import Any

from yuelao.common.language import _

_TEXT, _WHOLE = _("{key} must be text"), _("{key} must be a whole number")
_NUMBER, _TRUTH = _("{key} must be a number"), _("{key} must be true or false")
_LIST, _NAMED = _("{key} must be a list"), _("{key} must hold named values, as in name: value")
_DAY, _MOMENT = _("{key} must be a day, as in 2026-11-01"), _("{key} must be a moment, as in 2026-11-01T09:30")
_LONGER, _SHORTER = _("{key} needs {min_length} at least"), _("{key} has room for {max_length}")
PROBLEMS: Mapping[str, str] = {
    "missing": _("{key} is missing"),
    "extra_forbidden": _("Unknown key {key}"),
    "string_type": _TEXT,
    "string_pattern_mismatch": _("{key} may only have small letters, digits, - and _"),
    "string_too_short": _LONGER,
    "string_too_long": _SHORTER,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "too_short": _LONGER,
    "too_long": _SHORTER,
    "dict_type": _NAMED,
    "mapping_type": _NAMED,
    "model_type": _NAMED,
    "model_attributes_type": _NAMED,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "literal_error": _("{key} must be one of {expected}"),
    "enum": _("{key} must be one of {expected}"),
    "greater_than": _("{key} must be above {gt}"),
    "greater_than_equal": _("{key} must be {ge} or more"),
    "less_than": _("{key} must be below {lt}"),
    "less_than_equal": _("{key} must be {le} or less"),
}
"""Kind of error, as pydantic calls it → what is wrong; the values are of its context, and `key` is the place."""
_OWN = "value_error"


def problem(error: Mapping[str, Any], key: str) -> str:
    """One of pydantic's errors as a sentence about the place `key`; of a rule of our own its own words.

    >>> problem({"type": "int_parsing", "msg": "Input should be …", "ctx": {}}, "task_days")
    'task_days must be a whole number'
    """
    kind, context = str(error["type"]), dict(error.get("ctx", {}))
    if kind in PROBLEMS:
        return PROBLEMS[kind].format(**context | {"key": key or "The whole"})
    said = str(context.get("error", error["msg"])) if kind == _OWN else str(error["msg"])
    return f"{key}: {said}" if key else said
