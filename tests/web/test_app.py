"""The app in a real browser, at a desk and on a phone."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

import inkread
from tests.browsing import (
    DESK,
    PHONE,
    choose,
    close_sidebar,
    draw_with_mouse,
    expect_answer,
    go_to,
    hand_in,
    open_sidebar,
    opened,
    set_slider,
)
from tests.drawing import Photo, canvas, encode
from tests.serving import free_port, served


def test_the_drawing_survives_a_change_of_page_and_a_reload(visitor: Page) -> None:
    draw_with_mouse(visitor, 2)
    expect_answer(visitor, "2")
    go_to(visitor, "Pictures")
    go_to(visitor, "Draw")
    expect_answer(visitor, "2")
    visitor.reload()
    expect_answer(visitor, "2")


def test_the_sidebar_decides_from_where_a_reading_counts(visitor: Page) -> None:
    draw_with_mouse(visitor, 7)
    expect_answer(visitor, "7")
    open_sidebar(visitor)
    set_slider(visitor, "Confidence threshold", "End")
    expect(visitor.get_by_text("Not sure: 7 or 1")).to_be_visible()
    go_to(visitor, "Models")
    go_to(visitor, "Draw")
    expect(visitor.get_by_text("Not sure: 7 or 1")).to_be_visible()  # it lasts
    sent: list[str] = []
    visitor.on("request", lambda request: sent.append(request.url))
    set_slider(visitor, "Confidence threshold", "Home")
    expect(visitor.get_by_text("Not sure")).to_be_hidden()
    assert "threshold=0.0" in [url for url in sent if "/read?" in url][-1]


def test_the_sidebar_says_what_the_app_is_and_where_to_report(visitor: Page) -> None:
    open_sidebar(visitor)
    expect(visitor.get_by_text("reads handwritten digits.")).to_be_visible()
    expect(visitor.get_by_text("Something is wrong?")).to_be_visible()


def test_the_number_of_versions_reaches_the_reader(visitor: Page) -> None:
    draw_with_mouse(visitor, 7)
    expect_answer(visitor, "7")
    open_sidebar(visitor)
    with visitor.expect_request(lambda request: "versions=5" in request.url):
        set_slider(visitor, "Versions of the ink", "End")
    close_sidebar(visitor)
    expect_answer(visitor, "7")


def test_the_card_shows_how_the_network_was_trained_and_what_it_scores(visitor: Page) -> None:
    go_to(visitor, "Models")
    expect(visitor.get_by_test_id("stVegaLiteChart")).to_have_count(4)
    expect(visitor.get_by_test_id("stDataFrame")).to_have_count(2)
    right = visitor.get_by_test_id("stMetric").filter(has_text="Right")
    before = right.inner_text()
    choose(visitor, "Set", "cvl-even")
    expect(right).not_to_have_text(before)
    expect(visitor.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.parametrize("profile", [DESK, PHONE], ids=["desk", "phone"])
def test_two_models_are_compared_on_the_same_digits(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: dict[str, Any]
) -> None:
    bundled = Path(inkread.__file__).parent / "weights" / "digit.onnx"
    shutil.copy(bundled, tmp_path / "mine.onnx")
    monkeypatch.setenv("INKREAD_MODELS", str(tmp_path))
    port = free_port()
    command = [sys.executable, "-m", "inkread", "app", "--port", str(port)]
    with served(command, f"http://127.0.0.1:{port}") as url:
        for page in opened(browser, url, **profile):
            go_to(page, "Models")
            page.get_by_role("button", name="Compare").click()
            expect(page.get_by_text("270 digits in three fonts")).to_be_visible()
            open_sidebar(page)
            choose(page, "Model", "mine")
            expect(page.get_by_text("Now reading single digits with mine")).to_be_visible()


def test_the_first_visitor_may_come_straight_to_a_page(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKREAD_MAX_UPLOAD_MB", "25")
    port = free_port()
    command = [sys.executable, "-m", "inkread", "app", "--port", str(port)]
    with served(command, f"http://127.0.0.1:{port}") as url:
        page = browser.new_page(**DESK)
        page.goto(f"{url}/pictures")
        expect(page.get_by_role("heading", name="Read pictures")).to_be_visible()
        expect(page.get_by_role("link", name="How it works")).to_be_visible()
        expect(page.get_by_text("25MB per file")).to_be_visible()
        # The theme: setting the limit forgets nothing of Streamlit's own file.
        expect(page.locator("body")).to_have_css("background-color", "rgb(253, 251, 246)")
        page.close()


def test_the_way_of_a_picture_is_shown_with_the_visitors_own_drawing(visitor: Page) -> None:
    go_to(visitor, "How it works")
    expect(visitor.get_by_text("This is a sample")).to_be_visible()
    expect_answer(visitor, "7")
    go_to(visitor, "Draw")
    draw_with_mouse(visitor, 4)
    expect_answer(visitor, "4")
    go_to(visitor, "How it works")
    expect(visitor.get_by_text("This is a sample")).to_be_hidden()
    expect_answer(visitor, "4")
    expect(visitor.get_by_text("5. Read")).to_be_visible()
    go_to(visitor, "Draw")
    visitor.get_by_role("button", name="Clear").click()
    go_to(visitor, "How it works")
    expect(visitor.get_by_text("This is a sample")).to_be_visible()


def test_the_requests_to_copy_work(visitor: Page, app_url: str, tmp_path: Path) -> None:
    go_to(visitor, "How it works")
    (tmp_path / "digit.png").write_bytes(encode(canvas(7)))
    curl = visitor.locator("code").filter(has_text="curl").first.inner_text()
    assert app_url in curl
    done = subprocess.run(curl.split(), cwd=tmp_path, capture_output=True, text=True, check=True)
    assert '"digit":7' in done.stdout
    visitor.get_by_role("tab", name="Python").click()
    python = visitor.locator("code").filter(has_text="import httpx").inner_text()
    command = [sys.executable, "-c", python]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("7 0.")


def test_the_docs_page_needs_no_other_host(visitor: Page, app_url: str) -> None:
    visitor.goto(f"{app_url}/api/docs")
    expect(visitor.get_by_role("link", name="/v1/digit", exact=True)).to_be_visible()


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
            hand_in(page, [("photo.jpg", encode(Photo().take(4), "jpeg"))])
            expect_answer(page, "4")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
