"""A gateway that appends each message to a file, one JSON object a line."""

import fcntl
import json
from pathlib import Path

from yuelao.common.errors import Unavailable
from yuelao.connectors.messaging.gateway import ShortMessage


class FileGateway:
    """Writes to `file`; a key that is already in it is not written again."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def send(self, message: ShortMessage) -> None:
        """Append the message; Unavailable when the file cannot be written."""
        try:
            with self._file.open("a+", encoding="utf-8") as stream:
                fcntl.flock(stream, fcntl.LOCK_EX)  # several workers may share the file
                stream.seek(0)
                lines = stream.readlines()
                if any(_key(line) == message.key for line in lines):
                    return
                if lines and not lines[-1].endswith("\n"):
                    stream.write("\n")  # a writer was cut off in mid-line: keep what it left apart
                line = {"key": message.key, "phone": message.phone, "text": message.text}
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise Unavailable(f"The message file cannot be written: {error.strerror}", where=str(self._file)) from error


def _key(line: str) -> str | None:
    """The key of a line; None for the remains of a writer that was cut off, whose message comes again."""
    try:
        return str(json.loads(line)["key"])
    except ValueError:
        return None
