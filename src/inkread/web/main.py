"""The pages of the web app. Streamlit runs this file from the top for every visitor."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
PAGES = HERE / "pages"

st.set_page_config(page_title="Inkread", page_icon=str(HERE / "pad" / "icon.svg"))
st.navigation(
    [
        st.Page(PAGES / "draw.py", title="Draw", default=True),
        st.Page(PAGES / "pictures.py", title="Pictures"),
    ],
    position="top",
).run()
