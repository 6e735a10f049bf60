"""`streamlit run app.py`: the web app from a checkout, the same as `inkread app`.

Streamlit finds the app by reading this file, so the call stands here literally.
"""

import streamlit as st

from inkread.web.parts import PAGES, ROUTES, lifespan

app = st.App(PAGES, lifespan=lifespan, routes=ROUTES)
