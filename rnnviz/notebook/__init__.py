"""rnnviz in a notebook."""
