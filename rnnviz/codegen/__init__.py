"""The Keras lens: layers, shapes, summary and programs of a model, as text. No Keras here."""

from rnnviz.codegen.layers import KerasLayer, keras_layers
from rnnviz.codegen.models import NOTES_MODELS, NUMBERINGS, built_before
from rnnviz.codegen.summary import SUMMARY_STYLES, summary

__all__ = [
    "NOTES_MODELS",
    "NUMBERINGS",
    "SUMMARY_STYLES",
    "KerasLayer",
    "built_before",
    "keras_layers",
    "summary",
]
