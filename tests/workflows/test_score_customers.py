"""Trained models score everybody at the next refresh, and a campaign may ask for what they expect."""

from dataclasses import replace

import numpy as np

from tests.world import AS_OF, CAMPAIGN
from yuelao.analytics.propensity import ResponseModel
from yuelao.operations import campaigns
from yuelao.operations.campaigns.schemas import CampaignDefinition
from yuelao.warehouse.features import FEATURES
from yuelao.warehouse.remarks import read_remarks
from yuelao.warehouse.targets import target_of
from yuelao.warehouse.training import windows_set
from yuelao.warehouse.views import read_view
from yuelao.workflows.describe_data import feature_title
from yuelao.workflows.describe_features import SCORES, describe_feature
from yuelao.workflows.gather_training import Lesson
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import current_model, keep, put_into_use
from yuelao.workflows.refresh_customers import refresh
from yuelao.workflows.screen_targets import screen_version
from yuelao.workflows.train_model import train

FEW = ("arpu_3m", "brand", "tenure_months")
COLUMN = "loyalty_probability"
TITLE = {"en": "Stays and keeps spending (probability)", "zh": "在网且消费不降（概率）"}


def test_what_a_model_in_use_expects_of_everybody_is_a_field_of_the_view(trained: House) -> None:
    few = [name for name in FEATURES if name not in FEW]  # and quick
    version = train(trained, Lesson("loyalty", months=2), AS_OF, exclude=few).version
    model = current_model(trained, "loyalty")
    assert isinstance(model, ResponseModel)
    column = replace(model.inputs.columns[0], name="shoe")
    unanswerable = replace(model, inputs=replace(model.inputs, columns=(column,)))
    kept = keep(trained, "look_alike-data_10gb", AS_OF, unanswerable, {}, {})
    put_into_use(trained, kept.name, kept.version, "first")

    done = refresh(trained, AS_OF)
    assert done.scored == {COLUMN: version}
    assert "look_alike-data_10gb: There is no column shoe" in done.notes
    with trained.lake.snapshot() as snapshot:
        view = read_view(snapshot, AS_OF).to_pyarrow()
        assert read_remarks(snapshot, AS_OF)["loyalty"].version == version
        learned_from = windows_set(snapshot, target_of("loyalty").within(2), AS_OF, most_rows=100)
    np.testing.assert_allclose(view[COLUMN].to_numpy(), model.predict(view), rtol=0, atol=1e-12)
    assert view["look_alike_data_10gb_probability"].null_count == view.num_rows
    assert not [name for name in learned_from.column_names if name.endswith("_probability")]

    middle = round(float(np.median(view[COLUMN].to_numpy())), 6)
    unlikely = screen_version(trained, asking(trained, f"{COLUMN} < {middle}"))
    assert 0 < unlikely.targets == int((view[COLUMN].to_numpy() < middle).sum()) < view.num_rows
    assert screen_version(trained, asking(trained, "look_alike_data_10gb_probability >= 0")).targets == 0
    described, [profile] = describe_feature(trained, COLUMN)
    assert (described.as_of, profile.title, profile.family, profile.unit) == (AS_OF, TITLE, SCORES, "share")
    assert feature_title(COLUMN) == TITLE


def asking(house: House, keep: str) -> CampaignDefinition:
    """The campaign with one step in its funnel."""
    with house.database.transaction(read_only=True) as session:
        definition = campaigns.get(session, CAMPAIGN).definition
    step = definition.funnel[0].model_copy(update={"keep": keep})
    return definition.model_copy(update={"funnel": [step]})
