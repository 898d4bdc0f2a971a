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
                if any(json.loads(line)["key"] == message.key for line in stream):
                    return
                line = {"key": message.key, "phone": message.phone, "text": message.text}
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise Unavailable(f"The message file cannot be written: {error.strerror}", where=str(self._file)) from error
