"""Results become Plotly figures: one figure a file, one template, one registry of views."""
