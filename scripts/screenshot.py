r"""Pictures of the screens, taken from the running application with a real browser.

    python scripts/screenshot.py WORKSPACE --sign-in agent:PASSWORD --page desk=/desk --press n \
        --at 2026-11-23T10:00 --out docs/pictures

Takes each page in both languages at 1366 × 768 and 390 × 844: NAME-zh-wide.png, NAME-en-narrow.png and so on.
"""

import argparse
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from yuelao.common.clock import Clock, FixedClock, system_clock
from yuelao.common.language import LANGUAGES
from yuelao.common.settings import Workspace, open_workspace
from yuelao.main import create_app

SIZES = {"wide": (1366, 768), "narrow": (390, 844)}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_START_SECONDS = 15


@contextmanager
def serving(workspace: Workspace, clock: Clock = system_clock) -> Iterator[str]:
    """The application on a free port of this machine; gives its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(workspace, clock), log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until = time.monotonic() + _START_SECONDS
    while not server.started and thread.is_alive() and time.monotonic() < until:
        time.sleep(0.02)
    if not server.started:
        raise SystemExit("The application did not start")
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def sign_in(page: Page, address: str, name: str, password: str) -> None:
    """Sign in as a person does."""
    page.goto(f"{address}/sign-in")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))


def choose_language(page: Page, code: str) -> None:
    """Press the language's button, unless it is the one in use."""
    button = page.locator(f'.languages button[value="{code}"]:not([aria-current])')
    if button.count():
        button.click()
        page.wait_for_load_state("load")


def take(browser: Browser, address: str, options: argparse.Namespace) -> Iterator[Path]:
    """Every page in every language and size."""
    name, _, password = options.sign_in.partition(":")
    for size, (width, height) in SIZES.items():
        page = browser.new_page(viewport={"width": width, "height": height}, timezone_id="Asia/Shanghai")
        if name:
            sign_in(page, address, name, password)
        for language in LANGUAGES:
            for wanted in options.page:
                title, _, path = wanted.partition("=")
                page.goto(address + path)
                choose_language(page, language)
                page.goto(address + path)
                for key in options.press:
                    page.keyboard.press(key)
                    page.wait_for_load_state("networkidle")
                file = options.out / f"{title}-{language}-{size}.png"
                page.screenshot(path=file, full_page=size == "narrow")
                yield file
        page.close()


def main() -> None:
    """Read the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--sign-in", default="", metavar="NAME:PASSWORD")
    parser.add_argument("--page", action="append", required=True, metavar="NAME=/PATH")
    parser.add_argument(
        "--press", action="append", default=[], metavar="KEY", help="pressed on each page before the shot"
    )
    parser.add_argument("--at", type=datetime.fromisoformat, metavar="TIME", help="the time of day the screens believe")
    parser.add_argument("--out", type=Path, default=Path("pictures"))
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("A browser is needed: apt-get install chromium fonts-noto-cjk")
    options.out.mkdir(parents=True, exist_ok=True)
    workspace = open_workspace(options.workspace)
    clock = FixedClock(options.at.replace(tzinfo=workspace.timezone)) if options.at else system_clock
    with serving(workspace, clock) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for file in take(browser, address, options):
            print(file)
        browser.close()


if __name__ == "__main__":
    main()
