"""Numbers in a real browser: drawn on the pad, seen in a picture, mended in boxes and table."""

import csv
import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from inkread.web.handed_in import MOST_PAGES
from tests.browsing import (
    PHONE,
    choose_page_kind,
    close_sidebar,
    draw_number_with_mouse,
    draw_with_mouse,
    expect_answer,
    go_to,
    hand_in,
    open_sidebar,
    opened,
    set_slider,
)
from tests.drawing import canvas, encode, written

PAGE = encode(written(["27", "386"], (300, 420))[0])


def number(page: Page, place: int) -> Locator:
    return page.get_by_role("textbox", name=f"Number {place}", exact=True)


def box(page: Page, digit: int, of: int) -> Locator:
    """Return the box of a digit, as it was read, of a number of the picture."""
    return (
        page.locator(".sheet")
        .get_by_role("button", name=f"{digit},")
        .and_(page.get_by_role("button", name=f"number {of}"))
    )


def fix(page: Page, label: str) -> Locator:
    """Return the button that calls the chosen digit so."""
    return page.get_by_role("group", name="What it is").get_by_role(
        "button", name=label, exact=True
    )


@pytest.fixture
def mending(visitor: Page) -> Page:
    """A visitor who has handed in a page with 27 and 386."""
    hand_in(visitor, [("page.png", PAGE)])
    expect(number(visitor, 1)).to_have_value("27")
    expect(number(visitor, 2)).to_have_value("386")
    return visitor


def choose_row(page: Page, place: int) -> None:
    """Choose a row of the table of pictures, counted from 1: it is painted, and has no elements."""
    page.get_by_test_id("stDataFrame").scroll_into_view_if_needed()
    table = page.get_by_test_id("stDataFrame").bounding_box()
    assert table is not None
    page.mouse.click(table["x"] + 15, table["y"] + 35 * place + 17)


def rest(page: Page) -> None:
    """Wait until what was typed is told: when the visitor rests."""
    page.wait_for_timeout(1500)


def saved(page: Page, kind: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Save as {kind}").click()
    return download.value.path().read_bytes()


def test_a_number_is_read_while_it_is_drawn(visitor: Page) -> None:
    draw_number_with_mouse(visitor, "47")
    expect_answer(visitor, "47")
    digits = visitor.get_by_role("group", name="Digits of the number").get_by_role("button")
    expect(digits).to_have_count(2)
    digits.first.click()
    expect(visitor.locator(".best")).to_contain_text("4")
    digits.last.click()
    expect(visitor.locator(".best")).to_contain_text("7")
    expect(visitor.get_by_role("button", name="What decided?")).to_be_hidden()


def test_one_digit_still_shows_all_that_it_showed(visitor: Page) -> None:
    draw_with_mouse(visitor, 4)
    expect_answer(visitor, "4")
    expect(visitor.get_by_role("group", name="Digits of the number")).to_be_hidden()
    expect(visitor.get_by_text("Then ")).to_be_visible()
    visitor.get_by_role("button", name="What decided?").click()
    expect(visitor.get_by_text("the more the 4 hangs on it")).to_be_visible()


def test_a_click_on_a_box_shows_its_digit_and_lets_one_mend_it(mending: Page) -> None:
    box(mending, 8, of=2).click()
    expect(mending.get_by_role("heading", name="Digit 2 of number 2")).to_be_visible()
    expect(mending.locator(".best")).to_contain_text("8")
    expect(mending.get_by_role("img", name="The 28×28 ink that the model saw")).to_be_visible()
    fix(mending, "5").click()
    expect(number(mending, 2)).to_have_value("356")
    expect(box(mending, 8, of=2)).to_contain_text("5✓")
    fix(mending, "No digit").click()
    expect(number(mending, 2)).to_have_value("36")
    mending.get_by_role("button", name="Undo all changes").click()
    expect(number(mending, 2)).to_have_value("386")


def test_the_boxes_follow_the_table(mending: Page) -> None:
    outline = mending.locator(".outline:visible")
    expect(outline).to_have_count(0)
    number(mending, 1).focus()
    expect(outline).to_have_count(1)
    number(mending, 1).fill("97")
    expect(box(mending, 2, of=1)).to_contain_text("9✓")
    expect(box(mending, 7, of=1)).to_have_text("7")
    expect(mending.get_by_role("row", name="Number 1")).to_contain_text("mended")


def test_what_a_person_wrote_stays_when_a_digit_is_mended(mending: Page) -> None:
    box(mending, 8, of=2).click()
    five = fix(mending, "5")
    number(mending, 2).fill("3,86")
    five.click()
    expect(number(mending, 2)).to_have_value("3,56")
    number(mending, 2).fill("3867")
    expect(five).to_be_disabled()
    expect(mending.get_by_text("This number was written anew")).to_be_visible()
    number(mending, 2).fill("386")
    expect(five).to_be_enabled()


def test_an_added_number_can_be_removed_while_a_digit_is_looked_at(mending: Page) -> None:
    mending.get_by_role("button", name="Add a number").click()
    box(mending, 8, of=2).click()
    number(mending, 3).click()
    box(mending, 8, of=2).click()
    mending.get_by_role("button", name="Remove number 3").click()
    expect(number(mending, 3)).to_have_count(0)
    box(mending, 3, of=2).click()
    expect(mending.get_by_role("heading", name="Digit 1 of number 2")).to_be_visible()


def test_the_same_picture_twice_is_mended_twice(visitor: Page) -> None:
    hand_in(visitor, [("one.png", PAGE), ("other.png", PAGE)])
    firsts = visitor.get_by_role("textbox", name="Number 1", exact=True)
    expect(firsts).to_have_count(2)
    firsts.first.fill("29")
    rest(visitor)
    firsts.last.fill("21")
    rest(visitor)
    rows = list(csv.DictReader(io.StringIO(saved(visitor, "CSV").decode())))
    assert {(row["name"], row["text"]) for row in rows} == {
        ("one.png", "29"),
        ("one.png", "386"),
        ("other.png", "21"),
        ("other.png", "386"),
    }
    visitor.get_by_role("button", name="Remove one.png").click()
    expect(firsts).to_have_count(1)
    expect(firsts).to_have_value("21")


def test_what_is_mended_is_what_is_saved(mending: Page) -> None:
    number(mending, 1).fill("2.70")
    mending.get_by_role("button", name="Remove number 2").click()
    mending.get_by_role("button", name="Add a number").click()
    number(mending, 3).fill("007")
    expect(mending.get_by_text("added")).to_be_visible()
    rest(mending)
    rows = list(csv.DictReader(io.StringIO(saved(mending, "CSV").decode())))
    assert [(row["text"], row["read"], row["verdict"]) for row in rows] == [
        ("2.70", "27", "mended"),
        ("007", "", "added"),
    ]
    (page,) = json.loads(saved(mending, "JSON"))
    assert page["numbers"] == ["2.70", "007"]
    assert [line["text"] for line in page["lines"]] == ["27", "386"]
    with zipfile.ZipFile(io.BytesIO(saved(mending, "XLSX"))) as book:
        words = book.read("xl/sharedStrings.xml").decode()
    assert ">2.70<" in words
    assert ">007<" in words


def test_what_is_mended_stays_while_the_tab_is_open(mending: Page, app_url: str) -> None:
    number(mending, 1).fill("29")
    expect(mending.get_by_text("mended", exact=True)).to_be_visible()
    mending.goto(app_url)
    hand_in(mending, [("page.png", PAGE)])
    expect(number(mending, 1)).to_have_value("29")
    rest(mending)
    rows = list(csv.DictReader(io.StringIO(saved(mending, "CSV").decode())))
    assert [row["text"] for row in rows] == ["29", "386"]


def test_a_digit_that_is_none_stays_so_and_can_be_one_again(mending: Page, app_url: str) -> None:
    box(mending, 8, of=2).click()
    fix(mending, "No digit").click()
    mending.goto(app_url)
    hand_in(mending, [("page.png", PAGE)])
    expect(number(mending, 2)).to_have_value("36")
    expect(box(mending, 8, of=2)).to_have_text("×✓")
    box(mending, 8, of=2).click()
    fix(mending, "8").click()
    expect(number(mending, 2)).to_have_value("386")


def test_the_numbers_are_copied(mending: Page) -> None:
    mending.context.grant_permissions(["clipboard-read", "clipboard-write"])
    mending.get_by_role("button", name="Copy").click()
    expect(mending.get_by_text("Copied 2 numbers.")).to_be_visible()
    assert mending.evaluate("navigator.clipboard.readText()") == "27\n386"


def test_the_picture_can_be_seen_closer(mending: Page) -> None:
    sheet, zoom_in = mending.locator(".sheet"), mending.get_by_role("button", name="Zoom in")
    before = sheet.bounding_box()
    zoom_in.click()
    zoom_in.click()
    expect(mending.get_by_label("Zoom", exact=True)).to_have_text("225 %")
    after = sheet.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] == pytest.approx(2.25 * before["width"], rel=0.02)
    box(mending, 6, of=2).click()  # wherever it is, it comes into sight
    expect(mending.get_by_role("heading", name="Digit 3 of number 2")).to_be_visible()
    mending.get_by_role("button", name="Zoom out").click()
    mending.get_by_role("button", name="Zoom out").click()
    expect(mending.get_by_role("button", name="Zoom out")).to_be_disabled()


def test_the_sample_with_numbers_is_read_with_one_click(visitor: Page) -> None:
    go_to(visitor, "Pictures")
    visitor.get_by_role("button", name="A bill").click()
    for place, text in enumerate(("12.50", "7.80", "104"), start=1):
        expect(number(visitor, place)).to_have_value(text)


def test_what_is_known_of_the_numbers_helps(mending: Page) -> None:
    choose_page_kind(mending, "Numbers")
    pattern = mending.get_by_role("textbox", name="Pattern of each number")
    pattern.fill(r"\d{3}")
    pattern.press("Enter")
    expect(mending.get_by_role("row", name="Number 1")).to_contain_text("does not fit")
    expect(number(mending, 2)).to_have_value("386")
    box(mending, 2, of=1).click()
    fix(mending, "9").click()
    expect(number(mending, 1)).to_have_value("97")
    pattern.fill("(")
    pattern.press("Enter")
    expect(mending.get_by_text("page.png: ")).to_be_visible()
    expect(mending.get_by_test_id("stException")).to_have_count(0)


def test_one_digit_can_be_asked_for(mending: Page) -> None:
    choose_page_kind(mending, "One digit")
    expect(mending.get_by_test_id("digit")).to_be_visible()
    expect(mending.locator(".sheet")).to_have_count(0)


def test_a_page_without_numbers_says_so(visitor: Page) -> None:
    hand_in(visitor, [("empty.png", encode(np.full((300, 400), 250, np.uint8)))])
    choose_page_kind(visitor, "Numbers")
    expect(visitor.get_by_text("No number was found in this picture.")).to_be_visible()


def test_pages_among_pictures_are_chosen_from_the_table(visitor: Page) -> None:
    other = encode(written(["904"], (140, 300))[0])
    hand_in(visitor, [("page.png", PAGE), ("other.png", other)])
    expect(visitor.get_by_text("2 pictures, the most doubtful first.")).to_be_visible()
    expect(visitor.locator(".sheet")).to_have_count(2)
    rows = list(csv.DictReader(io.StringIO(saved(visitor, "CSV").decode())))
    assert {(row["name"], row["text"]) for row in rows} == {
        ("page.png", "27"),
        ("page.png", "386"),
        ("other.png", "904"),
    }


def test_a_page_that_is_mended_stays_chosen(visitor: Page) -> None:
    blank = [(f"blank {place}.png", encode(canvas(None))) for place in range(4)]
    hand_in(visitor, [*blank, ("page.png", PAGE)])
    expect(visitor.get_by_text("5 pictures, the most doubtful first.")).to_be_visible()
    choose_row(visitor, 5)
    expect(visitor.locator(".sheet")).to_have_count(1)
    number(visitor, 1).fill("12")
    rest(visitor)
    expect(visitor.locator(".sheet")).to_have_count(1)
    expect(number(visitor, 1)).to_have_value("12")


def test_the_page_stays_where_it_is_while_a_number_is_mended(
    browser: Browser, app_url: str
) -> None:
    for visitor in opened(browser, app_url, **PHONE):
        hand_in(visitor, [("page.png", encode(written(["27"] * 9, (900, 420))[0]))])
        number(visitor, 8).scroll_into_view_if_needed()
        number(visitor, 8).focus()
        visitor.wait_for_timeout(300)
        expect(number(visitor, 8)).to_be_in_viewport()


def test_what_is_mended_stays_however_sure_a_reading_has_to_be(mending: Page) -> None:
    number(mending, 1).fill("29")
    rest(mending)
    open_sidebar(mending)
    set_slider(mending, "Confidence threshold", "End")
    close_sidebar(mending)
    expect(mending.get_by_role("row", name="Number 2")).to_contain_text("not sure")
    expect(number(mending, 1)).to_have_value("29")
    rest(mending)
    rows = list(csv.DictReader(io.StringIO(saved(mending, "CSV").decode())))
    assert [row["text"] for row in rows] == ["29", "386"]


def test_a_pdf_of_very_many_pages_says_that_some_were_not_read(visitor: Page) -> None:
    blank = Image.new("L", (40, 40), 255)
    content = io.BytesIO()
    blank.save(content, "PDF", save_all=True, append_images=[blank] * MOST_PAGES)
    hand_in(visitor, [("scan.pdf", content.getvalue())])
    said = visitor.get_by_text("no more than 50 pages of a file are read")
    expect(said).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("kind", ["pdf", "tiff"])
def test_the_pages_of_a_file_are_read(visitor: Page, kind: str) -> None:
    pages = [Image.fromarray(written([each], (300, 480))[0]) for each in ("27", "386")]
    content = io.BytesIO()
    pages[0].save(content, kind.upper(), save_all=True, append_images=pages[1:])
    hand_in(visitor, [(f"scan.{kind}", content.getvalue())])
    heading = visitor.locator("span", has_text=f"scan.{kind}, page 2")  # not the table's cell
    expect(heading).to_be_visible()
    expect(visitor.locator(".sheet")).to_have_count(2)


def test_a_damaged_pdf_is_refused_plainly(visitor: Page) -> None:
    go_to(visitor, "Pictures")
    hand_in(visitor, [("scan.pdf", b"%PDF-1.7 cut off")])
    expect(visitor.get_by_text("scan.pdf: the PDF is damaged")).to_be_visible()
    expect(visitor.get_by_test_id("stException")).to_have_count(0)
