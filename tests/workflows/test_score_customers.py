"""Trained models score everybody at the next refresh, and a campaign may ask for what they expect."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from tests.world import AS_OF, CAMPAIGN
from yuelao.analytics.propensity import ResponseModel, train_response
from yuelao.operations import campaigns
from yuelao.operations.campaigns.schemas import CampaignDefinition
from yuelao.warehouse.features.view import view_of
from yuelao.warehouse.remarks import read_remarks
from yuelao.warehouse.views import read_view
from yuelao.workflows.describe_data import feature_title
from yuelao.workflows.describe_features import SCORES, describe_feature
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import keep, put_into_use
from yuelao.workflows.refresh_customers import refresh
from yuelao.workflows.screen_targets import screen_version

FEW = ["arpu_3m", "brand", "tenure_months"]
COLUMN, LIKE = "churn_probability", "look_alike_data_10gb_probability"
TITLE = {"en": "Leaves: no bill, payment or touch is left (probability)", "zh": "离网（概率）"}


def test_what_a_model_in_use_expects_of_everybody_is_a_field_of_the_view(trained: House) -> None:
    model = learned(trained)
    unknown = replace(model, inputs=replace(model.inputs, columns=(replace(model.inputs.columns[0], name="shoe"),)))
    version = put_by(trained, "churn", model)
    put_by(trained, "look_alike-data_10gb", unknown)

    done = refresh(trained, AS_OF)
    assert done.scored == {COLUMN: version}
    assert "look_alike-data_10gb: There is no column shoe" in done.notes
    with trained.lake.snapshot() as snapshot:
        lazy = read_view(snapshot, AS_OF)
        view = lazy.to_pyarrow()
        assert read_remarks(snapshot, AS_OF)["churn"].version == version
        learned_from = view_of(snapshot, AS_OF, lazy.select("customer_id")).columns
    np.testing.assert_allclose(view[COLUMN].to_numpy(), model.predict(view), rtol=0, atol=1e-12)
    assert view[LIKE].null_count == view.num_rows
    assert not {COLUMN, LIKE} & set(learned_from), "no model learns from what another said"

    middle = round(float(np.median(view[COLUMN].to_numpy())), 6)
    unlikely = screen_version(trained, asking(trained, f"{COLUMN} < {middle}"))
    assert 0 < unlikely.targets == int((view[COLUMN].to_numpy() < middle).sum()) < view.num_rows
    assert screen_version(trained, asking(trained, f"{LIKE} >= 0")).targets == 0
    described, [profile] = describe_feature(trained, COLUMN)
    assert (described.as_of, profile.title, profile.family, profile.unit) == (AS_OF, TITLE, SCORES, "share")
    assert feature_title(COLUMN) == TITLE


def learned(house: House) -> ResponseModel:
    """A model of a few columns of the view: the longer with us, the less often."""
    with house.lake.snapshot() as snapshot:
        view = read_view(snapshot, AS_OF).select("customer_id", *FEW).to_pyarrow().sort_by("customer_id")
    months = np.nan_to_num(view["tenure_months"].cast(pa.float64()).to_numpy())
    left = np.random.default_rng(1).random(len(months)) < 1 / (2 + months / 24)
    days = [date(2026, 1, 1) + timedelta(days=place // 20) for place in range(len(months))]
    examples = view.append_column("left", pa.array(left)).append_column("day", pa.array(days))
    return train_response(examples, "left", "day", FEW)[0]


def put_by(house: House, name: str, model: ResponseModel) -> str:
    """Keep the model and put it into use; its version."""
    version = keep(house, name, AS_OF, model, {}, {}).version
    return put_into_use(house, name, version, "first").version


def asking(house: House, keep: str) -> CampaignDefinition:
    """The campaign with one step in its funnel."""
    with house.database.transaction(read_only=True) as session:
        definition = campaigns.get(session, CAMPAIGN).definition
    step = definition.funnel[0].model_copy(update={"keep": keep})
    return definition.model_copy(update={"funnel": [step]})
