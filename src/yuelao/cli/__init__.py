"""The `yuelao` command: reads what was asked, calls one workflow, prints its result.

`-w DIRECTORY` and `--json` may stand before or after the command. Exit status: 0 done, 1 refused or failed with one
line, 2 wrong usage. Standard output carries results only; progress, log and errors go to standard error.
"""

import sys

from yuelao.cli.edge import Edge, split_common
from yuelao.common.errors import Unavailable, YuelaoError
from yuelao.common.log import configure


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit."""
    configure()
    common, rest = split_common(sys.argv[1:] if arguments is None else arguments)
    edge = Edge(common)
    try:
        from yuelao.cli.commands import app  # imports the house; a wrong option need not wait for it

        app(args=rest, prog_name="yuelao", obj=edge)
    except YuelaoError as error:
        edge.refuse(error)
        sys.exit(1)
    except OSError as error:  # a disk that is full, a folder one may not write to: told like any other refusal
        where, hint = str(error.filename or ""), "Is the place right, may you write to it, and is there room?"
        edge.refuse(Unavailable(f"The system refuses: {error.strerror or error}", where=where, hint=hint))
        sys.exit(1)
    except KeyboardInterrupt:
        edge.say("Stopped; what was not published has not happened")
        sys.exit(130)
    finally:
        edge.close()
