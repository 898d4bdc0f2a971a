"""The log: one line an event on standard error, so that standard output stays for results."""

import logging
import sys


def configure(level: str = "WARNING") -> None:
    """Send the log of this process to standard error at `level`."""
    logging.basicConfig(
        level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )
