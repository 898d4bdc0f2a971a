"""Random well-typed conditions, as text, over one set of fields; and random rows of it, nulls included."""

from datetime import date, datetime

from hypothesis import strategies as st

from yuelao.conditions import Field, Kind

LEVELS = ("D", "C", "B2", "B1", "A2", "A1")
FIELDS = {
    "calls": Field(Kind.NUMBER),
    "charge": Field(Kind.NUMBER),
    "default": Field(Kind.NUMBER),  # a word of SQL
    "职业": Field(Kind.TEXT),
    "city": Field(Kind.TEXT),
    "is_staff": Field(Kind.BOOLEAN),
    "born on": Field(Kind.DATE),
    "seen": Field(Kind.DATE),
    "value_level": Field(Kind.LEVEL, LEVELS),
    "old_level": Field(Kind.LEVEL, LEVELS),
}
DAYS = st.dates(date(2023, 1, 1), date(2027, 12, 31))
WORDS = st.sampled_from(
    ["", "a", "A", "ab", "教师", "老师", "师", "北京市", "it's", "100%", "a_b", "a\nb", "\\", "😀", "é"]
)
PATTERNS = st.text("a%_师京'\\\n", max_size=6)

whole = st.sampled_from([0, 1, 2, 3, 80, -1, 2**53 + 1]) | st.integers(-(10**12), 10**12)
broken = st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.1 + 0.2, 2.5, -0.5, 1e308]) | st.floats(
    allow_nan=False, allow_infinity=False
)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def joined(*parts: "str | st.SearchStrategy[str]") -> st.SearchStrategy[str]:
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map("".join)


def listed(options: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(options, min_size=1, max_size=4).map(lambda found: f"({', '.join(found)})")


signs = st.sampled_from([" = ", " <> ", " != ", " < ", " <= ", " > ", " >= "])
number_constants = whole.map(str) | broken.map(repr)
text_constants = WORDS.map(quoted)
date_texts = DAYS.map(lambda day: quoted(day.isoformat()))
date_constants = (
    date_texts.map(lambda text: f"date {text}")
    | st.integers(-900, 900).map(lambda n: f"days_ago({n})")
    | st.integers(-30, 30).map(lambda n: f"months_ago({n})")
    | st.just("as_of()")
)
level_constants = st.sampled_from(LEVELS).map(quoted)

dates = st.sampled_from(['"born on"', "seen"])
levels = st.sampled_from(["value_level", "old_level"])
texts = st.sampled_from(["职业", '"职业"', "city"])
numbers = st.recursive(
    st.sampled_from(["calls", "charge", "default"])
    | number_constants
    | joined("(", dates, " - ", dates | date_constants, ")"),
    lambda inner: (
        joined("(", inner, st.sampled_from([" + ", " - ", " * ", " / "]), inner, ")") | joined("-(", inner, ")")
    ),
    max_leaves=4,
)


def about(
    fields: st.SearchStrategy[str], others: st.SearchStrategy[str], constants: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    """Every test that can be asked of values of one kind."""
    sides = others | constants
    negated = st.sampled_from(["", " not"])
    return st.one_of(
        joined(fields, signs, sides),
        joined(constants, signs, fields),
        joined(fields, negated, " in ", listed(constants)),
        joined(fields, negated, " between ", sides, " and ", sides),
        joined(fields, st.sampled_from([" is null", " is not null"])),
    )


tests = st.one_of(
    about(numbers, numbers, number_constants),
    about(texts, texts, text_constants),
    about(dates, dates, date_constants | date_texts),
    about(levels, levels, level_constants),
    joined(texts, st.sampled_from([" like ", " not like "]), PATTERNS.map(quoted)),
    st.sampled_from(["is_staff", "is_staff = true", "false <> is_staff", "is_staff is null", "true", "false"]),
)
conditions = st.recursive(
    tests,
    lambda inner: (
        joined("(", inner, ")", st.sampled_from([" and ", " or "]), "(", inner, ")")
        | joined(inner, st.sampled_from([" and ", " OR "]), inner)
        | joined("not (", inner, ")")
    ),
    max_leaves=5,
)

rows = st.fixed_dictionaries(
    {
        "calls": st.none() | whole,
        "charge": st.none() | broken | st.sampled_from([float("nan"), float("inf"), float("-inf"), -0.0]),
        "default": st.none() | broken,
        "职业": st.none() | WORDS,
        "city": st.none() | WORDS,
        "is_staff": st.none() | st.booleans(),
        "born on": st.none() | DAYS,
        "seen": st.none() | st.datetimes(datetime(2023, 1, 1), datetime(2027, 12, 31)),
        "value_level": st.none() | st.sampled_from([*LEVELS, "Z"]),
        "old_level": st.none() | st.sampled_from(LEVELS),
    }
)
