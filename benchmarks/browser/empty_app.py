"""Streamlit's own page with nothing on it: what any app pays."""

import streamlit as st

st.write("")
