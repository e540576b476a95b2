"""Around Streamlit: static files, health page, the request guard."""
