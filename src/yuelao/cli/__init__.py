"""The `yuelao` command: reads what was asked, calls one workflow, prints its result.

`-w DIRECTORY` and `--json` may stand before or after the command. Exit status: 0 done, 1 refused or failed with one
line, 2 wrong usage. Standard output carries results only; progress, log and errors go to standard error.
"""

import sys

from yuelao.cli.edge import Edge, split_common
from yuelao.common.errors import YuelaoError
from yuelao.common.log import configure


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit."""
    configure()
    common, rest = split_common(sys.argv[1:] if arguments is None else arguments)
    edge = Edge(common)
    from yuelao.cli.commands import app  # imports the house; a wrong option need not wait for it

    try:
        app(args=rest, prog_name="yuelao", obj=edge)
    except YuelaoError as error:
        edge.refuse(error)
        sys.exit(1)
    except KeyboardInterrupt:
        edge.say("Stopped; what was not published has not happened")
        sys.exit(130)
