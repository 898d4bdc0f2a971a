"""The mapping file: what it may say, and one line with the place and the way out for everything else."""

import re
from datetime import date
from pathlib import Path

import pytest

from yuelao.common.errors import NotFound, Refused
from yuelao.warehouse.mapping import ExtraMapping, TableMapping, read_mapping

GOOD = """\
source: crm
today: 2026-11-01
defaults: {encoding: gbk, dates: ["%Y%m%d", "%Y"]}
tables:
  - table: customers
    files: "*.csv"
    columns:
      customer_id: 客户编号
      gender: {column: 性别, codes: {yes: male, 01: female}}
      overdraft_allowance: {column: 透支, unit: fen}
    extras:
      job: {column: 职业, type: text, en: Job, zh: 职业}
"""


def read(tmp_path, text):
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path)


def test_a_mapping_as_it_should_be(tmp_path):
    mapping = read(tmp_path, GOOD)
    assert (mapping.source, mapping.today, mapping.folder) == ("crm", date(2026, 11, 1), tmp_path)
    (table,) = mapping.tables
    fields = {field.field.name: field for field in table.fields}
    assert list(fields) == ["customer_id", "gender", "overdraft_allowance", "job"]
    assert fields["gender"].mapping.codes == {"yes": "male", "01": "female"}
    assert fields["overdraft_allowance"].factor == 0.01
    assert fields["job"].dates == ("%Y%m%d", "%Y")
    assert table.reading.encoding == "gb18030"
    assert table.extras == ("job",)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("table: customers", "table: custmers", 5, "no table 'custmers'.*Did you mean customers"),
        ("gender:", "gendr:", 9, "no field 'gendr'.*Did you mean gender"),
        ("yes: male", "yes: mal", 9, "no code 'mal'.*Did you mean male"),
        ("column: 性别", "colum: 性别", 9, "'colum' is not a key of a mapping.*Did you mean column"),
        ("column: 透支, unit", "column: 透支, expression: a, unit", 10, "either a column or an expression"),
        ("unit: fen", "unit: KB", 10, "'KB' does not fit overdraft_allowance.*yuan"),
        ("customer_id: 客户编号", "name: 姓名", 5, "customers needs customer_id"),
        ("files:", "fils:", 6, "'fils' is not a key.*Did you mean files"),
        ("gbk", "latin1", 3, "encoding"),
        ("2026-11-01", "2026-13-01", 2, "today"),
        ("source: crm\n", "", 1, "'source' is missing"),
        ("defaults: {", "defaults: {sheat: x, ", 3, "'sheat' is not a key"),
        ("type: text", "type: txt", 12, "type"),
        ("job:", "Job 1:", 12, "cannot be the name of an attribute"),
        ("job:", "city:", 12, "city is a field of the contract"),
        ("{column: 职业, type", "{expression: sum(x), type", 12, "not allowed in the expression"),
        ("customer_id: 客户编号", "customer_id: 客户编号\n      customer_id: x", 9, "stands here twice"),
        ("source: crm", "source: [crm", 2, "not YAML"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path, old, new, line, said):
    with pytest.raises(Refused, match=said) as caught:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert caught.value.where.startswith(f"mapping.yaml, line {line}")
    assert caught.value.hint
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "- a\n", "just text", "source: crm\ntables: []\n", "source: crm\ntables: [x]\n"])
def test_something_else_than_a_mapping(tmp_path, text):
    with pytest.raises(Refused):
        read(tmp_path, text)


def test_extras_belong_to_customers(tmp_path):
    text = GOOD.replace("table: customers", "table: plans").replace("customer_id", "plan_id")
    text = "\n".join(line for line in text.splitlines() if "gender" not in line and "overdraft" not in line)
    with pytest.raises(Refused, match="plans cannot have extras"):
        read(tmp_path, text)


def test_a_file_that_is_not_there_or_not_text(tmp_path):
    with pytest.raises(NotFound, match="no such file"):
        read_mapping(tmp_path / "none.yaml")
    (tmp_path / "m.yaml").write_bytes("source: 月老".encode("gb18030"))
    with pytest.raises(Refused, match="UTF-8"):
        read_mapping(tmp_path / "m.yaml")


def test_the_page_about_mappings_is_right_and_complete(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")
    example = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0]
    assert [table.table.name for table in read(tmp_path, example).tables] == ["customers", "usage_monthly"]
    for key in {*TableMapping.model_fields, *ExtraMapping.model_fields}:
        assert re.search(rf"^\| .*`{key}`.* \|", page, re.MULTILINE), key
