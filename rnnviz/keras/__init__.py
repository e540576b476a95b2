"""The Keras lens: layers, shapes, summary and programs of an Experiment, as text. No Keras here."""

from rnnviz.keras.layers import KerasLayer, keras_layers
from rnnviz.keras.models import NOTES_MODELS
from rnnviz.keras.summary import SUMMARY_STYLES, summary

__all__ = ["NOTES_MODELS", "SUMMARY_STYLES", "KerasLayer", "keras_layers", "summary"]
