"""Hand in pictures of digits and see them read."""

from pathlib import Path

import streamlit as st

from inkread.errors import InkreadError
from inkread.web.components import paste_button, show_picture, show_reading
from inkread.web.handed_in import Handed, Result, as_csv, as_json, by_doubt, read, thumbnail
from inkread.web.samples import SAMPLES
from inkread.web.sidebar import how

TYPES = ["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff", "heic"]
SAMPLE_PX = 160
ALL_AT_ONCE = 4  # up to so many the pictures are shown one below the other


def hand_in() -> list[Handed]:
    """Show the ways to hand pictures in, and return what came last."""
    uploads = st.file_uploader("Pictures of one digit each", type=TYPES, accept_multiple_files=True)
    left, right = st.columns(2, vertical_alignment="top")
    with left:
        paste_button()
    with right.popover("Take a photo", width="stretch"):
        photo = st.camera_input("Photo of a digit", label_visibility="collapsed")
    files = [*uploads, photo] if photo else uploads
    here = [each.file_id for each in files]
    if st.session_state.get("uploaded", []) != here:
        st.session_state.uploaded = here
        st.session_state.pop("sample", None)
    if sample := st.session_state.get("sample"):
        return [sample]
    return [Handed("camera.jpg" if each is photo else each.name, each.getvalue()) for each in files]


def show_samples() -> None:
    """Show the sample pictures, each to be read with one click."""
    st.write("Or try one of these:")
    with st.container(horizontal=True):
        for name, path in SAMPLES.items():
            with st.container(width=SAMPLE_PX):
                shown = thumbnail(path.read_bytes(), longest_side_px=2 * SAMPLE_PX)
                show_picture(shown or "", f"Sample: {name}")
                st.button(name, on_click=choose, args=(path,), width="stretch")


def choose(sample: Path) -> None:
    """Hand a sample in."""
    st.session_state.sample = Handed(sample.name, sample.read_bytes())


def show_all(results: list[Result]) -> None:
    """Show what was read: each by itself where there are few, and else a table to choose from."""
    if len(results) == 1:
        show(results[0], place=0)
        return
    chosen = show_table(results)
    left, right = st.columns(2)
    left.download_button("Save as CSV", as_csv(results), "readings.csv", width="stretch")
    right.download_button("Save as JSON", as_json(results), "readings.json", width="stretch")
    for place, result in enumerate([chosen] if chosen else results[:ALL_AT_ONCE]):
        st.divider()
        show(result, place)


def show_table(results: list[Result]) -> Result | None:
    """Show a row a picture, the most doubtful first, and return the one that is chosen."""
    rows = [
        {
            "picture": thumbnail(each.handed.content),
            "name": each.handed.name,
            "reading": each.in_words(),
            "confidence": each.confidence,
        }
        for each in results
    ]
    st.write(f"{len(results)} pictures, the most doubtful first. Choose a row to see it whole.")
    event = st.dataframe(
        rows,
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
    """Show a picture, what was read in it, and what the model saw of it.

    Args:
        result: of the picture.
        place: on the page, from 0; what stood there before is changed, not built anew.
    """
    left, right = st.columns([2, 3], gap="large")
    if isinstance(result.reading, InkreadError):
        hint = f"\n\n{result.reading.hint}" if result.reading.hint else ""
        st.error(f"{result.handed.name}: {result.reading.message}{hint}")
        return
    if shown := thumbnail(result.handed.content, longest_side_px=800):
        with left:
            show_picture(shown, "The picture that was handed in", result.handed.name)
    with right:
        show_reading(result.reading, how().reader(), key=f"reading {place}")
        if result.reading.digit is not None:
            st.code(str(result.reading.digit), language=None)  # with a button that copies


st.title("Read pictures")
st.write("Photos, scans or screenshots of one handwritten digit each.")
if pictures := hand_in():
    with st.spinner(f"Reading {len(pictures)} pictures", show_time=len(pictures) > 20):
        readings = by_doubt(read(pictures, how()))
    show_all(readings)
    st.divider()
show_samples()
