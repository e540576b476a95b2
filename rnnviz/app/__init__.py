"""The page: Streamlit lives here and nowhere else."""
