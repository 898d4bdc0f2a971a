"""A private PostgreSQL for one test process: its own data folder, a Unix socket nobody else may enter, no fsync.

PostgreSQL refuses to run as root, so under root it runs as the account `postgres`, which Debian's package creates.
"""

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

OLDEST = 15
# Tests may lose everything on a power cut; what they may not do is wait for disks.
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=50", "shared_buffers=32MB")


def find_binaries() -> Path:
    """The folder of the newest PostgreSQL programs on this machine; fails with what to install where there are none."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    newest = max(folders, key=_version, default=None)
    if newest is None or _version(newest) < OLDEST:
        raise RuntimeError(f"The tests need PostgreSQL {OLDEST} or newer: run `make test`, or install `postgresql`")
    return newest


def _version(folder: Path) -> int:
    told = subprocess.run([folder / "initdb", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)", told)
    return int(found[1]) if found else 0


# Waits until its input ends, which it does however the test process ends, and leaves nothing behind.
_KEEPER = 'cat > /dev/null; "$1/pg_ctl" stop -s -D "$2/data" -m immediate; rm -rf "$2"'


@dataclass
class Cluster:
    """A running server; leaving the `with` block stops it and removes its files."""

    binaries: Path = field(default_factory=find_binaries)
    home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="yuelao-pg-")))
    account: str | None = field(default_factory=lambda: "postgres" if os.geteuid() == 0 else None)
    _keeper: subprocess.Popen[bytes] = field(init=False, repr=False)
    _made: int = 0

    def __enter__(self) -> Self:
        if self.account:
            shutil.chown(self.home, self.account, self.account)
        self._run(
            "initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D", "data"
        )
        options = " ".join(["-h ''", f"-k {self.home}", *(f"-c {setting}" for setting in _FAST)])
        self._run("pg_ctl", "start", "-w", "-s", "-D", "data", "-l", "log", "-o", options)
        self._keeper = subprocess.Popen(
            ["/bin/sh", "-c", _KEEPER, "keeper", self.binaries, self.home],
            stdin=subprocess.PIPE,
            start_new_session=True,  # a signal to the tests' group must not reach it
            user=self.account,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._keeper.communicate()

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of the database `name`."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.home}"

    def create(self, template: str = "template1") -> str:
        """Make a new database like `template`; returns its name."""
        self._made += 1
        name = f"test_{self._made}"
        # STRATEGY FILE_COPY is the faster one without fsync, and for databases as small as ours.
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(host=str(self.home), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.binaries / program, *arguments],
            cwd=self.home,
            user=self.account,
            group=self.account,
            extra_groups=[] if self.account else None,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr.strip()}")
