"""Every page, read by axe-core: nothing that keeps people out."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browsing import DESK, PHONE, draw_with_mouse, expect_answer, go_to, hand_in, opened
from tests.drawing import canvas, encode, written


def problems(page: Page) -> list[str]:
    """Return what axe-core finds serious or critical, with the element."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['html'][:200]}"
        for each in found
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("name", ["Draw", "Pictures", "Models", "How it works"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", [DESK, PHONE], ids=["desk", "phone"])
def test_no_page_keeps_people_out(
    browser: Browser, app_url: str, name: str, scheme: str, device: dict[str, object]
) -> None:
    for page in opened(browser, app_url, color_scheme=scheme, **device):
        draw_with_mouse(page, 7)
        expect_answer(page, "7")
        if name == "Pictures":
            hand_in(page, [(f"{digit}.png", encode(canvas(digit))) for digit in (1, 2)])
            page.get_by_text("2 pictures").wait_for()
        elif name != "Draw":
            go_to(page, name)
        page.wait_for_timeout(1000)
        assert problems(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", [DESK, PHONE], ids=["desk", "phone"])
def test_numbers_keep_nobody_out(
    browser: Browser, app_url: str, scheme: str, device: dict[str, object]
) -> None:
    for page in opened(browser, app_url, color_scheme=scheme, **device):
        hand_in(page, [("page.png", encode(written(["27", "386"], (300, 420))[0]))])
        page.locator(".sheet").get_by_role("button", name="number 1").first.click()
        page.get_by_role("group", name="What it is").get_by_role("button", name="5").click()
        page.wait_for_timeout(1000)
        assert problems(page) == []


def test_the_pad_alone_keeps_nobody_out(browser: Browser, app_url: str) -> None:
    for page in opened(browser, app_url, **DESK):
        page.goto(f"{app_url}/pad/")
        draw_with_mouse(page, 7)
        expect_answer(page, "7")
        page.get_by_text("Colours, saving").click()
        assert problems(page) == []
