"""The floor: a slider and a sentence, no chart. Nothing that Streamlit shows is quicker."""

import streamlit as st

scale = st.slider("Weight scale", 0.0, 1.0, 0.5, 0.01)
st.markdown(f"value={scale:.2f}")
