"""`yuelao view describe`: what every feature means, without a workspace."""

from yuelao.warehouse.features import FAMILIES, FEATURES


def test_every_feature_is_described(run):
    done = run("view", "describe", "--json")
    assert done.status == 0
    assert [feature["name"] for feature in done.json["features"]] == list(FEATURES)
    assert list(done.json["families"]) == list(FAMILIES)
    assert sum(done.json["families"].values()) == len(FEATURES)
    for feature in done.json["features"]:
        assert set(feature) == {"name", "family", "type", "unit", "en", "zh", "sources"}
        assert feature["sources"]


def test_one_family(run):
    features = run("view", "describe", "--family", "Internet use", "--json").json["features"]
    assert {feature["family"] for feature in features} == {"internet use"}
    shown = run("view", "describe", "--family", "internet use").out
    assert "data_days_3m" in shown
    assert "arpu_3m" not in shown


def test_a_family_there_is_not(run):
    error = run("view", "describe", "--family", "consumtion", "--json").error
    assert "consumption" in error["hint"]
