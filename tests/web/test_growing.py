"""Features, groups, rules and tests added to a definition on its page, without touching its text."""

import html
import json
import re

import pytest

from tests.web.furnished import visit
from tests.web.test_segments import PLAN_FIT, VALUE, content_of, current, saved, tried
from yuelao.common.errors import Refused
from yuelao.web.segments.typed import changed

HANDSET = "/segments/handset_demand"
RULE = {"classes.rule": "B", "classes.rule.feature": "age", "classes.rule.test": "below", "classes.rule.value": "25"}


def grown(browser, path, **fields):
    return browser.post(f"{path}/form", page=path, htmx=True, shown="1", based_on="1", **fields)


def draft(answer):
    found = re.search(r'name="draft" value="([^"]+)"', answer.text)
    assert found, answer.text[:300]
    return html.unescape(found[1])


def test_a_group_of_features_is_added_and_one_more_to_it(planner, simulated):
    group = {"tree.children.group": "reach", "tree.children.group.feature": "reach_rate"}
    answer = grown(planner, VALUE, **group)
    assert 'name="tree.children[2].children[0].weight"' in answer.text
    kept = draft(answer)
    answer = grown(planner, VALUE, draft=kept, **{"tree.children[2].children.add": "vas_fee"})
    kept = draft(answer)
    assert [leaf["feature"] for leaf in json.loads(kept)["tree"]["children"][2]["children"]] == [
        "reach_rate",
        "vas_fee",
    ]
    assert current(simulated, "value_segmentation").version == 1
    fields = {"draft": kept, "tree.children[2].weight": "0.5"}
    found = tried(planner, "value_segmentation", **fields)
    assert "会变动等级" in found.text
    assert saved(planner, "value_segmentation", found, **fields).status_code == 204
    new = current(simulated, "value_segmentation").content["tree"]["children"][2]
    assert (new["name"], new["weight"], len(new["children"])) == ("reach", 0.5, 2)


def test_a_rule_is_added_before_the_one_for_everybody_else(planner):
    answer = grown(planner, HANDSET, **RULE)
    classes = json.loads(draft(answer))["classes"]
    assert classes[-2] == {"gives": "B", "when": [{"feature": "age", "below": 25}]}
    assert "when" not in classes[-1]
    assert "会变动等级" in tried(planner, "handset_demand", draft=draft(answer)).text


def test_a_test_is_added_to_a_rule_and_rules_are_taken_out():
    content = content_of("handset_demand")
    found = changed(content, {"classes[0].feature": "city", "classes[0].test": "in", "classes[0].value": "A、B, C"})
    assert found["classes"][0]["when"][-1] == {"feature": "city", "in": ["A", "B", "C"]}
    fewer = changed(content, {"classes[1].remove": "1", "classes[3].remove": "1"})
    assert fewer["classes"] == [each for i, each in enumerate(content["classes"]) if i not in (1, 3)]
    assert changed(content, {}) == content


def test_a_group_is_taken_out():
    content = content_of("value")
    fewer = changed(content, {"tree.children[1].remove": "1"})
    assert fewer["tree"]["children"] == content["tree"]["children"][:1]


def test_a_group_in_a_node_compared_in_pairs_has_a_row_of_its_own():
    content = content_of("value")
    content["tree"]["weights"] = {"by": "ahp", "matrix": [[1, 3], ["1/3", 1]]}
    grew = changed(content, {"tree.children.group": "g", "tree.children.group.feature": "age"})
    assert [len(row) for row in grew["tree"]["weights"]["matrix"]] == [3, 3, 3]


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ({"classes.rule.feature": "age", "classes.rule.value": "3"}, "classes.rule"),
        ({"classes.rule": "B"}, "classes.rule.feature"),
        (RULE | {"classes.rule.value": ""}, "classes.rule.value"),
        (RULE | {"classes.rule.value": "young"}, "classes.rule.value"),
        (RULE | {"classes.rule.test": "about"}, "classes.rule.test"),
        ({"classes[0].feature": "age"}, "classes[0].value"),
    ],
)
def test_a_rule_that_lacks_something_is_refused_at_its_place(typed, place):
    with pytest.raises(Refused) as refusal:
        changed(content_of("handset_demand"), typed)
    assert refusal.value.where == place


def test_a_mistake_is_told_beside_the_form_and_the_form_stays(planner):
    answer = grown(planner, VALUE, **{"tree.children.group": "reach"})
    assert answer.status_code == 400
    assert answer.headers["HX-Retarget"] == "#tried"
    assert 'data-place="tree.children.group.feature"' in answer.text
    assert "分组至少要有一个特征" in answer.text


@pytest.mark.parametrize("text", ["{", "[1]", '"x"', '{"tree": 3}', '{"kind": "plan_fit", "months": 3}', PLAN_FIT])
def test_a_draft_that_is_no_definition_is_refused(planner, simulated, text):
    for action in ("form", "try", "save"):
        answer = planner.post(f"{VALUE}/{action}", page=VALUE, htmx=True, shown="1", based_on="1", draft=text)
        assert answer.status_code == 400, action
    assert current(simulated, "value_segmentation").version == 1


def test_who_only_reads_cannot_add(approver, furnished, clock):
    assert grown(approver, HANDSET, **RULE).status_code == 403
    with visit(furnished, clock, "agent") as agent:
        answer = agent.post(f"{HANDSET}/form", page="/desk", htmx=True, **RULE)
        assert answer.status_code == 403


def test_a_model_that_is_not_there_is_not_found(planner):
    assert planner.post("/segments/nothing/form", page=VALUE, htmx=True).status_code == 404
