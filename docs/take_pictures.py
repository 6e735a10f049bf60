"""Takes the README's pictures from the real app, in a real Chromium: `make pictures`."""

import sys
from pathlib import Path

from playwright.sync_api import Page

from tests.browsing import draw_number_with_mouse, expect_answer, go_to
from tests.conftest import launched
from tests.serving import free_port, served

HERE = Path(__file__).parent


def main() -> None:
    """Draw a number in the app, read a sample, and photograph both pages."""
    port = free_port()
    command = [sys.executable, "-m", "inkread", "app", "--port", str(port)]
    with served(command, f"http://127.0.0.1:{port}") as url, launched() as browser:
        page = browser.new_page(viewport={"width": 1080, "height": 780})
        page.goto(url)
        draw_number_with_mouse(page, "472")
        expect_answer(page, "472")
        photograph(page, "app.png")
        go_to(page, "Pictures")
        page.get_by_role("button", name="A bill").click()
        page.locator(".sheet").get_by_role("button", name="number 2").first.click()
        page.set_viewport_size({"width": 1080, "height": 960})
        page.get_by_text("numbers.jpg").evaluate("name => name.scrollIntoView()")
        page.mouse.wheel(0, -80)  # from under the links
        photograph(page, "pictures.png")


def photograph(page: Page, name: str) -> None:
    """Write what the page shows, once it stands still."""
    page.mouse.move(5, 300)
    page.wait_for_timeout(700)
    page.screenshot(path=HERE / name)


if __name__ == "__main__":
    main()
