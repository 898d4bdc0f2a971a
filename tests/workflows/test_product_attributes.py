"""Products that models are told of: those with contacts, thin ones, and one that came after the training."""

import pyarrow as pa
import pytest

from tests.world import AS_OF
from yuelao.analytics.propensity import OfferModel
from yuelao.operations import products
from yuelao.warehouse.views import read_view
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import current_model
from yuelao.workflows.product_attributes import attributes_of, product_attributes


def test_response_tells_products_and_channels_apart_also_those_never_tried(trained: House) -> None:
    model = current_model(trained, "response")
    assert isinstance(model, OfferModel)
    told = set(product_attributes(trained)["product"].to_pylist())
    cells = {(each.product, each.channel): each for each in model.card.offers}
    assert told <= {product for product, _ in cells}
    assert {channel for _, channel in cells} == {"phone", "sms", "online", "hall"}
    assert cells["data_10gb", "sms"].rate < cells["data_10gb", "phone"].rate
    assert cells["ringtone_vas", "hall"].contacts == 0 < cells["ringtone_vas", "hall"].rate
    with trained.lake.snapshot() as snapshot:
        view = read_view(snapshot, AS_OF).limit(200).to_pyarrow()

    def mean(product: str, asked: OfferModel = model) -> float:
        offered = view
        for name, value in {"product": product, "channel": "phone"}.items():
            offered = offered.append_column(name, pa.array([value] * view.num_rows))
        return float(asked.predict(offered).mean())

    with trained.database.transaction(read_only=True) as session:
        like = products.current(session, "data_10gb")
    new = attributes_of([like.model_copy(update={"code": "data_5gb", "price": 10})])
    assert model.unheard_of(["data_5gb"]) == ["data_5gb"]
    knowing = model.offering(new)
    assert knowing.unheard_of(["data_5gb"]) == []
    assert 0 < mean("data_5gb", knowing) < 0.3
    assert mean("data_10gb", knowing) == pytest.approx(mean("data_10gb"), abs=0)
