"""The files of a model: each kind is read as what it is, and nothing else."""

import json

import pytest

from yuelao.analytics.model_files import kind_of, read_model, write_model
from yuelao.common.errors import NotFound, Refused


def read(folder, kind="tree"):
    return read_model(folder, kind, lambda saved, card: (saved["depth"], card["rows"]))


def test_what_was_written_is_read_as_its_kind(tmp_path):
    write_model(tmp_path / "m", "tree", {"depth": 3}, {"rows": 200, "note": "客户"})
    assert kind_of(tmp_path / "m") == "tree"
    assert read(tmp_path / "m") == (3, 200)
    assert "客户" in (tmp_path / "m" / "card.json").read_text(encoding="utf-8")


def test_another_kind_or_version_is_refused_in_one_line(tmp_path):
    write_model(tmp_path, "tree", {"deep": 3}, {"rows": 200})
    with pytest.raises(Refused, match="is a tree model, no forest model"):
        read(tmp_path, "forest")
    with pytest.raises(Refused, match="another version"):
        read(tmp_path)
    (tmp_path / "model.json").write_text(json.dumps({"depth": 3}), encoding="utf-8")
    for ask in (kind_of, read):
        with pytest.raises(Refused, match="another version"):
            ask(tmp_path)


def test_an_empty_folder_holds_no_model(tmp_path):
    for ask in (kind_of, read):
        with pytest.raises(NotFound, match="no model"):
            ask(tmp_path)
