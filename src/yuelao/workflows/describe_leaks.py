"""Leaks in words: what gave an input away, as one sentence in Chinese or English, and the refusal to train with it."""

from collections.abc import Mapping, Sequence

from yuelao.analytics.leaks import Leak, LeakKind
from yuelao.common import language as words
from yuelao.common.errors import Refused
from yuelao.common.language import _

_SEEN: Mapping[LeakKind, str] = {
    LeakKind.TOO_GOOD: _(
        "{input} alone ranks {auc} of the pairs rightly, all the others together {others}: "
        "nothing known beforehand is that good"
    ),
    LeakKind.AFTER_EVENT: _(
        "{input} is other than usual in {with} of the rows with the event and in {without} of those without: "
        "it is written when the outcome is known"
    ),
    LeakKind.NULL_BEFORE: _(
        "{input} is known in {with} of the rows with the event and in {without} of those without: "
        "that it is known tells the outcome"
    ),
    LeakKind.KNOWN_LATE: _(
        "{input} is known from some time on only, in {with} of the rows with the event and in {without} of those "
        "without: it tells the time, and the time tells the outcome"
    ),
    LeakKind.AFTER_TIME: _(
        "{input} lies after the time of the row in {with} of the rows with the event and in {without} of those "
        "without: nobody could know it then"
    ),
}


def leak_sentence(leak: Leak, language: str) -> str:
    """What was seen, in one sentence."""
    shares = {name: words.share(value, language) for name, value in leak.evidence.items()}
    return words.translate(_SEEN[leak.kind], language, input=leak.input, **shares)


def refuse_leaks(leaks: Sequence[Leak], where: str = "") -> None:
    """Raise Refused (code: leak) with what each input was seen to do, and what to do about it; none is well.

    The options named in the hint are those of the command line, as in `--exclude duration`.
    """
    if leaks:
        names = ",".join(leak.input for leak in leaks)
        raise Refused(
            "; ".join(leak_sentence(leak, "en") for leak in leaks),
            where=where,
            hint=f"Leave out what is known only afterwards (--exclude {names}); "
            f"allow by name what was known before (--allow {names})",
            code="leak",
        )
