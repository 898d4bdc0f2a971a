"""No dependency that nothing uses, and none that is used by chance only because another one brought it."""

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Needed by another library or by a command, and imported by no line of ours.
NEVER_IMPORTED = {
    "httpx2",  # by starlette's test client
    "import-linter",
    "mypy",
    "psycopg",  # by SQLAlchemy, for PostgreSQL
    "pytest-socket",
    "pytest-timeout",
    "pytest-xdist",
    "python-multipart",  # by FastAPI, for forms
    "ruff",
    "tzdata",  # by zoneinfo
}


def names(requirements: list[str]) -> set[str]:
    found = (re.match(r"[\w.-]+", requirement) for requirement in requirements)
    return {match[0].lower() for match in found if match}


@cache
def imported_by(*folders: str) -> frozenset[str]:
    """The distributions whose modules the Python files of these folders import, in any form."""
    modules: set[str] = set()
    for file in (file for folder in folders for file in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module.partition(".")[0])
    owners = packages_distributions()
    return frozenset(owner.lower() for module in modules for owner in owners.get(module, []))


RUNTIME = names(PROJECT["dependencies"])
SPARK = names(PROJECT["optional-dependencies"]["spark"])
DEVELOPMENT = names(PROJECT["optional-dependencies"]["dev"])


@pytest.mark.parametrize("name", sorted(RUNTIME - NEVER_IMPORTED))
def test_every_dependency_is_used(name: str):
    assert name in imported_by("src")


@pytest.mark.parametrize("name", sorted(name for name in DEVELOPMENT - NEVER_IMPORTED if not name.startswith("types-")))
def test_every_development_dependency_is_used(name: str):
    assert name in imported_by("tests", "scripts", "benchmarks")


def test_the_package_imports_declared_libraries_only():
    strangers = imported_by("src") - RUNTIME - SPARK - {"yuelao"} - set(sys.stdlib_module_names)
    # FastAPI is made of starlette, pydantic of annotated-types, PySpark of py4j; all are parts of what those promise.
    assert strangers <= {"annotated-types", "py4j", "starlette"}


def test_every_pin_is_exact_and_names_no_address():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert pins
    assert all(re.fullmatch(r"[\w.-]+==[\w.+!]+", pin) for pin in pins)
    assert {name.replace("_", "-") for name in names(pins)} >= RUNTIME | DEVELOPMENT


def test_the_front_end_lock_names_no_address():
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")
