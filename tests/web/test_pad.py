"""The drawing pad in a real browser: every tool, and what it says."""

import json
import re
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.browsing import (
    DESK,
    draw_strokes_with_mouse,
    draw_with_finger,
    draw_with_mouse,
    expect_answer,
    opened,
    pad_of,
    places,
)
from tests.drawing import DIGITS


@pytest.mark.parametrize("digit", [7, 2])
def test_a_digit_drawn_with_the_mouse_is_named(desk: Page, digit: int) -> None:
    draw_with_mouse(desk, digit)
    expect_answer(desk, str(digit))
    expect(desk.get_by_text(re.compile(r"^(Very s|S|Fairly s)ure: [\d.]+ %$"))).to_be_visible()


def test_the_pad_says_what_does_not_look_like_a_digit(visitor: Page) -> None:
    upright = [[(across, 0.0), (across, 1.0)] for across in (0.25, 0.65)]
    draw_strokes_with_mouse(visitor, [*upright, *([(y, x) for x, y in each] for each in upright)])
    expect(visitor.get_by_text("Does not look like a digit")).to_be_visible()
    expect_answer(visitor, "–")
    small = re.compile(r"^0(\.\d)? %$")  # once the last stroke is answered, too
    expect(visitor.locator(".share")).to_have_text([small] * 10)


@pytest.mark.parametrize("digit", [3, 4])
def test_a_digit_drawn_with_a_finger_on_a_phone_is_named(phone: Page, digit: int) -> None:
    draw_with_finger(phone, digit)
    expect_answer(phone, str(digit))


def test_the_pad_says_when_nothing_is_drawn_yet(desk: Page) -> None:
    expect(desk.get_by_text("Nothing drawn yet")).to_be_visible()
    expect(desk.get_by_role("button", name="Undo")).to_be_disabled()
    expect(desk.get_by_role("button", name="Clear")).to_be_disabled()


def test_undo_takes_strokes_back_and_clear_all_of_them(visitor: Page) -> None:
    draw_with_mouse(visitor, 7)
    expect_answer(visitor, "7")
    visitor.get_by_role("button", name="Clear").click()
    expect(visitor.get_by_text("Nothing drawn yet")).to_be_visible()
    expect_answer(visitor, "")
    visitor.get_by_role("button", name="Undo").click()  # what was cleared comes back
    expect_answer(visitor, "7")
    visitor.get_by_role("button", name="Undo").click()
    expect_answer(visitor, "")
    expect(visitor.get_by_role("button", name="Undo")).to_be_disabled()


TOUCH = """
(pad, [kind, pointerType, pointerId, x, y]) => {
  const box = pad.getBoundingClientRect();
  const place = { clientX: box.left + x * box.width, clientY: box.top + y * box.height };
  pad.setPointerCapture = () => {};  // of pointers that a script made up there is no capture
  pad.dispatchEvent(new PointerEvent(kind, { pointerType, pointerId, ...place, bubbles: true }));
}
"""


def test_a_palm_leaves_no_ink(desk: Page) -> None:
    pad = pad_of(desk)
    for kind, x in (("pointerdown", 0.5), ("pointermove", 0.6), ("pointercancel", 0.6)):
        pad.evaluate(TOUCH, [kind, "touch", 7, x, 0.5])
    expect(desk.get_by_text("Nothing drawn yet")).to_be_visible()
    expect(desk.get_by_role("button", name="Undo")).to_be_disabled()
    pad.evaluate(TOUCH, ["pointerdown", "touch", 8, 0.9, 0.9])  # a palm that rests
    for kind, y in (("pointerdown", 0.2), ("pointermove", 0.8), ("pointerup", 0.8)):
        pad.evaluate(TOUCH, [kind, "pen", 9, 0.5, y])
    expect_answer(desk, "1")


def test_a_tap_paints_a_dot(desk: Page) -> None:
    pad_of(desk).click()
    expect(desk.get_by_text("Does not look like a digit")).to_be_visible()
    painted = pad_of(desk).evaluate(
        "pad => pad.getContext('2d').getImageData(0, 0, pad.width, pad.height).data.some(v => v)"
    )
    assert painted


def test_an_answer_that_comes_after_clear_is_not_shown(desk: Page) -> None:
    answers: list[Route] = []
    desk.route("**/api/v1/read*", lambda route: answers.append(route))  # noqa: PLW0108
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


def test_the_plain_pad_reads_too(desk: Page, app_url: str) -> None:
    desk.goto(f"{app_url}/pad")
    draw_with_mouse(desk, 7)
    expect_answer(desk, "7")


def test_a_pad_that_cannot_reach_the_reader_says_so(browser: Browser, app_url: str) -> None:
    page = browser.new_context(**DESK).new_page()
    page.goto(f"{app_url}/pad/")
    page.route("**/api/v1/read*", lambda route: route.abort())
    draw_with_mouse(page, 7)
    expect(page.get_by_text("The reader cannot be reached")).to_be_visible()
    page.unroute("**/api/v1/read*")
    draw_with_mouse(page, 7)
    expect_answer(page, "7")
    page.context.close()


def test_live_answers_ask_one_at_a_time_and_not_too_often(desk: Page) -> None:
    open_requests, most_open, sent = 0, 0, 0

    def start(request: Request) -> None:
        nonlocal open_requests, most_open, sent
        if "/read?" in request.url:
            open_requests, sent = open_requests + 1, sent + 1
            most_open = max(most_open, open_requests)

    def end(request: Request) -> None:
        nonlocal open_requests
        open_requests -= "/read?" in request.url

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


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def paper_of(page: Page) -> str:
    """Return the colour of the pad's paper."""
    colour: str = pad_of(page).evaluate("pad => getComputedStyle(pad).backgroundColor")
    return colour


def amount_of_ink(page: Page) -> int:
    """Return how many pixels of the pad are painted."""
    painted: int = pad_of(page).evaluate(
        "pad => pad.getContext('2d').getImageData(0, 0, pad.width, pad.height)"
        ".data.filter((value, at) => at % 4 === 3 && value > 128).length"
    )
    return painted


def test_redo_brings_back_what_was_undone(visitor: Page) -> None:
    draw_with_mouse(visitor, 7)
    press(visitor, "Undo")
    expect_answer(visitor, "")
    press(visitor, "Redo")
    expect_answer(visitor, "7")
    expect(visitor.get_by_role("button", name="Redo")).to_be_disabled()
    for keys, answer in (("Control+z", ""), ("Control+Shift+z", "7"), ("Control+z", "")):
        pad_of(visitor).press(keys)
        expect_answer(visitor, answer)
    pad_of(visitor).press("Control+y")
    expect_answer(visitor, "7")


def test_the_eraser_takes_ink_away(visitor: Page) -> None:
    draw_with_mouse(visitor, 7)
    expect_answer(visitor, "7")
    before = amount_of_ink(visitor)
    press(visitor, "Eraser")
    expect(visitor.get_by_role("button", name="Eraser")).to_have_attribute("aria-pressed", "true")
    draw_strokes_with_mouse(visitor, [DIGITS[7][0][:2]])  # the roof
    assert amount_of_ink(visitor) < 0.75 * before
    expect_answer(visitor, "1")
    press(visitor, "Undo")
    expect_answer(visitor, "7")


def test_the_width_of_the_pen_can_be_chosen_and_lasts(visitor: Page) -> None:
    draw_with_mouse(visitor, 7)
    thin = amount_of_ink(visitor)
    press(visitor, "Clear")
    visitor.get_by_label("Width").fill("40")
    draw_with_mouse(visitor, 7)
    assert amount_of_ink(visitor) > 1.6 * thin
    visitor.reload()
    expect(visitor.get_by_label("Width")).to_have_value("40")
    expect_answer(visitor, "7")


def test_a_pen_that_presses_harder_draws_wider(desk: Page) -> None:
    touch = desk.context.new_cdp_session(desk)

    def draw(force: float) -> int:
        (first, *rest) = places(desk, [[(0.2, 0.0), (0.2, 1.0)]])[0]
        for kind, (x, y), button in (
            ("mousePressed", first, "left"),
            *(("mouseMoved", point, "left") for point in rest),
            ("mouseReleased", rest[-1], "left"),
        ):
            touch.send(
                "Input.dispatchMouseEvent",
                {"type": kind, "x": x, "y": y, "button": button, "buttons": 1, "clickCount": 1}
                | {"pointerType": "pen", "force": force},
            )
        inked = amount_of_ink(desk)
        press(desk, "Clear")
        return inked

    assert draw(1.0) > 1.5 * draw(0.2)


def test_the_other_end_of_a_pen_erases(desk: Page) -> None:
    draw_with_mouse(desk, 7)
    inked = amount_of_ink(desk)
    x, y = places(desk, [[(0.5, 0.5)]])[0][0]
    pad_of(desk).evaluate(
        """(pad, [x, y]) => {
          pad.setPointerCapture = () => {}; // which no pointer but a real one can be given
          const pen = { pointerId: 7, pointerType: "pen", pressure: 1, clientY: y };
          const tell = (kind, dx, how) =>
            pad.dispatchEvent(new PointerEvent(kind, { ...pen, clientX: x + dx, ...how }));
          tell("pointerdown", -150, { button: 5, buttons: 32 });
          const moving = { button: -1, buttons: 32 };
          for (let dx = -150; dx <= 150; dx += 10) tell("pointermove", dx, moving);
          tell("pointerup", 150, { button: 5, buttons: 0 });
        }""",
        [x, y],
    )
    assert amount_of_ink(desk) < inked


def test_an_answer_that_was_asked_for_is_of_the_drawing_there_is(visitor: Page) -> None:
    visitor.get_by_text("Colours, saving").click()
    visitor.get_by_label("Answer while I draw").uncheck()
    draw_with_mouse(visitor, 7)
    waiting: list[Route] = []
    visitor.route("**/api/v1/read*", lambda route: waiting.append(route))  # noqa: PLW0108
    press(visitor, "Predict")
    press(visitor, "Clear")
    (asked,) = waiting
    asked.continue_()
    visitor.wait_for_timeout(500)
    expect(visitor.get_by_text("Nothing drawn yet")).to_be_visible()
    expect(visitor.get_by_test_id("digit")).not_to_contain_text("7")


def test_with_live_answers_off_it_reads_when_asked(visitor: Page) -> None:
    visitor.get_by_text("Colours, saving").click()
    visitor.get_by_label("Answer while I draw").uncheck()
    sent: list[str] = []
    visitor.on("request", lambda request: sent.append(request.url))
    draw_with_mouse(visitor, 7)
    visitor.wait_for_timeout(300)
    assert not [url for url in sent if "/read?" in url]
    press(visitor, "Predict")
    expect_answer(visitor, "7")
    press(visitor, "Clear")
    expect_answer(visitor, "")
    visitor.get_by_label("Answer while I draw").check()
    expect(visitor.get_by_role("button", name="Predict")).to_be_hidden()
    draw_with_mouse(visitor, 7)
    expect_answer(visitor, "7")


def test_ink_and_paper_have_the_colours_that_one_likes(visitor: Page) -> None:
    visitor.get_by_text("Colours, saving").click()
    before = paper_of(visitor)
    visitor.get_by_label("Ink", exact=True).fill("#ff0000")
    visitor.get_by_label("Paper", exact=True).fill("#00ff00")
    draw_with_mouse(visitor, 7)
    expect_answer(visitor, "7")  # what is read is black on white all the same
    assert (
        pad_of(visitor).evaluate("pad => getComputedStyle(pad).backgroundColor") == "rgb(0, 255, 0)"
    )
    press(visitor, "Colours of the theme")
    assert paper_of(visitor) == before


def test_the_drawing_and_the_reading_can_be_saved(visitor: Page, tmp_path: Path) -> None:
    draw_with_mouse(visitor, 7)
    expect_answer(visitor, "7")
    visitor.get_by_text("Colours, saving").click()
    with visitor.expect_download() as download:
        press(visitor, "Save drawing")
    assert download.value.suggested_filename == "drawing.png"
    download.value.save_as(tmp_path / "drawing.png")
    drawing = cv2.imread(str(tmp_path / "drawing.png"), cv2.IMREAD_GRAYSCALE)
    assert drawing is not None
    assert drawing.shape == (1120, 1120)
    assert 0.02 < np.mean(drawing < 128) < 0.2
    with visitor.expect_download() as download:
        press(visitor, "Save reading")
    download.value.save_as(tmp_path / "reading.json")
    reading = json.loads((tmp_path / "reading.json").read_text(encoding="utf-8"))
    assert list(reading) == ["digit", "best", "confidence", "verdict", "probabilities"]
    assert reading["digit"] == 7


def test_the_next_likely_digits_are_named_and_the_ink_is_shown(visitor: Page) -> None:
    draw_with_mouse(visitor, 4)
    expect_answer(visitor, "4")
    expect(
        visitor.get_by_text(re.compile(r"^Then \d \([\d.]+ %\) and \d \([\d.]+ %\)$"))
    ).to_be_visible()
    ink = visitor.get_by_role("img", name="The 28×28 ink that the model saw")
    expect(ink).to_be_visible()

    def colours() -> np.ndarray:
        read = "ink => [...ink.getContext('2d').getImageData(0, 0, 28, 28).data]"
        return np.array(visitor.locator("figure canvas").evaluate(read)).reshape(28, 28, 4)

    grey = colours()
    assert np.array_equal(grey[..., 0], grey[..., 2])
    press(visitor, "What decided?")
    expect(
        visitor.get_by_text("The stronger the colour, the more the 4 hangs on it.")
    ).to_be_visible()
    coloured = colours()
    assert np.any(coloured[..., 0] > coloured[..., 2] + 60)
    press(visitor, "What decided?")
    expect(visitor.get_by_text("What the model saw: 28×28")).to_be_visible()


def test_a_digit_of_three_seconds_asks_at_most_twelve_times(desk: Page) -> None:
    sent: list[str] = []
    desk.on("request", lambda request: sent.append(request.url))
    for points in places(desk, DIGITS[5] + DIGITS[4][:1]):
        desk.mouse.move(*points[0])
        desk.mouse.down()
        for x, y in points[1:]:
            desk.mouse.move(x, y, steps=3)
            desk.wait_for_timeout(1500 / len(points))
        desk.mouse.up()
    desk.wait_for_timeout(200)
    assert 3 <= len([url for url in sent if "/read?" in url]) <= 12
