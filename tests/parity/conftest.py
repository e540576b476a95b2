"""The peers that the package is held against; without them these tests are skipped.

Installed by the ``parity`` extra.
"""

import os
import warnings

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")


@pytest.fixture(scope="session")
def torch():
    """PyTorch, on one thread."""
    torch = _import("torch")
    torch.set_num_threads(1)
    return torch


@pytest.fixture
def keras():
    """Keras 3 as in a fresh session, on PyTorch unless ``KERAS_BACKEND`` says otherwise."""
    _import(os.environ["KERAS_BACKEND"])
    keras = _import("keras")
    keras.config.set_floatx("float32")
    keras.utils.clear_session()
    return keras


def _import(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs to heed, not ours
        return pytest.importorskip(name, reason=f"needs {name}: pip install rnnviz[parity]")
