"""The pages of the web app. Streamlit runs this file from the top for every visitor."""

from pathlib import Path

import streamlit as st

from inkread.web.handed_in import forget
from inkread.web.sidebar import show_sidebar

HERE = Path(__file__).parent
# Not named "pages": of such a folder Streamlit makes pages by itself, and shows one bare
# to the first visitor whose address names it.
VIEWS = HERE / "views"
# Streamlit leaves six lines empty above every page, more than a phone has to spare.
ROOM = "<style>.stMainBlockContainer { max-width: 60rem; padding-top: 4rem; }</style>"

st.set_page_config(
    page_title="Inkread",
    page_icon=str(HERE / "pad" / "icon.svg"),
    initial_sidebar_state="collapsed",
)
st.html(ROOM)
pictures = st.Page(VIEWS / "pictures.py", title="Pictures")
page = st.navigation(
    [
        st.Page(VIEWS / "draw.py", title="Draw", default=True),
        pictures,
        st.Page(VIEWS / "models.py", title="Models"),
        st.Page(VIEWS / "how.py", title="How it works"),
    ],
    position="top",
)
show_sidebar()
if page != pictures:
    forget()
page.run()
