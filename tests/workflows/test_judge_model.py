"""What the register keeps of a version, in words: how far to trust it, what for, and what to heed."""

from datetime import UTC, date, datetime

import pytest

from yuelao.operations.models import ModelState, ModelVersion
from yuelao.workflows.gather_training import MODELS
from yuelao.workflows.judge_model import group_title, judge_model, limits
from yuelao.workflows.model_recipe import command_of

CARD = {"features": ["age"], "train_window": ["2026-03-01", "2026-07-01"], "test_window": ["2026-07-02", "2026-09-01"]}


def figures(auc=(0.7, 0.65, 0.75), error=(0.01, 0.0, 0.02), positives=300):
    def told(value, low, high):
        return {"value": value, "low": low, "high": high}

    return {
        "rows": 3000,
        "positives": positives,
        "auc": told(*auc),
        "lift_top_decile": told(3.0, 2.5, 3.5),
        "calibration_error": told(*error),
    }


def version(name="response", card=None, **findings):
    return ModelVersion(
        name=name, version="v", as_of=date(2026, 11, 1), digest="d", card=CARD | (card or {}), recipe={},
        findings=findings, trained_by="anna", trained_at=datetime(2026, 11, 1, tzinfo=UTC), state=ModelState.CHAMPION,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("findings", "level", "says"),
    [
        ({"assessment": figures()}, "probability", "3 times"),
        ({"assessment": figures(error=(0.03, 0.02, 0.04))}, "order", "where 10.0%"),
        ({"assessment": figures(error=(0.03, 0.0, 0.04))}, "probability", "3,000 later cases"),
        ({"assessment": figures(auc=(0.54, 0.52, 0.56))}, "hardly", "0.54"),
        ({"assessment": figures(auc=(0.7, 0.49, 0.91))}, "not", "0.49 … 0.91"),
        ({}, "unknown", "train it anew"),
    ],
)
def test_trust_follows_from_the_figures_on_later_cases(findings, level, says):
    found = judge_model(version(**findings), "en")
    assert found.level == level
    assert says in found.sentence
    assert judge_model(version(**findings), "zh").sentence != found.sentence


def test_a_model_of_uplift_is_trusted_where_its_ranking_beats_chance():
    card = {"evident": True, "rows": 5000, "uplift_top_30": 0.05, "ate": 0.02}
    assert "5.0%" in judge_model(version("uplift", card), "en").sentence
    assert judge_model(version("uplift", card | {"evident": False}), "en").level == "no_effect"


@pytest.mark.parametrize("model", MODELS)
def test_every_model_says_what_it_is_for(model):
    assert judge_model(version(model), "en").purpose
    assert judge_model(version(model), "zh").purpose


def group(column, verdicts, value=None, low=None, high=None):
    return {"column": column, "value": value, "low": low, "high": high, "verdicts": verdicts}


def test_the_limits_are_those_that_are_known():
    found = version(
        card={"missing_inputs": ["city"], "drifted": {"arpu_3m": 0.4}},
        assessment=figures(positives=40),
        leaks=[{"input": "age", "kind": "too_good", "evidence": {}}],
        drift={"differs": True, "causes": [{"input": "tenure_months", "psi": 1.0}]},
        groups=[
            group("gender", ["worse ranked", "promised too much"], "female"),
            group("age", ["too few"], None, 65, None),
            group("gender", ["alike"], "male"),
        ],
    )
    said = limits(found, "en")
    for part in ("calls alone", "1 Mar 2026 to 1 Sept 2026", "40 of the 3,000", "No source", "Allowed by name", "moved",
                 "newest view differ", "Ranked worse than the others, beyond chance: a woman",
                 "too high beside the others, beyond chance: a woman"):  # fmt: skip
        assert [each for each in said if part in each], part
    assert not [each for each in said if "a man" in each]
    assert len(limits(found, "zh")) == len(said)
    assert len(limits(version("churn", {"test_window": ["2027-01-01", "2027-03-01"]}, assessment=figures()), "en")) == 1


@pytest.mark.parametrize(
    ("told", "english", "chinese"),
    [
        (group("gender", [], "female"), "a woman", "女性客户"),
        (group("tenure_months", [], None, 12, 36), "12–36 months", "12–36个月"),
        (group("tenure_months", [], None, None, 12), "< 12 months", "< 12个月"),
        (group("branch", [], "north"), "branch: north", "branch：north"),
        (group("age", [], None), "age not known", "年龄"),
    ],
)
def test_a_group_is_called_as_one_says_it(told, english, chinese):
    assert english in group_title(told, "en")
    assert chinese in group_title(told, "zh")


def test_the_command_of_a_recipe_names_all_that_was_asked_and_is_safe_to_paste():
    recipe = {"model": "look_alike", "product": "a b", "months": None, "as_of": "2026-11-01", "exclude": ["x", "y"],
              "allow": [], "seed": 3, "data": {"digest": "d"}, "made_with": {}, "kind": "recipe"}  # fmt: skip
    assert command_of(recipe) == "yuelao train look_alike --product 'a b' --as-of 2026-11-01 --exclude x,y --seed 3"
    assert command_of({}) == ""
