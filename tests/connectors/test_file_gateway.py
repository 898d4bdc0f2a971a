"""The gateway that writes to a file: each key once, whoever sends it how often."""

import json
from threading import Thread

import pytest

from yuelao.common.errors import Unavailable
from yuelao.connectors.messaging import FileGateway, Gateway, ShortMessage


def _lines(file):
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_it_is_a_gateway(tmp_path):
    gateway: Gateway = FileGateway(tmp_path / "messages.jsonl")
    gateway.send(ShortMessage("k1", "13800000001", "您好\n第二行"))
    assert _lines(tmp_path / "messages.jsonl") == [{"key": "k1", "phone": "13800000001", "text": "您好\n第二行"}]


def test_the_same_key_is_written_once(tmp_path):
    file = tmp_path / "messages.jsonl"
    for text in ("first", "again"):
        FileGateway(file).send(ShortMessage("k1", "1", text))
    FileGateway(file).send(ShortMessage("k2", "1", "other"))
    assert [(line["key"], line["text"]) for line in _lines(file)] == [("k1", "first"), ("k2", "other")]


def test_many_workers_share_one_file(tmp_path):
    file = tmp_path / "messages.jsonl"

    def work() -> None:
        for number in range(25):
            FileGateway(file).send(ShortMessage(f"k{number}", "1", "text"))

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(line["key"] for line in _lines(file)) == sorted(f"k{number}" for number in range(25))


def test_a_file_that_cannot_be_written_is_unavailable(tmp_path):
    with pytest.raises(Unavailable, match="cannot be written") as refusal:
        FileGateway(tmp_path / "missing" / "messages.jsonl").send(ShortMessage("k", "1", "text"))
    assert refusal.value.where.endswith("messages.jsonl")


def test_a_line_that_was_cut_off_is_skipped_and_its_message_written_again(tmp_path):
    file = tmp_path / "messages.jsonl"
    FileGateway(file).send(ShortMessage("k1", "1", "text"))
    with file.open("a", encoding="utf-8") as stream:
        stream.write('{"key": "k2", "pho')
    for _ in range(2):
        FileGateway(file).send(ShortMessage("k2", "1", "text"))
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["key"] for line in (lines[0], *lines[2:])] == ["k1", "k2"]
