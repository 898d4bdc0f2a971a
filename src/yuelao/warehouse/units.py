"""Units: what one is worth in another of its kind, so that a mapping can say what a source counts in."""

_KINDS: tuple[dict[str, float], ...] = (
    {"B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3, "TB": 1024**4},
    {"seconds": 1, "minutes": 60, "hours": 3600},
    {"li": 1, "fen": 10, "jiao": 100, "yuan": 1000},
)


def units_for(unit: str) -> list[str]:
    """The units that can be converted to `unit`; a rate like yuan/MB takes any money per any amount of data."""
    if "/" in unit:
        above, _, below = unit.partition("/")
        return [f"{one}/{other}" for one in units_for(above) for other in units_for(below)]
    return next((list(kind) for kind in _KINDS if unit in kind), [unit])


def factor(source: str, target: str) -> float:
    """What one `source` is in `target`s; ValueError when they measure different things."""
    if source == target:
        return 1.0
    if "/" in source and "/" in target:
        above, _, below = source.partition("/")
        target_above, _, target_below = target.partition("/")
        return factor(above, target_above) / factor(below, target_below)
    for kind in _KINDS:
        if source in kind and target in kind:
            return kind[source] / kind[target]
    raise ValueError(f"{source} cannot be converted to {target}")
