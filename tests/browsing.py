"""A real browser on the app: opened at a desk or on a phone, with a hand that draws."""

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from tests.drawing import DIGITS, Points

DESK: dict[str, Any] = {"viewport": {"width": 1200, "height": 850}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 3,
    "is_mobile": True,
    "has_touch": True,
}


def opened(browser: Browser, url: str, **options: Any) -> Iterator[Page]:
    """Open a page; at its end nothing may have failed or gone to another host."""
    context = browser.new_context(**options)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((url, "data:", "blob:"))
            else problems.append(request.url)
        ),
    )
    page.goto(url)
    yield page
    context.close()
    assert problems == [], problems


def pad_of(page: Page) -> Locator:
    return page.get_by_role("img", name="Drawing pad")


def places(page: Page, strokes: list[Points], height: float = 0.6) -> list[Points]:
    """Return strokes of one unit's height as points of the page, in the pad's middle."""
    pad = pad_of(page)
    pad.click(trial=True)  # waits until it stands still
    box = pad.bounding_box()
    assert box is not None
    side = box["width"]
    left, top = box["x"] + 0.3 * side, box["y"] + 0.2 * side
    scale = height * side
    return [[(left + x * scale, top + y * scale) for x, y in stroke] for stroke in strokes]


def draw_with_mouse(page: Page, digit: int) -> None:
    draw_strokes_with_mouse(page, DIGITS[digit])


def draw_number_with_mouse(page: Page, number: str) -> None:
    """Draw a number of a few digits, each half as high as a digit alone."""
    strokes = [
        [(0.5 * x - 0.3 + 0.45 * place, 0.5 * y + 0.2) for x, y in stroke]
        for place, digit in enumerate(number)
        for stroke in DIGITS[int(digit)]
    ]
    draw_strokes_with_mouse(page, strokes)


def draw_strokes_with_mouse(page: Page, strokes: list[Points]) -> None:
    for first, *rest in places(page, strokes):
        page.mouse.move(*first)
        page.mouse.down()
        for x, y in rest:
            page.mouse.move(x, y, steps=4)
        page.mouse.up()


def draw_with_finger(page: Page, digit: int) -> None:
    touch = page.context.new_cdp_session(page)
    for stroke in places(page, DIGITS[digit]):
        for number, (x, y) in enumerate(stroke):
            kind = "touchMove" if number else "touchStart"
            touch.send(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]}
            )
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def expect_answer(page: Page, answer: str) -> None:
    expect(page.get_by_test_id("digit")).to_have_text(answer)


def go_to(page: Page, name: str) -> None:
    """Follow the link to a page of the app."""
    if on_phone(page):  # where the links are in the sidebar
        open_sidebar(page)
    page.get_by_role("link", name=name, exact=True).click()
    headings = {"Draw": "Draw a number", "Pictures": "Read pictures"}
    expect(page.get_by_role("heading", name=headings.get(name, name), exact=True)).to_be_visible()
    close_sidebar(page)


def on_phone(page: Page) -> bool:
    """Tell whether the page is so narrow that the sidebar covers it."""
    return page.viewport_size is not None and page.viewport_size["width"] < 700


def open_sidebar(page: Page) -> None:
    _sidebar_button(page).wait_for()
    if page.get_by_test_id("stExpandSidebarButton").is_visible():
        page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_role("button", name="Collapse sidebar")).to_be_in_viewport()


def close_sidebar(page: Page) -> None:
    """Close it where it covers the page."""
    if on_phone(page):
        _sidebar_button(page).wait_for()
        if page.get_by_role("button", name="Collapse sidebar").is_visible():
            page.get_by_role("button", name="Collapse sidebar").click()
        expect(page.get_by_test_id("stExpandSidebarButton")).to_be_in_viewport()


def _sidebar_button(page: Page) -> Locator:
    """Return the button that opens or closes it, whichever is there."""
    opens = page.get_by_test_id("stExpandSidebarButton")
    return opens.or_(page.get_by_role("button", name="Collapse sidebar")).first


def hand_in(page: Page, pictures: list[tuple[str, bytes]]) -> None:
    """Upload pictures on their page."""
    go_to(page, "Pictures")
    files = [upload_of(name, content) for name, content in pictures]
    page.locator("input[type=file]").first.set_input_files(files)


def upload_of(name: str, content: bytes) -> FilePayload:
    """Return a picture as the browser uploads it."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def set_slider(page: Page, name: str, key: str) -> None:
    """Move a slider by a key: Home, End, ArrowLeft, ArrowRight."""
    slider = page.get_by_role("slider", name=name)
    slider.focus()
    slider.press(key)


def choose(page: Page, name: str, option: str) -> None:
    """Choose from a list; in the middle of the window, where it has room to open."""
    chooser = page.get_by_role("combobox", name=name, exact=True)
    chooser.evaluate("each => each.scrollIntoView({ block: 'center' })")
    chooser.click()
    page.get_by_role("option", name=option).click()


def choose_page_kind(page: Page, kind: str) -> None:
    """Say what the pictures show."""
    page.get_by_role("radio", name=kind, exact=True).or_(
        page.get_by_role("button", name=kind, exact=True)
    ).first.click()
