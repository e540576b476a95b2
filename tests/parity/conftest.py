"""The peers that the package is held against; without them these tests are skipped.

Installed by the ``parity`` extra. With ``RNNVIZ_PEERS=required`` a missing one is a failure.
"""

import importlib
import importlib.util
import os
import warnings

import pytest

from tests.browser.server import launched
from tests.parity.jupyter import jupyter

os.environ.setdefault("KERAS_BACKEND", "numpy")


def pytest_collection_modifyitems(items):
    """What drives other people's pages in a browser is tried again, and told as RERUN."""
    for item in items:
        if item.path.parent.name == "parity" and "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=2, reruns_delay=2))


@pytest.fixture(scope="session")
def torch():
    """PyTorch, on one thread."""
    torch = imported("torch")
    torch.set_num_threads(1)
    return torch


@pytest.fixture
def keras(monkeypatch):
    """Keras 3 as in a fresh session, in NumPy unless ``KERAS_BACKEND`` says otherwise.

    Where it would round float64 to float32 in between (every backend but TensorFlow; Keras issue
    23223), it is told not to.
    """
    imported(os.environ["KERAS_BACKEND"])
    keras = imported("keras")
    table = importlib.import_module("keras.src.backend.common.dtypes").BIT64_TO_BIT32_DTYPE
    monkeypatch.setitem(table, "float64", "float64")
    keras.config.set_floatx("float32")
    keras.utils.clear_session()
    return keras


def imported(name):
    """A peer by the name of its module."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs to heed, not ours
        if os.environ.get("RNNVIZ_PEERS") == "required":
            return importlib.import_module(name)
        return pytest.importorskip(name, reason=f"needs {name}: pip install rnnviz[parity]")


def needs(name):
    """Skip without a program that is a process of its own, or fail where all peers are there."""
    if importlib.util.find_spec(name) is None:
        reason = f"needs {name}: pip install rnnviz[parity]"
        required = os.environ.get("RNNVIZ_PEERS") == "required"
        pytest.fail(reason) if required else pytest.skip(reason)


@pytest.fixture(scope="package")
def chromium():
    """A launched Chromium."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def laboratory(tmp_path_factory):
    """A JupyterLab on a folder for notebooks; it ends with the tests."""
    needs("jupyterlab")
    with jupyter(tmp_path_factory.mktemp("laboratory")) as served:
        yield served
