"""What customers need of each product, hidden: from what they wish for and lack now, and a part nothing explains."""

import numpy as np

from yuelao.simulation import catalogue
from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.population import State, Traits


def needs(traits: Traits, state: State, day: np.datetime64) -> Numbers:
    """Each customer's hidden need of each product on `day` (n × products, about standard normal over the base)."""
    wishes = traits.wishes
    short = np.clip(traits.hunger - np.log(allowance(state)), -2.5, 2.5)
    aged = np.clip(((day - state.device_since).astype(float) / 30 - 26) / 16, -1.6, 2.5)
    need = 0.3 * wishes
    need[:, catalogue.DATA_10GB] += 1.8 * short - 0.15 * traits.income + 0.3 * traits.thrift
    need[:, catalogue.DATA_30GB] += 1.8 * short + 0.2 * (traits.hunger - 9.1) + 0.5 * traits.thrift
    need[:, catalogue.PLAN_UPGRADE] += 1.4 * short + 0.35 * traits.income + 0.25 * traits.novelty
    need[:, catalogue.HANDSET_MID] += 0.9 * aged + 0.4 * traits.novelty
    need[:, catalogue.HANDSET_FLAGSHIP] += (
        0.2 * aged + 0.6 * traits.novelty + 0.45 * traits.income - 0.35 * traits.thrift
    )
    need[:, catalogue.HANDSET_VALUE] += 1.05 * aged + 0.2 * traits.novelty - 0.2 * traits.income + 0.2 * traits.thrift
    need[:, catalogue.RINGTONE] += 0.8 * traits.taste + 0.15 * wishes[:, catalogue.RINGTONE]
    need[state.ringtone, catalogue.RINGTONE] = -4.0
    need[catalogue.PLAN_FEE[state.plan] >= catalogue.PLAN_FEE[catalogue.UPGRADE], catalogue.PLAN_UPGRADE] = -4.0
    return need


def allowance(state: State) -> Numbers:
    """MB a month each customer has paid for."""
    return np.asarray(catalogue.PLAN_DATA[state.plan] + state.pack_mb)
