"""The sidebar: what the app is, and how it is to read for this visitor."""

import os
from dataclasses import asdict, dataclass
from typing import cast

import streamlit as st

from inkread.errors import InkreadError
from inkread.ink import MOST_VERSIONS
from inkread.reader import THRESHOLD, Reader
from inkread.settings import Settings
from inkread.web.readers import shared_readers

ABOUT = """
**Inkread** reads handwritten digits.
Draw one, or hand in pictures; the answer comes at once, with how sure it is.
Nothing that you draw or hand in is kept.
"""


@dataclass(frozen=True)
class How:
    """How a visitor wants pictures read.

    Attributes:
        threshold: the least confidence, 0–1, at which a reading is not called unsure.
        versions: of the ink that are read and averaged, 1–5.
        model: by its name.
    """

    threshold: float = THRESHOLD
    versions: int = 1
    model: str = ""

    def reader(self) -> Reader:
        """Return the reader that reads so.

        Raises:
            InkreadError: the model is gone, or cannot be used.
        """
        return shared_readers().get(
            self.model or None, threshold=self.threshold, versions=self.versions
        )

    def query(self) -> dict[str, str | float]:
        """Return what asks the API to read so."""
        return {name: value for name, value in asdict(self).items() if value != ""}


def how() -> How:
    """Return how this visitor wants pictures read."""
    return cast("How", st.session_state.get("how", How()))


def show_sidebar() -> None:
    """Show the sidebar, and note what is chosen in it."""
    readers = shared_readers()
    with st.sidebar:
        st.markdown(ABOUT)
        threshold = st.slider(
            "Confidence threshold",
            *(0.0, 1.0, THRESHOLD, 0.05),
            help="Readings that are less sure than this are called unsure.",
        )
        versions = st.select_slider(
            "Versions of the ink",
            list(range(1, MOST_VERSIONS + 1)),
            help="Reads the ink of a single digit slightly moved as well, and averages.",
        )
        model = st.selectbox("Model", readers.names(), help="Of single digits.")
        st.write(_where_to_report())
    chosen = How(threshold, versions, "" if model == readers.default else model)
    try:
        chosen.reader()
    except InkreadError as error:
        st.sidebar.error(f"{error.message}. The default model reads instead.")
        chosen = How(threshold, versions)
    st.session_state.how = chosen


def _where_to_report() -> str:
    contact = Settings.from_environment(os.environ).contact
    words = "Something is wrong? Say what you drew and what was read"
    return f"{words}: {contact}" if contact else f"{words} to whoever runs this app."
