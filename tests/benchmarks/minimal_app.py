"""The peer of the page: the least Streamlit app with a slider and a heatmap of the same size."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

scale = st.slider("Weight scale", 0.0, 1.0, 0.5, 0.01)
states = np.tanh(scale * np.random.default_rng(0).standard_normal((100, 64)))
figure = go.Figure(go.Heatmap(z=states.T, zmin=-1, zmax=1, colorscale="RdBu_r"))
figure.update_layout(meta=scale)
st.plotly_chart(figure)
