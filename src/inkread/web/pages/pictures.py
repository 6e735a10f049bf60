"""Hand in a picture of a digit and see it read."""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from inkread.errors import InkreadError
from inkread.picture import load_rgb
from inkread.reader import DigitReading, percent
from inkread.web.readers import shared_readers

TYPES = ["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff", "heic"]


def show(picture: bytes) -> None:
    """Show a picture, what was read in it, and what the model saw of it."""
    try:
        reading = shared_readers().get().read_digit(picture)
        original = load_rgb(picture)
    except InkreadError as error:
        st.error(f"{error.message}\n\nhint: {error.hint}" if error.hint else error.message)
        return
    left, right = st.columns(2)
    left.image(original, caption="Your picture")
    with right:
        show_answer(reading)
    if reading.verdict != "blank":
        show_evidence(reading)


def show_answer(reading: DigitReading) -> None:
    """Show the digit, large, and how sure the reader is."""
    if reading.verdict == "blank":
        st.metric("Prediction", "–")
        st.write("There is no ink in this picture.")
    elif reading.verdict == "not_a_digit":
        st.metric("Prediction", "–")
        st.write(f"This does not look like a digit. The nearest is {reading.best}.")
    else:
        st.metric("Prediction", str(reading.best))
        st.metric("Confidence", percent(reading.confidence))
        if reading.verdict == "unsure":
            st.write(f"Not sure: {reading.best} or {reading.second}.")


def show_evidence(reading: DigitReading) -> None:
    """Show the ten probabilities and the 28×28 ink."""
    left, right = st.columns([1, 2])
    enlarged = np.kron(1 - reading.ink, np.ones((7, 7)))
    left.image(enlarged, caption="What the model saw: 28×28")
    right.altair_chart(chart(reading.shares()))


def chart(probabilities: tuple[float, ...]) -> alt.Chart:
    """Draw the probabilities of the ten digits as bars."""
    table = pd.DataFrame({"Digit": range(10), "Probability": probabilities})
    scale = alt.Scale(domain=(0, 1))
    bars: alt.Chart = (
        alt.Chart(table, height=240)
        .mark_bar()
        .encode(
            x=alt.X("Digit:O", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("Probability:Q", scale=scale, axis=alt.Axis(format="%")),
            tooltip=["Digit", alt.Tooltip("Probability", format=".1%")],
        )
    )
    return bars


st.title("Read a picture")
st.write("A photo, a scan or a screenshot of one handwritten digit.")
if upload := st.file_uploader("Picture of a digit", type=TYPES):
    show(upload.getvalue())
