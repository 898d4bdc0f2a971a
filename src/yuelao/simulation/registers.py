"""What the operator's registers say on the last day: the customer register read again, and what ended with leaving."""

import numpy as np

from yuelao.simulation import catalogue, services, words
from yuelao.simulation.behaviour import Block

_CONTRACT = words.KINDS.index("合约")


def close(block: Block, until: np.datetime64, rng: np.random.Generator) -> None:
    """Write the rows of the day before `until`: services still held, and the register as it has become."""
    services.close(block.services, block.profile, block.log, block.state.left)
    _end_with_leaving(block)
    _read_again(block, until, rng)


def _end_with_leaving(block: Block) -> None:
    # nothing is held longer than its customer stays
    first = block.profile.number[0]
    for piece in block.log.pieces["subscriptions"]:
        left, ended = block.state.left[piece["number"] - first], piece["ended"]
        outlived = ~np.isnat(left) & (np.isnat(ended) | (ended > left))
        ended[outlived] = np.maximum(left, piece["started"])[outlived]


def _read_again(block: Block, until: np.datetime64, rng: np.random.Generator) -> None:
    profile, state = block.profile, block.state
    here = np.flatnonzero(np.isnat(state.left))
    months = np.maximum((until - profile.joined).astype(int) // 30, 1).clip(1, 6)
    earned = rng.poisson(0.5 * catalogue.PLAN_FEE[state.plan] * months)
    spent = np.where(rng.random(len(earned)) < 0.12, profile.points // 2, 0)
    star = np.clip(profile.star + np.where(rng.random(len(earned)) < 0.04, rng.integers(-1, 2, len(earned)), 0), 0, 5)
    columns = {name: getattr(profile, name) for name in profile.__slots__} | {
        "plan": state.plan,
        "points": profile.points + earned - spent,
        "redeemed": profile.redeemed + spent,
        "star": star,
        "contract_until": _contracts(block),
        "do_not_call": np.maximum(profile.do_not_call, state.refused_all & (rng.random(len(earned)) < 0.2)),
    }
    rows = {name: values[here] for name, values in columns.items()}
    block.log.add("customers", observed=np.full(len(here), until - 1), **rows)


def _contracts(block: Block) -> np.ndarray:
    # the later of what the register said and what was signed since
    until = block.profile.contract_until.copy()
    for piece in block.log.pieces["subscriptions"]:
        signed = np.flatnonzero(piece["kind"] == _CONTRACT)
        who = piece["number"][signed] - block.profile.number[0]
        until[who] = np.fmax(until[who], piece["ended"][signed])
    return until
