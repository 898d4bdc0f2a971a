"""What bad input gets: one clear line that says what, where and what to do; and nothing is lost."""

import gc
import os
import sys
from pathlib import Path

import pytest

from tests.world import CAMPAIGN
from yuelao.common.settings import SETTINGS_FILE, open_workspace
from yuelao.warehouse.lake import Lake

MAPPING = """\
source: crm
today: 2026-11-01
defaults: {encoding: utf-8}
tables:
  - table: customers
    files: customers.csv
    columns: {customer_id: id, name: name, joined_on: joined}
"""
GOOD = "id,name,joined\nS1,张三,2020-01-01\nS2,李四,2021-01-01\n"


@pytest.fixture
def source(run, tmp_path):
    """A workspace with two customers, and the file they came from."""
    run("-w", "here", "init", "--pack", "generic", "--set", "max_line_bytes=1024")
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "customers.csv").write_text(GOOD, encoding="utf-8")
    assert run("-w", "here", "ingest", "mapping.yaml", "--json").json["tables"]["customers"]["accepted"] == 2
    return tmp_path


def _names(folder: Path) -> int:
    with Lake(open_workspace(folder / "here").lake).snapshot() as snapshot:
        return int(snapshot.table("customers").count().to_pyarrow().as_py())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"id,joined\nS3,2020-01-01\n", ["name", "customers.csv"]),
        ("id,name,joined\nS3,王五,2020-01-01\n".encode("gb18030"), ["customers.csv", "encoding"]),
        (b"", ["empty", "customers.csv"]),
        (b'id,name,joined\nS3,"open,2020-01-01\n', ["quot", "customers.csv"]),
    ],
    ids=["missing column", "wrong encoding", "empty file", "broken quotes"],
)
def test_a_file_that_cannot_be_read_is_refused_and_nothing_is_lost(run, source, content, says):
    (source / "customers.csv").write_bytes(content)
    done = run("-w", "here", "ingest", "mapping.yaml", "--json")
    if done.status == 0:  # the row is set aside, with its reason
        table = done.json["tables"]["customers"]
        assert (table["accepted"], table["rejected"]) == (0, 1)
        told = Path(table["rejects_file"]).read_text(encoding="utf-8-sig")
    else:
        told = " ".join(done.error.values())
        assert done.error["hint"]
    assert all(word in told.lower() for word in says)
    assert _names(source) == 2


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("S3,王五," + "9" * 2_000, "1024"),
        ("S3,王五,2027-01-01", "future"),
        ("S3,王五,2020-13-01", "2020-13-01"),
        ("S1,另一人,2020-01-01\nS1,张三,2019-01-01", "S1"),
    ],
    ids=["line over the limit", "date in the future", "no date", "duplicate id"],
)
def test_a_bad_row_is_set_aside_with_its_reason_and_the_others_stay(run, source, row, says):
    (source / "customers.csv").write_text(GOOD.replace("S1,张三,2020-01-01\n", f"{row}\n"), encoding="utf-8")
    table = run("-w", "here", "ingest", "mapping.yaml", "--json").json["tables"]["customers"]
    assert table["rejected"] == 1
    assert table["read"] == table["accepted"] + table["rejected"] + table["unchanged"]
    assert says in Path(table["rejects_file"]).read_text(encoding="utf-8-sig")
    assert _names(source) == 2


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("table: customers", "table: custmers", ["custmers", "customers"]),
        ("customer_id: id", "custmer_id: id", ["custmer_id", "customer_id"]),
        ("files: customers.csv", "files: nothing.csv", ["nothing.csv"]),
        ("columns:", "colums:", ["colums"]),
        ("tables:", "tables: [", ["mapping.yaml"]),
        ("name: name", 'name: {expression: "read_text(name)"}', ["read_text"]),
    ],
)
def test_a_mapping_with_a_mistake_is_refused_at_its_place(run, source, before, after, says):
    (source / "mapping.yaml").write_text(MAPPING.replace(before, after, 1), encoding="utf-8")
    error = run("-w", "here", "ingest", "mapping.yaml", "--json").error
    told = " ".join(error.values())
    assert all(word in told for word in says), told
    assert "mapping.yaml" in error["where"]
    assert _names(source) == 2


def test_a_mapping_that_is_not_there_or_not_text(run, source):
    assert "missing.yaml" in str(run("-w", "here", "ingest", "missing.yaml", "--json").error)
    (source / "mapping.yaml").write_bytes(MAPPING.replace("crm", "客户").encode("gb18030"))
    assert "mapping.yaml" in run("-w", "here", "ingest", "mapping.yaml", "--json").error["where"]
    assert "here" in str(run("-w", "here", "ingest", "here", "--json").error)


def test_an_unknown_field_in_a_condition_is_named_with_its_place_and_its_nearest(run, trained, tmp_path):
    text = (
        "kind: campaign\nname: mine\ntitle: {en: Mine, zh: 我的}\nproducts: [data_10gb]\nscript: data-upgrade\n"
        "funnel: [{name: {en: Rich, zh: 高价值}, keep: arpu_3n >= 80}]\n"
        "resources: [{name: {en: All, zh: 全部}, minutes: 60}]\n"
    )
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    at = ("-w", trained.workspace.path, "--json")
    done = run(*at, "import", "mine.yaml")
    error = done.error if done.status else run(*at, "screen", "mine").error
    assert error["code"] == "condition"
    assert "arpu_3n" in error["message"]
    assert "arpu_3m" in error["hint"]
    assert "campaign mine, step 'Rich', position 1" in error["where"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"kind: nothing\n", "no kind 'nothing'"),
        (b"name: [1\nother: 2\n", "not YAML"),
        ("kind: product\ntitle: 流量包\n".encode("gb18030"), "not UTF-8"),
        (b"\x00\x01", "not YAML"),
    ],
)
def test_definitions_that_cannot_be_read(run, source, content, says):
    (source / "bad.yaml").write_bytes(content)
    error = run("-w", "here", "import", "bad.yaml", "--json").error
    assert says in error["message"]
    assert error["where"].startswith("bad.yaml")


@pytest.mark.parametrize(
    "arguments",
    [
        ["campaign", "list"],
        ["ingest", "mapping.yaml"],
        ["simulate", "--customers", "10"],
        ["refresh"],
        ["train", "response"],
        ["screen", "x"],
        ["match", "x"],
        ["launch", "x"],
        ["run", "--as-of", "2026-11-01"],
        ["explain", "x"],
        ["report", "x", "--out", "x.html"],
        ["call-list", "x", "--out", "x.csv"],
        ["import", "mapping.yaml"],
        ["user", "add", "x", "--role", "agent"],
        ["user", "list"],
        ["serve"],
        ["worker", "--once"],
    ],
)
def test_a_workspace_that_is_not_one(run, source, arguments):
    before = sorted(path.name for path in source.iterdir())
    error = run("-w", "nowhere", *arguments, "--json").error
    assert (error["message"], error["where"]) == ("This is not a workspace", str(source / "nowhere"))
    assert sorted(path.name for path in source.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["screen", "data-upgrad"], "not_found", CAMPAIGN),
        (["match", "data-upgrad"], "not_found", CAMPAIGN),
        (["launch", "data-upgrad"], "not_found", CAMPAIGN),
        (["report", "data-upgrad", "--out", "x.html"], "not_found", CAMPAIGN),
        (["call-list", "data-upgrad", "--out", "x.csv"], "not_found", CAMPAIGN),
        (["launch", CAMPAIGN], "conflict", "yuelao match"),
        (["match", "move-to-5g"], "conflict", "approved"),
        (["report", CAMPAIGN, "--out", "x.html"], "conflict", "yuelao launch"),
        (["explain", "nobody"], "not_found", "id"),
        (["train", "respnse"], "not_found", "response"),
        (["refresh", "--as-of", "2030-01-01"], "refused", "2026-11-02"),
        (["screen", CAMPAIGN, "--as-of", "2026-10-01"], "refused", "refresh --as-of 2026-10-01"),
        (["campaign", "move", "aprove", "move-to-5g"], "not_found", "approve"),
        (["campaign", "move", "start", "move-to-5g"], "conflict", "approve"),
        (["simulate", "--customers", "0"], "refused", "1"),
        (["simulate", "--months", "0", "--customers", "10"], "refused", "1"),
        (["user", "add", "x", "--role", "king"], "", "agent"),
        (["user", "add", "agent", "--role", "agent"], "", "agent"),
        (["user", "add", "x", "--role", "agent", "--password", "short"], "", ""),
    ],
)
def test_what_cannot_be_done_says_what_can(run, trained, arguments, code, says):
    error = run("-w", trained.workspace.path, "--json", *arguments).error
    assert code in ("", error["code"])
    assert says in error["hint"] + error["message"]
    assert error["message"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["report", CAMPAIGN, "--out", "no/such/folder/report.html"],
        ["call-list", CAMPAIGN, "--out", "no/such/folder/list.csv"],
        ["call-list", CAMPAIGN, "--out", "no/such/folder/list.xlsx"],
        ["simulate", "--customers", "10", "--out", "/proc/nothing/here"],
    ],
)
def test_a_place_that_cannot_be_written_is_named(run, matched, arguments):
    run("-w", matched.workspace.path, "launch", CAMPAIGN)
    error = run("-w", matched.workspace.path, "--json", *arguments).error
    assert arguments[-1].split("/")[1] in error["where"]


@pytest.mark.parametrize("place", ["file/below", "/proc/nothing/here"])
def test_a_workspace_that_cannot_be_made(run, tmp_path, place):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    assert run("-w", place, "init", "--pack", "generic", "--json").error["where"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_packs_and_settings_that_do_not_exist(run, tmp_path):
    assert "telecom" in run("-w", "here", "init", "--pack", "telekom", "--json").error["hint"]
    assert "global_holdout" in run("-w", "here", "init", "--set", "global_holdot=0", "--json").error["hint"]
    assert "NAME=VALUE" in run("-w", "here", "init", "--set", "global_holdout", "--json").error["message"]
    assert os.listdir(tmp_path) == []


def test_a_spoilt_database_is_one_line(run, source):
    for left in (source / "here").glob("operations.sqlite*"):
        left.unlink()
    (source / "here" / "operations.sqlite").write_bytes(b"not a database at all" * 100)
    error = run("-w", "here", "campaign", "list", "--json").error
    assert error["code"] == "unavailable"
    assert "operations.sqlite" in error["where"]


@pytest.fixture
def with_spark(run, source):
    """The workspace with `engine = "spark"`; runs a refresh of it."""
    settings = source / "here" / SETTINGS_FILE
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('# engine = "duckdb"', 'engine = "spark"'), encoding="utf-8")
    return lambda *options: run("-w", "here", "refresh", "--as-of", "2026-11-01", *options)


def test_a_refresh_on_spark_without_java_is_one_line(with_spark, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    done = with_spark()
    assert (done.status, done.out, len(done.err.strip().splitlines())) == (1, "", 1)
    assert done.err.strip().startswith('engine = "spark" needs Java, and there is none here (yuelao.toml). Install')
    assert with_spark("--json").error["code"] == "unavailable"


def test_a_refresh_on_spark_without_pyspark_is_one_line(with_spark, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    done = with_spark()
    assert (done.status, done.out, len(done.err.strip().splitlines())) == (1, "", 1)
    assert "needs PySpark, which is not installed" in done.err
    assert "pip install 'yuelao[spark]'" in done.err


@pytest.mark.filterwarnings("ignore:Exception ignored in.*FileIO")  # PySpark leaves the pipe to it open
def test_a_java_that_does_not_start_spark_is_told_with_its_log(with_spark, tmp_path, monkeypatch):
    java = tmp_path / "old" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\necho This Java is too old >&2\nexit 1\n", encoding="utf-8")
    java.chmod(0o700)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "old"))
    error = with_spark("--json").error
    gc.collect()  # here and not in some other test
    assert error["message"] == "Spark does not start"
    log = tmp_path / "here" / "lake" / "tmp" / "spark.log"
    assert str(log) in error["hint"]
    assert "This Java is too old" in log.read_text(encoding="utf-8")
