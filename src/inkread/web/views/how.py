"""How it works: the way of a picture in five steps, and how programs ask."""

from urllib.parse import urlsplit

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from inkread import ink as inks
from inkread.errors import BlankPicture
from inkread.paper import extract
from inkread.picture import load_grey
from inkread.web.answers import png_address
from inkread.web.components import last_drawing, show_picture, show_reading
from inkread.web.samples import SAMPLES
from inkread.web.sidebar import how

SHOWN_PX = 224  # pictures are drawn with
STEP_PX = 170  # and shown
STEPS = (
    ("1. Your picture", "Any size, dark on light or light on dark."),
    ("2. The ink", "Paper, shadows and ruled lines are taken away."),
    ("3. Cut out and scaled", "The longer side of the ink becomes 20 pixels."),
    ("4. Centred", "Its centre of mass goes to the middle of 28×28 pixels, as in MNIST."),
)
CURL = "curl --data-binary @digit.png {url}/api/v1/digit"
PYTHON = """
import httpx

with open("digit.png", "rb") as picture:
    reading = httpx.post("{url}/api/v1/digit", content=picture.read()).json()
print(reading["digit"], reading["confidence"])
"""
JAVASCRIPT = """
const picture = document.querySelector("input[type=file]").files[0];
const response = await fetch("{url}/api/v1/digit", {{ method: "POST", body: picture }});
const {{ digit, confidence }} = await response.json();
"""


def steps(picture: bytes) -> list[NDArray[np.float32]]:
    """Return what becomes of a picture, dark on light, each enlarged to be seen.

    Raises:
        BlankPicture: it holds no ink.
    """
    grey = load_grey(picture)
    found = extract(grey)
    cut = inks.scale(inks.crop(found, inks.FAINT))
    centred = inks.frame(found)
    return [_shown(each) for each in (_light(grey), 1 - found, 1 - cut, 1 - centred)]


def _light(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.divide(grey, 255, dtype=np.float32)


def _shown(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Enlarge so that pixels are seen, and pad to a square."""
    height, width = picture.shape
    zoom = SHOWN_PX / max(height, width)
    size = (max(1, round(width * zoom)), max(1, round(height * zoom)))
    smooth = cv2.INTER_AREA if zoom < 1 else cv2.INTER_NEAREST
    enlarged = cv2.resize(picture, size, interpolation=smooth)
    above, left = (SHOWN_PX - size[1]) // 2, (SHOWN_PX - size[0]) // 2
    below, right = SHOWN_PX - size[1] - above, SHOWN_PX - size[0] - left
    return np.asarray(
        cv2.copyMakeBorder(enlarged, above, below, left, right, cv2.BORDER_REPLICATE), np.float32
    )


def show_steps(picture: bytes) -> None:
    """Show the way of a picture."""
    try:
        shown = steps(picture)
    except BlankPicture:
        st.write("There is no ink in it.")
        return
    with st.container(horizontal=True):
        for image, (title, words) in zip(shown, STEPS, strict=True):
            with st.container(width=STEP_PX):
                show_picture(png_address(image), title)
                st.markdown(f"**{title}**  \n{words}")
    st.markdown(
        "**5. Read**  \nA small network gives the probabilities of the ten digits, and of none."
    )
    reader = how().reader()
    show_reading(reader.read_digit(picture), reader, key="example")


def show_requests() -> None:
    """Show how programs ask, ready to copy."""
    place = urlsplit(st.context.url or "http://127.0.0.1:8501")
    folder = place.path.rpartition("/")[0]  # the app may be served under a prefix
    url = f"{place.scheme}://{place.netloc}{folder}"
    tabs = st.tabs(["curl", "Python", "JavaScript"])
    for tab, text, language in zip(
        tabs, (CURL, PYTHON, JAVASCRIPT), ("shell", "python", "javascript"), strict=True
    ):
        tab.code(text.format(url=url).strip(), language=language, wrap_lines=True)
    st.markdown(f"Every path, to read and to try: [/api/docs]({url}/api/docs)")


st.title("How it works")
drawing = last_drawing("inkread")
if drawing is None:
    st.write("This is a sample; draw a digit, come back, and it is yours.")
show_steps(drawing or SAMPLES["Ruled, in shadow"].read_bytes())
st.header("How to use it")
st.markdown(
    """
- **Draw** with mouse, finger or pen: the answer comes while you draw. Ctrl+Z takes a stroke back,
  Escape all of them.
- **Pictures**: drop files, paste with Ctrl+V, or take a photo. A digit, a number or a page of
  them in each, any size, any place.
- The **sidebar** has the confidence under which a reading is called unsure, and the model that
  reads single digits.
- What is not sure is called so, with the two most likely digits; what is no digit is not given one.
"""
)
st.header("From your own program")
show_requests()
