"""The models of the customer view on their pages: looked at, tried, saved, refused, and by whom."""

import re
from contextlib import suppress
from importlib.resources import files
from time import monotonic, sleep

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.web.furnished import operations, visit
from yuelao.common.errors import Refused
from yuelao.operations import audit, customers
from yuelao.operations.customers import KINDS
from yuelao.warehouse.lake import Lake
from yuelao.warehouse.remarks import DATASET as REMARKS
from yuelao.warehouse.remarks import Remarks, remarks_table
from yuelao.web.segments import sentences
from yuelao.web.segments.form import parts_of
from yuelao.web.segments.parts import Factor, branches_of, fields_of
from yuelao.web.segments.typed import changed, number
from yuelao.web.segments.view import changes

PACK = files("yuelao") / "packs" / "telecom"
VALUE = "/segments/value_segmentation"
_PATIENCE = 60.0  # seconds that a try may take where others use the machine too
PLAN_FIT = (PACK / "plan_fit.yaml").read_text()


def content_of(name):
    loaded = yaml.safe_load((PACK / f"{name}.yaml").read_text())
    return customers.ViewModelDefinition.model_validate(loaded).content


def first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, pattern
    return found[1]


def filled(content):
    """Every field as the page shows it."""
    parts = parts_of(content, "en")
    typed = {field.place: field.value for field in fields_of(parts)}
    for branch in branches_of(parts):
        typed[branch.weighing.place] = branch.weighing.value
        for child in branch.children:
            if isinstance(child, Factor):
                typed |= {field.place: field.value for field in (child.scale, child.settings) if field is not None}
    return typed


def tried(browser, kind, **fields):
    path = f"/segments/{kind}"
    answer = browser.post(f"{path}/try", page=path, htmx=True, shown="1", based_on="1", **fields)
    until = monotonic() + _PATIENCE
    while "/tried/" in answer.text and monotonic() < until:
        sleep(0.05)
        answer = browser.get(first(r'hx-get="([^"]+)"', answer.text), **{"HX-Request": "true"})
    return answer


def digest(answer):
    return first(r'name="tried" value="(\w+)"', answer.text)


def saved(browser, kind, answer, based_on="1", **fields):
    path = f"/segments/{kind}"
    given_ = {"shown": "1", "based_on": based_on, "tried": digest(answer), **fields}
    return browser.post(f"{path}/save", page=path, htmx=True, **given_)


def current(workspace, kind):
    with operations(workspace) as session:
        return customers.current_definition(session, kind)


def test_the_list_shows_every_model_with_its_levels(planner):
    page = planner.get("/segments").text
    assert all(f'href="/segments/{kind}"' in page for kind in KINDS)
    assert 'href="/segments/value_segmentation/value_level/A1"' in page
    for model in ("plan_fit/plan_fit", "handset_demand/handset_demand"):
        places = [page.index(f'"/segments/{model}/{level}"') for level in "ABCD"]
        assert places == sorted(places)
    assert all(meaning in page for meaning in ("远低于套餐", "正常换机", "情况不明", "接近套餐"))
    assert "5.0%" in page


def test_every_model_has_its_page(planner):
    for kind in KINDS:
        for tab in ("form", "text", "history"):
            answer = planner.get(f"/segments/{kind}?tab={tab}")
            assert answer.status_code == 200, (kind, tab)
            assert "style=" not in answer.text


def test_a_try_tells_who_moves_and_changes_nothing(planner, simulated):
    answer = tried(planner, "value_segmentation", **{"tree.children[0].weight": "0.2"})
    assert answer.status_code == 200
    assert "会变动等级" in answer.text
    assert "moves-value_level-option" in answer.text
    assert current(simulated, "value_segmentation").version == 1


def test_a_try_tells_which_campaigns_choose_others(planner):
    page = tried(planner, "value_segmentation", **{"tree.children[0].weight": "0.2"}).text
    row = page.split('href="/campaigns/data-upgrade"')[1].split("</tr>")[0]
    assert "用于筛选" in row
    assert re.search(r"−\d+.*\+\d+", row)
    assert "没有已批准或进行中的营销方案" in tried(planner, "plan_fit", text=PLAN_FIT).text


def test_what_was_tried_can_be_saved_with_a_note(planner, simulated):
    fields = {"tree.children[0].weight": "0.2"}
    answer = saved(
        planner, "value_segmentation", tried(planner, "value_segmentation", **fields), note="更看重潜力", **fields
    )
    assert answer.headers["HX-Redirect"] == VALUE
    kept = current(simulated, "value_segmentation")
    assert (kept.version, kept.note, kept.saved_by) == (2, "更看重潜力", "planner")
    assert kept.content["tree"]["children"][0]["weight"] == 0.2
    with operations(simulated) as session:
        assert audit.trail(session, "value_segmentation")[0].action == "segment.save"
    history = planner.get(f"{VALUE}?tab=history").text
    assert "更看重潜力" in history
    assert f"{VALUE}?version=1" in history


def test_what_is_saved_is_told_apart_from_what_gave_the_levels(planner):
    assert "等级出自版本" not in planner.get(VALUE).text
    fields = {"tree.children[0].weight": "0.2"}
    saved(planner, "value_segmentation", tried(planner, "value_segmentation", **fields), **fields)
    told = "等级出自版本 1（2026年11月1日）；版本 2 已保存，下次刷新起生效。"
    assert told in planner.get("/segments").text
    page = planner.get(VALUE).text
    assert told in page
    assert "按版本 1，2026年11月1日" in page
    newest, older = planner.get(f"{VALUE}?tab=history").text.split('class="version-line"')[1:]
    assert "已保存，下次刷新起生效" in newest
    assert "使用中" in older
    assert "没有客户会变动" not in tried(planner, "value_segmentation", text=yaml_of(planner)).text


def test_a_feature_that_is_not_there_is_refused_before_it_can_be_saved(planner):
    text = yaml_of(planner).replace("feature: arpu_3m", "feature: arpu_3x", 1)
    page = tried(planner, "value_segmentation", text=text).text
    assert "arpu_3x" in page
    assert "没有特征" in page
    assert "arpu_3m" in page
    assert 'name="tried"' not in page


def test_a_replaced_feature_is_two_lines_of_the_history():
    head = {"kind": "value_segmentation", "name": "value", "title": "Value"}
    before, now = content_of("value"), content_of("value")
    node = now["tree"]["children"][0]
    node["weight"] = 0.5
    node["children"][0]["children"][1] = {"feature": "age", "weight": 0.1, "direction": "down"}
    old, new = (customers.ViewModelDefinition.model_validate({**head, **each}) for each in (before, now))
    told = changes(old, new, "zh")
    assert [(each.before, each.now, each.whole) for each in told] == [
        ("0.6", "0.5", False),
        ("0.1", "", True),
        ("", "0.1", True),
    ]
    assert told[0].path == "当前价值 › 权重"


def yaml_of(planner):
    return planner.get(f"{VALUE}/definition.yaml").text


def test_an_older_version_fills_the_form_and_is_saved_as_a_new_one(planner, simulated):
    fields = {"months": "2"}
    saved(planner, "plan_fit", tried(planner, "plan_fit", **fields), **fields)
    page = planner.get("/segments/plan_fit?version=1").text
    assert 'name="months" value="3"' in page
    assert 'name="based_on" value="2"' in page
    back = saved(planner, "plan_fit", tried(planner, "plan_fit", months="3"), based_on="2", months="3")
    assert back.headers["HX-Redirect"] == "/segments/plan_fit"
    assert current(simulated, "plan_fit").version == 3


def test_whoever_saves_second_is_told_and_changes_nothing(planner, analyst, simulated):
    mine, theirs = {"months": "2"}, {"months": "1"}
    answer = tried(analyst, "plan_fit", **theirs)
    saved(planner, "plan_fit", tried(planner, "plan_fit", **mine), **mine)
    refused = saved(analyst, "plan_fit", answer, **theirs)
    assert refused.status_code == 409
    assert "planner 已保存了版本 2" in refused.text
    assert current(simulated, "plan_fit").content["months"] == 2


def test_what_was_changed_after_the_try_must_be_tried_again(planner, simulated):
    refused = saved(planner, "plan_fit", tried(planner, "plan_fit", months="2"), months="1")
    assert refused.status_code == 400
    assert "请重新试算后再保存" in refused.text
    assert current(simulated, "plan_fit").version == 1


MISTAKES = [
    ("value_segmentation", "tree.children[0].weight", "viel", "这不是数字"),
    ("value_segmentation", "tree.children[0].weight", "", "这里需要填数字"),
    ("value_segmentation", "cutoffs.A1", "7", "应为 100%"),
    ("preference", "levels[0]", "3", "起始得分应依次升高"),
    ("plan_fit", "months", "0", "months"),
]


def test_a_mistake_is_told_at_its_field(planner, simulated):
    for kind, place, typed, said in MISTAKES:
        answer = tried(planner, kind, **{place: typed})
        assert answer.status_code == 400
        assert said in answer.text
        marked = first(r'data-place="([^"]+)"', answer.text)
        assert place.startswith(marked)
        assert current(simulated, kind).version == 1


def test_comparisons_that_contradict_each_other_are_refused_unless_forced(planner):
    place = "tree.children[0].children[0].weights"
    fields = {place: "ahp", f"{place}.shown": "1", f"{place}.matrix[0][1]": "9", f"{place}.matrix[1][2]": "9"}
    fields[f"{place}.matrix[0][2]"] = "1/9"
    refused = tried(planner, "value_segmentation", **fields)
    assert refused.status_code == 400
    assert "一致性比率" in refused.text
    assert tried(planner, "value_segmentation", **fields, **{f"{place}.force": "1"}).status_code == 200


def test_a_text_is_tried_and_its_mistakes_told_by_line(planner, simulated):
    text = planner.get("/segments/plan_fit/definition.yaml").text
    assert tried(planner, "plan_fit", text=text.replace("months: 3", "months: 2")).status_code == 200
    wrong = tried(planner, "plan_fit", text=text.replace("months: 3", "months: x"))
    assert 'data-place="line 4"' in wrong.text
    assert tried(planner, "plan_fit", text="kind: campaign\nname: x\n").status_code == 400
    assert tried(planner, "plan_fit", text=": :").status_code == 400
    assert current(simulated, "plan_fit").version == 1


def test_a_mistake_in_a_text_is_told_in_the_readers_words_at_its_line(planner):
    text = planner.get(f"{VALUE}/definition.yaml").text
    unknown = tried(planner, "value_segmentation", text=text + "tre: 1\n").text
    assert f'data-place="line {text.count(chr(10)) + 1}"' in unknown
    assert "您是不是想写 tree" in unknown
    listed = tried(planner, "value_segmentation", text=text + "foo: 1\n").text
    assert "可用的有：cutoffs, kind, name, title, tree" in listed
    below = tried(planner, "value_segmentation", text=text.replace("cutoffs: {", "cutoffs: {foo: 1, ")).text
    assert "没有等级 foo" in below
    plan = tried(planner, "plan_fit", text=PLAN_FIT + "foo: 1\n").text
    assert "未知的键 foo" in plan
    assert "可用的有：classes, kind, months, name, title" in plan
    for broken in (text.replace("name: ", "name:\t@", 1), text + "a: b: c\n", text + "{"):
        said = tried(planner, "value_segmentation", text=broken).text
        assert "这不是有效的 YAML" in said
        assert re.search(r'class="where">第 \d+ 行<', said)
        assert "请检查" in said
    head = tried(planner, "plan_fit", text=PLAN_FIT.replace("name: ", "name: Ä", 1)).text
    assert "只能用小写字母、数字、- 和 _" in head
    told = tried(planner, "plan_fit", text=PLAN_FIT.replace("months: 3", "months: x")).text
    assert re.search("缺少“[^”a-z]+”，或它不是数字", told)


def test_what_cannot_be_is_said_in_the_readers_language(analyst):
    for path, said in (
        ("/data/features?day=2026-13-01", "请按 2026-11-01 的写法填写日期"),
        ("/data/features?day=2026-01-01", "该日的客户视图没有特征概况"),
        ("/segments/nothing", "可用的有："),
        (f"{VALUE}?tab=nothing", "可用的有："),
        (f"{VALUE}?version=x", "请填整数"),
        ("/customers/nobody", "没有这位客户"),
    ):
        page = analyst.get(path).text
        assert said in page, path
        assert "Input should" not in page


def test_the_customers_of_a_level_are_listed_and_exported(planner, simulated):
    page = planner.get(f"{VALUE}/value_level/A1").text
    assert "/customers/" in page
    assert "****" in page
    file = planner.get(f"{VALUE}/value_level/A1.csv")
    assert file.text.lstrip("\ufeff").startswith("customer,name,phone,city,level")
    assert planner.get(f"{VALUE}/value_level/A1.xlsx").status_code == 200
    with operations(simulated) as session:
        assert audit.trail(session, "value_segmentation")[0].action == "segment.export"


def test_what_does_not_exist_is_not_found(planner):
    for path in ("/segments/nothing", f"{VALUE}/value_level/Z", f"{VALUE}/nothing/A1", f"{VALUE}?version=99"):
        assert planner.get(path).status_code == 404


def test_a_role_that_only_reads_cannot_try_save_or_export(approver, simulated):
    page = approver.get("/segments/plan_fit").text
    assert "<fieldset disabled" in page
    assert "hx-post" not in page.split("</form>")[1]
    for step in ("try", "save"):
        assert approver.post(f"/segments/plan_fit/{step}", page="/segments", months="1").status_code == 403
    assert approver.get(f"{VALUE}/value_level/A1.csv").status_code == 403
    assert current(simulated, "plan_fit").version == 1


@pytest.mark.parametrize("role", ["agent", "inspector", "administrator", "trainer"])
def test_other_roles_do_not_see_the_models(furnished, clock, role):
    with visit(furnished, clock, role) as browser:
        assert browser.get("/segments").status_code == 403
        assert browser.get("/segments/plan_fit").status_code == 403


def test_without_a_view_a_try_says_what_is_missing_and_offers_no_save(furnished, clock):
    with visit(furnished, clock, "planner") as planner:
        assert "yuelao refresh" in planner.get("/segments").text
        assert "yuelao ingest MAPPING" in planner.get("/segments/plan_fit").text
        answer = tried(planner, "plan_fit", months="2")
        assert "yuelao ingest MAPPING" in answer.text
        assert "save" not in answer.text
        assert 'data-place="line 6"' in tried(planner, "plan_fit", text=PLAN_FIT.replace("months: 3", "months: x")).text


@pytest.mark.parametrize("name", ["value", "dimensions", "preference", "plan_fit", "handset_demand"])
def test_a_form_sent_back_as_it_came_changes_nothing(name):
    content = content_of(name)
    assert changed(content, filled(content)) == content


def test_scales_parts_and_comparisons_are_typed():
    content = content_of("value")
    node = "tree.children[0].children[0]"
    found = changed(
        content,
        {
            "cutoffs.A1": "6 %",
            f"{node}.children[0].scale": "curve",
            f"{node}.children[0].scale.with": "0→0；100→100",
            f"{node}.children[1].remove": "1",
            f"{node}.children.add": "age",
            f"{node}.weights": "ahp",
            f"{node}.weights.matrix[0][1]": "1/3",
        },
    )
    made = found["tree"]["children"][0]["children"][0]
    assert found["cutoffs"]["A1"] == 0.06
    assert made["children"][0]["scale"] == {"by": "curve", "points": [[0, 0], [100, 100]]}
    assert [child["feature"] for child in made["children"]] == [
        "arpu_3m",
        "payment_mean_3m",
        "fast_data_share_3m",
        "age",
    ]
    assert len(made["weights"]["matrix"]) == 4
    assert all(len(row) == 4 for row in made["weights"]["matrix"])


@given(st.floats(-1e6, 1e6, allow_nan=False))
def test_a_number_typed_is_the_number_meant(value):
    assert number(repr(value), "x") == pytest.approx(value)


@given(st.text(max_size=8))
def test_whatever_is_typed_is_a_number_or_refused(text):
    with suppress(Refused):
        assert isinstance(number(text, "place"), int | float)


def test_notes_of_the_models_are_said_in_the_readers_words():
    note = "hall: hall_satisfaction_6m was dropped: 60.7% of the customers have no value, at most 60.0% may"
    assert "营业厅" in sentences.said(note, "zh")
    assert "60.7%" in sentences.said(note, "zh")
    assert "hall_satisfaction_6m" not in sentences.said(note, "en")
    assert sentences.said("something new", "zh") == "something new"


SAID = [
    "sms: tenure_months was dropped: who has more of it uses the channel more"
    " (correlation +0.061, +0.050 is the limit), against its direction down",
    "phone: vip_type was dropped: it is string, which the scale share cannot take",
    "hall: hand-set weights stay: 12 contacts, 3 answered; learning needs 500 and 50 of either outcome,"
    " in both parts of time",
    "The learned weights are used: those learned on phone, sms have a log loss +0.0123 a contact lower out of time,"
    " standard error 0.0040",
    "The hand-set weights are used: those learned on phone have a log loss -0.0001 a contact lower out of time,"
    " standard error 0.0040",
    "The earlier view lacks arpu_3m: the hand-set weights are used",
    "Only 12 customers have arpu_3m and an earlier view: the tree is weighed by hand",
    "No leaf of current_value tells arpu_3m: it is weighed by hand",
    "The weights of the tree are learned from arpu_3m of 812 customers: rank correlation 0.912 on the half not learned"
    " from, 0.700 with the weights given by hand",
    "consumption: Nobody has a value of arpu_3m: its weight goes to the others of its node",
    "vas: No leaf of the tree tells arpu_3m: it is weighed by hand",
    "No plan has a price of a further message: it is not charged",
    "The plan 59 is left out: it has no price of a further minute",
    "3 products with the fewest holders were not looked at",
]


@pytest.mark.parametrize("note", SAID)
def test_every_note_is_said_in_chinese(note):
    said = sentences.said(note, "zh")
    assert set(re.findall("[a-zA-Z_]{4,}", said)) <= {
        "string",
        "share",
        "down",
        "ARPU",
    }  # as the definition spells them
    assert "{" not in said


def test_a_factor_that_a_refresh_dropped_is_told_on_the_page_of_its_model(analyst):
    """The operator asks few customers how content they are with its halls, and has one view only."""
    page = analyst.get("/segments/preference").text
    assert re.search("营业厅：已剔除“[^”]+”，[0-9.]+% 的客户没有取值，上限为 60.0%", page)
    assert "学习权重需要更早的客户视图" in page
    assert "/segments/preference#notes" in analyst.get("/segments").text
    assert "/segments" in re.findall(r'class="btn" href="([^"]+)"', analyst.get("/data").text)


def test_an_input_that_no_source_gives_is_told_once_and_what_was_not_kept_is_not_claimed(simulated, analyst):
    note = "hall: hall_satisfaction_6m was dropped: 99.9% of the customers have no value, at most 60.0% may"
    kept = {"preference": Remarks(("vip_type", "hall_satisfaction_6m"), (note,)), "plan_fit": Remarks()}
    Lake(simulated.lake).publish(REMARKS, "2026-11-01", remarks_table(kept))
    page = analyst.get("/segments/preference").text
    assert "99.9% 的客户没有取值" in page
    assert page.count("没有数据源提供") == 1  # the note speaks of the other one
    assert "各项输入齐全" in analyst.get("/segments/plan_fit").text
    assert 'id="notes"' not in analyst.get("/segments/handset_demand").text
