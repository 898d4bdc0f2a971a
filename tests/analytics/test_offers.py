"""Offer models: products on channels, thin and new ones included."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.analytics.checks import CHECKS, Subject
from yuelao.analytics.propensity import OfferModel, train_offers
from yuelao.analytics.propensity.catalogue import Catalogue
from yuelao.common.errors import Refused

INPUTS = ["use", "age"]
LEVELS = {"pack_s": -0.5, "pack_l": -0.7, "phone_s": -2.6, "phone_l": -3.0}
CHANNELS = {"phone": 0.0, "sms": -2.0}
PRODUCTS = pa.table(
    {
        "product": ["phone_l", "pack_s", "pack_l", "phone_s", "pack_new"],
        "product_group": ["handset", "data", "data", "handset", "data"],
        "product_price": [5000.0, 20.0, 40.0, 900.0, 30.0],
    }
)


def contacts(rows=1900, seed=1, levels=LEVELS, channels=CHANNELS):
    """Packs sell, handsets hardly, messages less than calls; those who use much buy."""
    rng = np.random.default_rng(seed)
    use = rng.normal(size=rows)
    product, channel = rng.choice(list(levels), rows), rng.choice(list(channels), rows)
    odds = 0.8 * use + np.vectorize(levels.get)(product) + np.vectorize(channels.get)(channel)
    return pa.table(
        {
            "use": pa.array(use, mask=rng.random(rows) < 0.1),
            "age": pa.array(rng.integers(18, 80, rows)),
            "product": pa.array(product.tolist()),
            "channel": pa.array(channel.tolist()),
            "contacted_at": pa.array([datetime(2026, 1, 1) + timedelta(hours=int(i) // 5) for i in range(rows)]),
            "sold": pa.array(rng.random(rows) < 1 / (1 + np.exp(-odds))),
        }
    )


def train(table, products=PRODUCTS):
    return train_offers(table, "sold", "contacted_at", INPUTS, products)


def thin(table, product, rows):
    """The table with so many contacts of the product."""
    own = np.flatnonzero(np.asarray(pc.equal(table["product"], product)))
    others = np.flatnonzero(np.asarray(pc.not_equal(table["product"], product)))
    return table.take(pa.array(np.sort(np.r_[others, own[:: max(1, len(own) // max(rows, 1))][:rows]])))


def mean_of(model, product, channel="phone"):
    """What the model says on average of customers offered the product."""
    use = np.random.default_rng(9).normal(size=400)
    asked = {"use": use, "age": np.full(400, 40), "product": [product] * 400, "channel": [channel] * 400}
    return float(model.predict(pa.table(asked)).mean())


def true_mean(product, channel="phone", levels=LEVELS):
    use = np.random.default_rng(9).normal(size=400)
    return float((1 / (1 + np.exp(-0.8 * use - levels[product] - CHANNELS[channel]))).mean())


SUBJECT = Subject(
    contacts(600),
    [*INPUTS, "product", "channel"],
    fit=lambda table: train(table)[0],
    predict=lambda model, table: model.predict(table),
)


@pytest.fixture(scope="module")
def trained():
    return train(contacts())


@pytest.mark.parametrize("check", CHECKS)
def test_the_offer_model_passes_the_suite(check):
    check(SUBJECT)


def test_what_has_many_contacts_speaks_for_itself(trained):
    model, card, _ = trained
    for product in LEVELS:
        assert mean_of(model, product) == pytest.approx(true_mean(product), rel=0.3, abs=0.02)
    assert mean_of(model, "pack_s", "sms") < mean_of(model, "pack_s") / 2
    cells = {(each.product, each.channel): each for each in card.offers}
    assert set(cells) == {(product, channel) for product in PRODUCTS["product"].to_pylist() for channel in CHANNELS}
    assert sum(each.contacts for each in card.offers) == card.rows
    assert sum(each.sales for each in card.offers) == card.positives
    for each in card.offers:
        assert 0 <= each.low < each.rate < each.high <= 1
        assert (each.own_weight > 0) == (each.contacts > 0)
    assert cells["pack_s", "phone"].own_weight > 0.9
    assert cells["pack_new", "phone"].raw_rate is None
    assert card.auc > card.auc_within > 0.6


def test_a_new_product_begins_like_those_it_resembles_and_is_the_least_sure(trained):
    model, card, _ = trained
    assert mean_of(model, "phone_s") < 0.15 < mean_of(model, "pack_new")
    cells = {(each.product, each.channel): each for each in card.offers}
    assert cells["pack_new", "phone"].high - cells["pack_new", "phone"].low > 0.3
    assert cells["pack_s", "phone"].high - cells["pack_s", "phone"].low < 0.15


def test_few_contacts_move_a_product_part_of_the_way():
    """A pack that sells like a handset: at first it is taken for a pack."""
    levels = LEVELS | {"pack_x": -3.0}
    table = contacts(levels=levels)
    products = pa.concat_tables(
        [PRODUCTS, pa.table({"product": ["pack_x"], "product_group": ["data"], "product_price": [25.0]})]
    )
    models = {rows: train(thin(table, "pack_x", rows), products) for rows in (0, 30, 400)}
    said = {rows: mean_of(model, "pack_x") for rows, (model, _, _) in models.items()}
    weights = {
        rows: next(e.own_weight for e in card.offers if (e.product, e.channel) == ("pack_x", "phone"))
        for rows, (_, card, _) in models.items()
    }
    assert said[0] > 0.2
    assert said[0] > said[30] > said[400]
    assert said[400] == pytest.approx(true_mean("pack_x", levels=levels), abs=0.04)
    assert 0 == weights[0] < weights[30] < weights[400]


def test_a_product_that_came_after_training_is_told_by_its_attributes(trained):
    model, _, _ = trained
    later = pa.table({"product": ["pack_xl", "phone_s"], "product_group": ["data", "data"], "product_price": [60.0, 1]})
    assert model.unheard_of(["pack_s", "pack_xl"]) == ["pack_xl"]
    knowing = model.offering(later)
    assert knowing.unheard_of(["pack_s", "pack_xl"]) == []
    nothing_known = mean_of(model, "pack_xl")
    assert mean_of(knowing, "pack_xl") == pytest.approx(mean_of(model, "pack_new"), rel=0.4)
    assert mean_of(model, "phone_l") < nothing_known < mean_of(knowing, "pack_xl")
    for product in LEVELS:  # what was learned stays
        assert mean_of(knowing, product) == mean_of(model, product)


def test_reasons_are_about_the_customer(trained):
    model, _, _ = trained
    table = contacts(50)
    assert {name for row in model.reasons(table, 9) for name, _ in row} <= set(INPUTS)
    names, parts = model.parts(table)
    assert (names, parts.shape) == (sorted(INPUTS), (50, 2))


def test_the_saved_model_is_read_back(trained, tmp_path):
    model, card, _ = trained
    model.save(tmp_path)
    again = OfferModel.load(tmp_path)
    table = contacts(100, seed=3)
    assert (again.predict(table) == model.predict(table)).all()
    assert again.card == card
    later = pa.table({"product": ["pack_xl"], "product_group": ["data"], "product_price": [60.0]})
    assert mean_of(again.offering(later), "pack_xl") == mean_of(model.offering(later), "pack_xl")


def test_one_product_on_one_channel_and_nothing_known_of_it_is_learned_too():
    table = contacts(800, levels={"pack_s": -0.5}, channels={"phone": 0.0})
    model, card, _ = train(table, None)
    assert [(each.product, each.channel) for each in card.offers] == [("pack_s", "phone")]
    assert mean_of(model, "pack_s") == pytest.approx(true_mean("pack_s"), abs=0.06)
    assert 0 < mean_of(model, "unheard of", "nor this") < 1


def test_contacts_that_do_not_tell_the_offer_and_products_that_stand_twice_are_refused():
    table = contacts(600)
    without = table.set_column(3, "channel", pa.array([None] * 600, pa.string()))
    with pytest.raises(Refused, match="channel is null in 600 rows"):
        train(without)
    with pytest.raises(Refused, match="one row a product"):
        train(table, pa.concat_tables([PRODUCTS, PRODUCTS]))


def test_attributes_are_told_in_the_terms_of_the_first_catalogue():
    catalogue = Catalogue.read(PRODUCTS, ["no_attributes"])
    assert Catalogue.read(PRODUCTS.take([4, 3, 2, 1, 0]), ["no_attributes"]) == catalogue
    more = catalogue.with_others(pa.table({"product": ["tv"], "product_group": ["screens"], "product_price": [None]}))
    designs = more.designs(["pack_s", "no_attributes", "tv"])
    assert designs["product_group"].tolist() == [[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
    assert designs["attributes"][1:].tolist() == [[0.0], [0.0]]
    assert designs["attributes"][0, 0] < 0
    assert more.designs(["pack_s"])["attributes"] == catalogue.designs(["pack_s"])["attributes"]
