"""The app in a real browser, at a desk and on a phone."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, Request, Route, expect

from tests.drawing import DIGITS, Photo, Points, canvas, encode
from tests.serving import free_port, served

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
    assert problems == []


@pytest.fixture
def desk(browser: Browser, app_url: str) -> Iterator[Page]:
    yield from opened(browser, app_url, **DESK)


@pytest.fixture
def phone(browser: Browser, app_url: str) -> Iterator[Page]:
    yield from opened(browser, app_url, **PHONE)


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


@pytest.mark.parametrize("digit", [7, 2])
def test_a_digit_drawn_with_the_mouse_is_named(desk: Page, digit: int) -> None:
    draw_with_mouse(desk, digit)
    expect_answer(desk, str(digit))
    expect(desk.get_by_text("% sure")).to_be_visible()


def test_the_pad_says_what_does_not_look_like_a_digit(desk: Page) -> None:
    upright = [[(across, 0.0), (across, 1.0)] for across in (0.25, 0.65)]
    draw_strokes_with_mouse(desk, [*upright, *([(y, x) for x, y in each] for each in upright)])
    expect(desk.get_by_text("Does not look like a digit")).to_be_visible()
    expect_answer(desk, "–")
    shares = desk.locator(".share").all_inner_texts()
    assert sum(float(share.removesuffix(" %")) for share in shares) < 50


@pytest.mark.parametrize("digit", [3, 4])
def test_a_digit_drawn_with_a_finger_on_a_phone_is_named(phone: Page, digit: int) -> None:
    draw_with_finger(phone, digit)
    expect_answer(phone, str(digit))


def test_the_pad_says_when_nothing_is_drawn_yet(desk: Page) -> None:
    expect(desk.get_by_text("Nothing drawn yet")).to_be_visible()
    expect(desk.get_by_role("button", name="Undo")).to_be_disabled()
    expect(desk.get_by_role("button", name="Clear")).to_be_disabled()


def test_undo_takes_strokes_back_and_clear_all_of_them(desk: Page) -> None:
    draw_with_mouse(desk, 7)
    expect_answer(desk, "7")
    desk.get_by_role("button", name="Clear").click()
    expect(desk.get_by_text("Nothing drawn yet")).to_be_visible()
    expect_answer(desk, "")
    desk.get_by_role("button", name="Undo").click()  # what was cleared comes back
    expect_answer(desk, "7")
    desk.get_by_role("button", name="Undo").click()
    expect_answer(desk, "")
    expect(desk.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_tap_paints_a_dot(desk: Page) -> None:
    pad_of(desk).click()
    expect(desk.get_by_text("Does not look like a digit")).to_be_visible()
    painted = pad_of(desk).evaluate(
        "pad => pad.getContext('2d').getImageData(0, 0, pad.width, pad.height).data.some(v => v)"
    )
    assert painted


def test_an_answer_that_comes_after_clear_is_not_shown(desk: Page) -> None:
    answers: list[Route] = []
    desk.route("**/api/v1/digit", lambda route: answers.append(route))  # noqa: PLW0108
    draw_with_mouse(desk, 7)
    desk.get_by_role("button", name="Clear").click()
    desk.get_by_test_id("digit").evaluate(
        "digit => { window.shown = []; new MutationObserver(() => shown.push(digit.textContent))"
        ".observe(digit, { childList: true }); }"
    )
    while answers:
        answers.pop().fulfill(
            json={"digit": 3, "best": 3, "confidence": 1, "verdict": "digit"}
            | {"probabilities": [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]}
        )
        desk.wait_for_timeout(150)
    assert "3" not in desk.evaluate("shown")
    expect(desk.get_by_text("Nothing drawn yet")).to_be_visible()


def test_a_store_that_holds_something_else_gives_an_empty_pad(desk: Page) -> None:
    for junk in ("[[1, 2, 3]]", '{"a": 1}', "null", "no json"):
        desk.evaluate("junk => sessionStorage.setItem('inkread', junk)", junk)
        desk.reload()
        draw_with_mouse(desk, 7)
        expect_answer(desk, "7")


def test_the_keyboard_undoes_and_clears(desk: Page) -> None:
    draw_with_mouse(desk, 7)
    expect_answer(desk, "7")
    pad_of(desk).press("Escape")
    expect_answer(desk, "")
    pad_of(desk).press("Control+z")
    expect_answer(desk, "7")


def test_the_drawing_survives_a_change_of_page_and_a_reload(desk: Page) -> None:
    draw_with_mouse(desk, 2)
    expect_answer(desk, "2")
    desk.get_by_role("link", name="Pictures").click()
    expect(desk.get_by_role("heading", name="Read a picture")).to_be_visible()
    desk.get_by_role("link", name="Draw").click()
    expect_answer(desk, "2")
    desk.reload()
    expect_answer(desk, "2")


def test_the_plain_pad_reads_too(desk: Page, app_url: str) -> None:
    desk.goto(f"{app_url}/pad")
    draw_with_mouse(desk, 7)
    expect_answer(desk, "7")


def test_a_pad_that_cannot_reach_the_reader_says_so(browser: Browser, app_url: str) -> None:
    page = browser.new_context(**DESK).new_page()
    page.goto(f"{app_url}/pad/")
    page.route("**/api/v1/digit", lambda route: route.abort())
    draw_with_mouse(page, 7)
    expect(page.get_by_text("The reader cannot be reached")).to_be_visible()
    page.unroute("**/api/v1/digit")
    draw_with_mouse(page, 7)
    expect_answer(page, "7")
    page.context.close()


def test_live_answers_ask_one_at_a_time_and_not_too_often(desk: Page) -> None:
    open_requests, most_open, sent = 0, 0, 0

    def start(request: Request) -> None:
        nonlocal open_requests, most_open, sent
        if request.url.endswith("/digit"):
            open_requests, sent = open_requests + 1, sent + 1
            most_open = max(most_open, open_requests)

    def end(request: Request) -> None:
        nonlocal open_requests
        open_requests -= request.url.endswith("/digit")

    desk.on("request", start)
    desk.on("requestfinished", end)
    (first, *_), *_ = places(desk, DIGITS[7])
    desk.mouse.move(*first)
    desk.mouse.down()
    started = time.monotonic()
    for step in range(150):
        desk.mouse.move(first[0] + step, first[1])
    passed_s = time.monotonic() - started
    desk.mouse.up()
    desk.wait_for_timeout(300)
    assert most_open == 1
    assert 1 <= sent <= passed_s / 0.06 + 3


def upload(page: Page, content: bytes, name: str = "photo.jpg") -> None:
    page.get_by_role("link", name="Pictures").click()
    expect(page.get_by_role("heading", name="Read a picture")).to_be_visible()
    file: FilePayload = {"name": name, "mimeType": "image/jpeg", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)


def test_an_uploaded_photo_on_ruled_paper_in_shadow_is_read(desk: Page) -> None:
    photo = Photo(rules=7, tilt=1, shadow=0.4, grain=5).take(4)
    upload(desk, encode(photo, "jpeg", quality=85))
    prediction = desk.get_by_test_id("stMetric").filter(has_text="Prediction")
    expect(prediction.get_by_test_id("stMetricValue")).to_have_text("4")
    confidence = desk.get_by_test_id("stMetric").filter(has_text="Confidence")
    expect(confidence.get_by_test_id("stMetricValue")).to_contain_text("%")
    expect(desk.get_by_text("Your picture")).to_be_visible()
    expect(desk.get_by_text("What the model saw: 28×28")).to_be_visible()
    expect(desk.get_by_test_id("stVegaLiteChart")).to_be_visible()


def test_an_upload_without_ink_says_so(desk: Page) -> None:
    upload(desk, encode(canvas(None)), "empty.png")
    expect(desk.get_by_text("There is no ink in this picture.")).to_be_visible()


def test_an_upload_that_is_no_picture_is_refused_plainly(desk: Page) -> None:
    upload(desk, b"just text", "text.png")
    expect(desk.get_by_text("needs a picture, got a text file")).to_be_visible()
    expect(desk.get_by_test_id("stException")).to_have_count(0)


def test_the_docs_page_needs_no_other_host(desk: Page, app_url: str) -> None:
    desk.goto(f"{app_url}/api/docs")
    expect(desk.get_by_text("/v1/digit")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_strokes_stand_out_from_the_paper_in_light_and_dark(
    browser: Browser, app_url: str, scheme: str
) -> None:
    for page in opened(browser, app_url, color_scheme=scheme, **DESK):
        draw_with_mouse(page, 7)
        ink = pad_of(page).evaluate("pad => getComputedStyle(pad).color")
        paper = pad_of(page).evaluate("pad => getComputedStyle(pad).backgroundColor")
        assert (brightness(ink) < brightness(paper)) == (scheme == "light")


def brightness(colour: str) -> float:
    numbers = colour[colour.index("(") + 1 : -1].split(",")
    return sum(float(number) for number in numbers[:3])


def test_nothing_of_a_drawing_or_a_photo_is_written(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    port = free_port()
    command = [sys.executable, "-m", "inkread", "app", "--port", str(port)]
    with served(command, f"http://127.0.0.1:{port}", tmp_path) as url:
        for page in opened(browser, url, **DESK):
            draw_with_mouse(page, 7)
            expect_answer(page, "7")
            upload(page, encode(Photo().take(4), "jpeg"))
            expect(page.get_by_text("Your picture")).to_be_visible()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
