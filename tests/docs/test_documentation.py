"""What the documentation says is so: links lead somewhere, commands exist, generated pages are fresh."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from scripts.write_docs import PAGES

ROOT = Path(__file__).parents[2]
HEADINGS_OF_A_DECISION = ["Context", "Decision", "Consequences", "Alternatives"]
# Named in pieces, lest this file finds itself.
OF_ONE_MACHINE = re.compile(
    r"/"
    + r"(?:root|home/\w+|work|tmp/y)/"
    + r"|registry\.npmjs|pypi\.org/simple|files\.pythonhosted|--(?:extra-)?index-url"
)


@cache
def tracked() -> list[Path]:
    """The files that git keeps; those new to it too, so that a mistake shows before it is committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def pages() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".md" and path.parts[len(ROOT.parts)] in _PLACES]


_PLACES = {"README.md", "README.zh.md", "CHANGELOG.md", "docs", "examples"}


def readmes() -> list[Path]:
    return [path for path in pages() if path.name.startswith("README")]


def relative_name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """The names by which a page's headings can be linked, as code hosts make them."""
    titles = re.findall(r"^#+ +(.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", pages(), ids=relative_name)
def test_links_lead_somewhere(page: Path):
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)(?: \"[^\"]*\")?\)|(?:src|href)=\"([^\"]+)\"", text)
    broken = []
    for link in (first or second for first, second in links):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


@pytest.mark.parametrize("page", PAGES)
def test_generated_pages_are_fresh(page: str):
    assert (ROOT / page).read_text(encoding="utf-8") == PAGES[page](), "stale: run `make docs`"


@pytest.mark.parametrize("record", sorted((ROOT / "docs/decisions").glob("*.md")), ids=relative_name)
def test_decision_records_have_their_four_parts(record: Path):
    text = record.read_text(encoding="utf-8")
    assert re.match(r"\d{4}-[a-z-]+\.md$", record.name)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS_OF_A_DECISION


@pytest.mark.parametrize("page", readmes(), ids=relative_name)
def test_make_targets_in_readmes_exist(page: Path):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = re.findall(r"(?:^|`)make (?:-s )?([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) <= targets


@pytest.mark.parametrize("page", pages(), ids=relative_name)
def test_commands_in_pages_exist(page: Path):
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`|/)yuelao(?: +-w +\S+| +--json)* +([a-z-]+)", text, re.MULTILINE))
    assert named <= commands()


@cache
def commands() -> set[str]:
    """The names of the command line's commands, as its own help tells them."""
    program = ROOT / ".venv/bin/yuelao"
    told = subprocess.run(
        [program, "--help"], capture_output=True, text=True, check=True, env={"COLUMNS": "200"}
    ).stdout
    return set(re.findall(r"^[│|]? +([a-z-]+)\s{2,}", told, re.MULTILINE))


def test_every_make_target_explains_itself():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == set(re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE))


def test_nothing_tracked_is_of_one_machine():
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a picture, an extract in GB18030
            continue
        found += [f"{relative_name(path)}: {hit[0]}" for hit in OF_ONE_MACHINE.finditer(text)]
    assert not found


def test_changelog_has_a_place_for_what_comes_next():
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
