"""Hand in pictures of digits and numbers, see them read, and mend what was read."""

import hashlib
import time
from collections.abc import Iterator
from typing import Any, get_args

import streamlit as st

from inkread.errors import InkreadError
from inkread.readings import DigitReading, PageReading
from inkread.web.components import paste_button, show_numbers, show_picture, show_reading
from inkread.web.handed_in import (
    Asked,
    Handed,
    Kind,
    Result,
    by_doubt,
    kept,
    mended,
    pictures_in,
    read,
    shown,
)
from inkread.web.samples import SAMPLES
from inkread.web.sidebar import how
from inkread.web.tables import as_csv, as_json, as_xlsx, rows_of

TYPES = ["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff", "heic", "pdf"]
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SAMPLE_PX = 140
PATIENCE_S = 0.4
REMOVED = "No digit"
PAGE_PX = 1600  # longest side of a picture that is shown with its numbers
ALL_AT_ONCE = 4  # up to so many the pictures are shown one below the other


def hand_in() -> list[Handed]:
    """Show the ways to hand pictures in, and return what came last."""
    uploads = st.file_uploader(
        "Pictures of digits or numbers, or a PDF",
        type=TYPES,
        accept_multiple_files=True,
    )
    left, right = st.columns(2, vertical_alignment="top")
    with left:
        paste_button()
    with right.popover("Take a photo", width="stretch"):
        photo = st.camera_input("Photo of digits", label_visibility="collapsed")
    files = [*uploads, photo] if photo else uploads
    here = [each.file_id for each in files]
    if st.session_state.get("uploaded", []) != here:
        st.session_state.uploaded = here
        st.session_state.pop("sample", None)
    if sample := st.session_state.get("sample"):
        return [sample]
    return pictures_in(
        [Handed("camera.jpg" if each is photo else each.name, each.getvalue()) for each in files]
    )


def ask() -> Asked:
    """Ask what the pictures show, and what is known of the numbers."""
    kind = st.segmented_control(
        "They show",
        get_args(Kind),
        default="Either",
        required=True,
        help="Either: one digit, or numbers where there are more.",
    )
    if kind != "Numbers":
        return Asked(how(), kind)
    left, right = st.columns([3, 1])
    pattern = left.text_input(
        "Pattern of each number, if you know it",
        placeholder=r"\d{4}-\d{2}",
        help="A regular expression of the digits, as `20\\d\\d`: what does not fit is not read so.",
    )
    length = right.number_input("Digits of each", min_value=0, max_value=64, help="0: any")
    return Asked(how(), kind, pattern, int(length))


def watched(results: Iterator[Result], count: int) -> Iterator[Result]:
    """Yield results; a bar shows how many of them there are already, where that takes a while."""
    bar, started = st.empty(), time.monotonic()
    with st.spinner("Reading"):
        for done, result in enumerate(results, start=1):
            if count > 1 and time.monotonic() - started > PATIENCE_S:
                bar.progress(done / count, f"{done} of {count} read")
            yield result
    bar.empty()


def show_samples() -> None:
    """Show the sample pictures, each to be read with one click."""
    st.write("Or try one of these:")
    with st.container(horizontal=True):
        for name, path in SAMPLES.items():
            with st.container(width=SAMPLE_PX):
                sample = Handed(path.name, path.read_bytes())
                show_picture(shown(sample, longest_side_px=2 * SAMPLE_PX) or "", f"Sample: {name}")
                st.button(name, on_click=choose, args=(sample,), width="stretch")


def choose(sample: Handed) -> None:
    """Hand a sample in."""
    st.session_state.sample = sample


def show_all(results: list[Result]) -> None:
    """Show what was read: each by itself where there are few, and else a table to choose from."""
    if len(results) == 1:
        show(results[0], place=0)
    else:
        chosen = show_table(results)
        for place, result in enumerate([chosen] if chosen else results[:ALL_AT_ONCE]):
            st.divider()
            show(result, place)
    if len(results) > 1 or isinstance(results[0].reading, PageReading):
        offer(results)


def offer(results: list[Result]) -> None:
    """Offer what was read, as it was mended, to be saved."""
    rows = rows_of(results)
    left, middle, right = st.columns(3)
    # A rerun at the click would make the sheet anew, and with it cancel the download.
    still: Any = {"on_click": "ignore", "width": "stretch"}
    left.download_button("Save as CSV", as_csv(rows), "readings.csv", **still)
    middle.download_button("Save as JSON", as_json(results), "readings.json", **still)
    right.download_button("Save as XLSX", as_xlsx(rows), "readings.xlsx", SHEET, **still)


def show_table(results: list[Result]) -> Result | None:
    """Show a row a picture, the most doubtful first, and return the one that is chosen."""
    rows = [
        {
            "picture": shown(each.handed),
            "name": each.handed.name,
            "reading": each.in_words(),
            "confidence": each.confidence,
        }
        for each in results
    ]
    st.write(f"{len(results)} pictures, the most doubtful first. Choose a row to see it whole.")
    every = "".join(each.key for each in results)
    event = st.dataframe(
        rows,
        # Without a key a row that changes, as when it is mended, would be one not chosen.
        key=f"table {hashlib.sha256(every.encode()).hexdigest()}",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "picture": st.column_config.ImageColumn("Picture", width="small"),
            "name": "Name",
            "reading": "Reading",
            "confidence": st.column_config.ProgressColumn(
                "Confidence", min_value=0, max_value=1, format="percent"
            ),
        },
    )
    chosen = event.selection.rows
    return results[chosen[0]] if chosen else None


def show(result: Result, place: int) -> None:
    """Show a picture and what was read in it.

    Args:
        result: of the picture.
        place: on the page, from 0; what stood there before is changed, not built anew.
    """
    if isinstance(result.reading, InkreadError):
        hint = f"\n\n{result.reading.hint}" if result.reading.hint else ""
        st.error(f"{result.handed.name}: {result.reading.message}{hint}")
        return
    if isinstance(result.reading, PageReading):
        st.text(result.handed.name)
        page = shown(result.handed, longest_side_px=PAGE_PX) or ""
        rows = show_numbers(result.reading, page, f"numbers {place}", result.key)
        if rows is not None and rows != mended().get(result.key):
            mended()[result.key] = rows
            st.rerun()  # the table above, and what is saved, shall know
        return
    left, right = st.columns([2, 3], gap="large")
    if picture := shown(result.handed, longest_side_px=800):
        with left:
            show_picture(picture, "The picture that was handed in", result.handed.name)
    with right:
        show_reading(result.reading, how().reader(), key=f"reading {place}")
        read = "" if result.reading.digit is None else str(result.reading.digit)
        if text := read if result.rows is None else result.rows[0]["text"]:
            st.code(text, language=None)  # with a button that copies
        if result.reading.verdict != "blank":
            ask_what_it_is(result, result.reading)


def ask_what_it_is(result: Result, reading: DigitReading) -> None:
    """Let a visitor say which digit it is, where it was misread."""
    read = REMOVED if reading.digit is None else str(reading.digit)
    before = read if result.rows is None else result.rows[0]["text"] or REMOVED
    key = f"is {result.key} {read}"
    st.segmented_control(
        "Misread? It is",
        [*map(str, range(10)), REMOVED],
        default=before,
        required=True,
        key=key,
        on_change=mend,  # before all is shown anew: the table above, and what is saved, shall know
        args=(result.key, key, read),
        wrap=True,
    )


def mend(picture: str, key: str, read: str) -> None:
    """Note which digit a picture shows, as a visitor says it.

    Args:
        picture: the key of its result.
        key: of the widget that was asked.
        read: what was read, which needs no note.
    """
    now = st.session_state[key]
    if now == read:
        mended().pop(picture, None)
    else:
        text = "" if now == REMOVED else str(now)
        mended()[picture] = [{"line": 0, "text": text, "removed": False}]


st.title("Read pictures")
st.write("Photos, scans or screenshots of handwritten digits: one, a number, or a page of them.")
if pictures := hand_in():
    asked = ask()
    show_all(by_doubt(watched(read(pictures, asked), len(pictures))))
    st.divider()
show_samples()
kept().forget_unused()
