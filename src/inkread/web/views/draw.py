"""Draw a digit or a number and see it read."""

import streamlit as st

from inkread.web.components import drawing_pad
from inkread.web.sidebar import how

st.title("Draw a number")
st.write("One digit or several, anywhere on the paper, at any size, with mouse, finger or pen.")
drawing_pad("inkread", how().query())
