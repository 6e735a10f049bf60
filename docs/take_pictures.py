"""Takes the README's pictures from the real app, in a real Chromium: `make pictures`."""

import sys
from pathlib import Path

from playwright.sync_api import Page

from tests.browsing import draw_with_mouse, expect_answer, go_to
from tests.conftest import launched
from tests.serving import free_port, served

HERE = Path(__file__).parent


def main() -> None:
    """Draw a 2 in the app, read a sample, and photograph both pages."""
    port = free_port()
    command = [sys.executable, "-m", "inkread", "app", "--port", str(port)]
    with served(command, f"http://127.0.0.1:{port}") as url, launched() as browser:
        page = browser.new_page(viewport={"width": 1080, "height": 780})
        page.goto(url)
        draw_with_mouse(page, 2)
        expect_answer(page, "2")
        photograph(page, "app.png")
        go_to(page, "Pictures")
        page.get_by_role("button", name="Ruled, in shadow").click()
        expect_answer(page, "7")
        photograph(page, "pictures.png")


def photograph(page: Page, name: str) -> None:
    """Write what the page shows, once it stands still."""
    page.mouse.move(5, 300)
    page.wait_for_timeout(700)
    page.screenshot(path=HERE / name)


if __name__ == "__main__":
    main()
