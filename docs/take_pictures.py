"""Takes the README's picture from the real app, in a real Chromium: `make pictures`."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browsing import draw_with_mouse, expect_answer
from tests.conftest import CHROMIUM_ARGUMENTS
from tests.serving import free_port, served

HERE = Path(__file__).parent


def main() -> None:
    """Draw a 2 in the app and photograph the page."""
    port = free_port()
    command = [sys.executable, "-m", "inkread", "app", "--port", str(port)]
    with served(command, f"http://127.0.0.1:{port}") as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM_ARGUMENTS
        )
        page = browser.new_page(viewport={"width": 960, "height": 760})
        page.goto(url)
        draw_with_mouse(page, 2)
        expect_answer(page, "2")
        page.wait_for_timeout(300)
        page.screenshot(path=HERE / "app.png")
        browser.close()


if __name__ == "__main__":
    main()
