"""A workspace is made once, opened many times, and says what is wrong with its settings."""

import stat

import pytest

from yuelao.common.errors import Refused
from yuelao.common.settings import SETTINGS_FILE, Settings, create_workspace, open_workspace


def test_what_was_made_can_be_opened(tmp_path):
    made = create_workspace(tmp_path / "here", "generic", {"global_holdout": "0.25", "language": "en"})
    opened = open_workspace(tmp_path / "here")
    assert opened == made
    assert opened.settings.global_holdout == 0.25
    assert opened.settings.language == "en"
    assert opened.database_url.startswith("sqlite:///")


def test_every_setting_stands_in_the_file_with_its_meaning(tmp_path):
    text = (create_workspace(tmp_path / "here", "generic").path / SETTINGS_FILE).read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert f"# {field.description}" in text
        assert f"{name} = " in text


def test_the_key_is_its_owners_alone(tmp_path):
    workspace = create_workspace(tmp_path / "here", "generic")
    assert stat.S_IMODE((workspace.path / "secret.key").stat().st_mode) == 0o600
    assert len(workspace.secret) == 64
    assert workspace.secret != create_workspace(tmp_path / "there", "generic").secret


@pytest.mark.parametrize("made_before", [False, True])
def test_nobody_else_enters(tmp_path, made_before):
    path = tmp_path / "here"
    if made_before:
        path.mkdir(mode=0o755)
    workspace = create_workspace(path, "generic", {"webhook_secret": "known to the gateway"})
    assert stat.S_IMODE(workspace.path.stat().st_mode) == 0o700
    assert stat.S_IMODE((workspace.path / SETTINGS_FILE).stat().st_mode) == 0o600


def test_another_database_is_one_setting(tmp_path):
    workspace = create_workspace(tmp_path / "here", "generic", {"database_url": "postgresql://someone@/operations"})
    assert workspace.database_url == "postgresql://someone@/operations"


def test_a_second_workspace_in_the_same_place_is_refused(tmp_path):
    secret = create_workspace(tmp_path, "generic").secret
    with pytest.raises(Refused, match="already is a workspace"):
        create_workspace(tmp_path, "generic")
    assert open_workspace(tmp_path).secret == secret


def test_other_files_are_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Refused, match="not empty"):
        create_workspace(tmp_path, "generic")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_no_place_for_a_workspace(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(Refused, match="not empty"):
        create_workspace(tmp_path / "file", "generic")


def test_any_other_directory_is_not_a_workspace(tmp_path):
    with pytest.raises(Refused) as refusal:
        open_workspace(tmp_path)
    assert refusal.value.where == str(tmp_path)
    assert "init" in refusal.value.hint


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"global_holdot": "0"}, "no setting called 'global_holdot'"),
        ({"global_holdout": "1.5"}, "Setting global_holdout"),
        ({"timezone": "Mars/Olympus"}, "no time zone is called"),
        ({"max_line_bytes": "few"}, "Setting max_line_bytes"),
        ({"engine": "polars"}, "Setting engine: .*'duckdb' or 'spark'"),
    ],
)
def test_a_wrong_setting_makes_no_workspace(tmp_path, overrides, message):
    with pytest.raises(Refused, match=message):
        create_workspace(tmp_path / "here", "generic", overrides)
    assert not (tmp_path / "here").exists()


def test_an_unknown_setting_is_refused_with_the_nearest_name(tmp_path):
    with pytest.raises(Refused) as refusal:
        create_workspace(tmp_path / "here", "generic", {"global_holdot": "0"})
    assert "global_holdout" in refusal.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pack = ", "cannot be read"),
        ('pack = "generic"\nsession_hours = 0', "Setting session_hours"),
        ('pack = "generic"\ncolour = "red"', "Setting colour"),
        ("", "Setting pack"),
        ('pack = "generic"\nengine = "Spark"', "Setting engine: .*'duckdb' or 'spark'"),
    ],
)
def test_a_spoilt_file_is_refused_and_named(tmp_path, text, message):
    (tmp_path / SETTINGS_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(Refused, match=message) as refusal:
        open_workspace(tmp_path)
    assert refusal.value.where.endswith(SETTINGS_FILE)


def test_settings_in_another_encoding_are_refused(tmp_path):
    (tmp_path / SETTINGS_FILE).write_bytes('pack = "generic" # 设置'.encode("gb18030"))
    with pytest.raises(Refused, match="cannot be read"):
        open_workspace(tmp_path)
