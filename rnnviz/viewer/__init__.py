"""The state viewer for every host: its modules for the browser, and the bytes that they show.

``CONTRACT.md`` specifies what a host gives the modules under ``web/`` and what they tell it;
:mod:`~rnnviz.viewer.payload` packs pictures, :mod:`~rnnviz.viewer.bundle` joins the modules into
one text for hosts without a server. Nothing here knows Streamlit or a notebook.
"""

from rnnviz.viewer.bundle import bundle, stylesheet
from rnnviz.viewer.payload import detail_bytes, picture_bytes, pictures_bytes

__all__ = ["bundle", "detail_bytes", "picture_bytes", "pictures_bytes", "stylesheet"]
