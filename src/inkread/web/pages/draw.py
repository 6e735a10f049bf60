"""Draw a digit and see it read."""

import streamlit as st

from inkread.web.pad_component import drawing_pad

st.title("Draw a digit")
st.write("Anywhere on the paper, at any size, with mouse, finger or pen.")
drawing_pad("inkread")
