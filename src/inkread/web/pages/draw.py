"""Draw a digit and see it read."""

import streamlit as st

from inkread.web.components import drawing_pad
from inkread.web.sidebar import how

st.title("Draw a digit")
st.write("Anywhere on the paper, at any size, with mouse, finger or pen.")
drawing_pad("inkread", how().query())
