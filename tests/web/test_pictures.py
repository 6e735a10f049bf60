"""The page for pictures in a real browser: every way to hand them in, and what is shown."""

import csv
import io
import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from inkread.web.samples import SAMPLES
from tests.browsing import DESK, PHONE, expect_answer, go_to, hand_in, opened, upload_of
from tests.drawing import Photo, canvas, encode

PICTURES = [(f"{digit}.png", encode(canvas(digit))) for digit in (3, 7, 8)]
PASTE = """
(bytes) => {
  const file = new File([new Uint8Array(bytes)], "shot.png", { type: "image/png" });
  const clipboardData = new DataTransfer();
  clipboardData.items.add(file);
  document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
}
"""


def test_an_uploaded_photo_on_ruled_paper_in_shadow_is_read(visitor: Page) -> None:
    photo = Photo(rules=7, tilt=1, shadow=0.4, grain=5).take(4)
    hand_in(visitor, [("photo.jpg", encode(photo, "jpeg", quality=85))])
    expect_answer(visitor, "4")
    expect(visitor.get_by_text("What the model saw: 28×28")).to_be_visible()
    expect(visitor.get_by_text("photo.jpg").last).to_be_visible()
    expect(visitor.locator(".share")).to_have_count(10)
    visitor.get_by_role("button", name="What decided?").click()
    expect(
        visitor.get_by_text("The stronger the colour, the more the 4 hangs on it.")
    ).to_be_visible()


def test_an_upload_without_ink_says_so(visitor: Page) -> None:
    hand_in(visitor, [("empty.png", encode(canvas(None)))])
    expect(visitor.get_by_text("Too little ink to read")).to_be_visible()
    expect_answer(visitor, "")


def test_an_upload_that_is_no_picture_is_refused_plainly(visitor: Page) -> None:
    hand_in(visitor, [("text.png", b"just text")])
    expect(visitor.get_by_text("text.png: needs a picture, got a text file")).to_be_visible()
    expect(visitor.get_by_test_id("stException")).to_have_count(0)


def test_several_are_a_table_that_can_be_saved(visitor: Page) -> None:
    hand_in(visitor, [*PICTURES, ("text.png", b"just text")])
    expect(visitor.get_by_text("4 pictures, the most doubtful first.")).to_be_visible()
    with visitor.expect_download() as download:
        visitor.get_by_role("button", name="Save as CSV").click()
    table = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8"))))
    assert table[0]["problem"] == "needs a picture, got a text file"
    assert {(row["name"], row["text"]) for row in table[1:]} == {
        ("3.png", "3"),
        ("7.png", "7"),
        ("8.png", "8"),
    }
    confidences = [float(row["confidence"]) for row in table[1:]]
    assert confidences == sorted(confidences)
    with visitor.expect_download() as download:
        visitor.get_by_role("button", name="Save as JSON").click()
    readings = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert [each["name"] for each in readings] == [row["name"] for row in table]
    assert len(readings[1]["probabilities"]) == 10


def test_a_digit_that_is_misread_can_be_mended(visitor: Page) -> None:
    hand_in(visitor, PICTURES)
    expect(visitor.get_by_text("3 pictures, the most doubtful first.")).to_be_visible()
    app = visitor.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")  # all are in their places
    visitor.get_by_role("radio", name="1", exact=True).first.click()
    expect(visitor.get_by_test_id("stCode").first).to_contain_text("1")
    # What is saved is offered anew last; what was offered before is gone by then.
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    with visitor.expect_download() as download:
        visitor.get_by_role("button", name="Save as CSV").click()
    table = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8"))))
    (mended,) = [row for row in table if row["verdict"] == "mended"]
    assert mended["text"] == "1"
    assert mended["name"] == f"{mended['read']}.png"
    assert len(table) == len(PICTURES)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("Ruled, in shadow", "7"),
        ("Squared paper", "1"),
        ("Chalk", "5"),
        ("Small, in a corner", "3"),
        ("A letter", "–"),
    ],
)
def test_a_sample_is_read_with_one_click(visitor: Page, name: str, answer: str) -> None:
    assert name in SAMPLES
    go_to(visitor, "Pictures")
    visitor.get_by_role("button", name=name).click()
    expect_answer(visitor, answer)


def test_a_picture_that_is_pasted_joins_the_others(visitor: Page) -> None:
    go_to(visitor, "Pictures")
    expect(visitor.get_by_role("button", name="Paste a picture")).to_be_visible()
    visitor.evaluate(PASTE, list(encode(canvas(8))))
    expect_answer(visitor, "8")
    visitor.evaluate(PASTE, list(encode(canvas(3))))
    expect(visitor.get_by_text("2 pictures, the most doubtful first.")).to_be_visible()


def test_what_came_last_is_shown(visitor: Page) -> None:
    go_to(visitor, "Pictures")
    visitor.get_by_role("button", name="Chalk").click()
    expect_answer(visitor, "5")
    visitor.locator("input[type=file]").first.set_input_files([upload_of(*PICTURES[1])])
    expect_answer(visitor, "7")
    visitor.get_by_role("button", name="Chalk").click()
    expect_answer(visitor, "5")


@pytest.mark.parametrize("profile", [DESK, PHONE], ids=["desk", "phone"])
def test_the_paste_button_takes_what_is_in_the_clipboard(
    browser: Browser, app_url: str, profile: dict[str, Any]
) -> None:
    allowed = ["clipboard-read", "clipboard-write"]
    for page in opened(browser, app_url, **profile, permissions=allowed):
        go_to(page, "Pictures")
        page.evaluate(
            "bytes => navigator.clipboard.write([new ClipboardItem({"
            "'image/png': new Blob([new Uint8Array(bytes)], { type: 'image/png' }) })])",
            list(encode(canvas(5))),
        )
        page.get_by_role("button", name="Paste a picture").click()
        expect_answer(page, "5")
        page.evaluate("navigator.clipboard.writeText('words')")
        page.get_by_role("button", name="Paste a picture").click()
        expect(page.get_by_text("There is no picture in the clipboard.")).to_be_visible()


@pytest.mark.parametrize("profile", [DESK, PHONE], ids=["desk", "phone"])
def test_a_photo_is_taken_with_the_camera(
    browser_with_camera: Browser, app_url: str, profile: dict[str, Any]
) -> None:
    for page in opened(browser_with_camera, app_url, **profile, permissions=["camera"]):
        go_to(page, "Pictures")
        page.get_by_role("button", name="Take a photo").click()
        page.locator("video").wait_for()
        page.wait_for_function("document.querySelector('video').readyState === 4")
        page.get_by_role("button", name="Take Photo", exact=True).click()
        expect(page.get_by_text("camera.jpg")).to_be_visible(timeout=15_000)
