"""What all tests share: the data folder, a reader, the served app, a real browser."""

import os
import shutil
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, sync_playwright

from inkread import Reader
from tests.serving import free_port, served

ROOT = Path(__file__).parents[1]
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="count every skipped test as failed")


def pytest_configure() -> None:
    """Make the data folder absolute: some tests start programs in other folders."""
    if folder := os.environ.get("INKREAD_DATA"):
        os.environ["INKREAD_DATA"] = str(Path(folder).absolute())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and item.config.getoption("--no-skips"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and --no-skips was given: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder with the real data; tests that need it are skipped elsewhere."""
    folder = os.environ.get("INKREAD_DATA")
    if not folder:
        pytest.skip("INKREAD_DATA names no folder with the real data")
    return Path(folder)


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader()


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """The address of a served app, started as a person starts it."""
    port = free_port()
    command = [sys.executable, "-m", "inkread", "app", "--port", str(port)]
    with served(command, f"http://127.0.0.1:{port}") as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium: the system's, or else Playwright's own."""
    with launched() as chromium:
        yield chromium


@pytest.fixture
def browser_with_camera(browser: Browser) -> Iterator[Browser]:
    """A Chromium before whose camera a test picture moves."""
    fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with launched(browser.browser_type, fake) as chromium:
        yield chromium


@contextmanager
def launched(kind: BrowserType | None = None, more: Sequence[str] = ()) -> Iterator[Browser]:
    """Run a Chromium until the block ends; of a kind that runs already, or its own."""
    if kind is None:
        with sync_playwright() as playwright, launched(playwright.chromium) as chromium:
            yield chromium
        return
    system = shutil.which("chromium") or shutil.which("chromium-browser")
    system = system or shutil.which("google-chrome")
    if system is None and not Path(kind.executable_path).exists():
        pytest.skip("no Chromium: install Debian's chromium, or run playwright install chromium")
    chromium = kind.launch(executable_path=system, args=[*CHROMIUM_ARGUMENTS, *more])
    yield chromium
    chromium.close()
