"""What holds for every test."""

import os

import pytest

# Before NumPy is loaded: products as small as these are slower on several threads that wait for
# each other, and the page has one thread for them as well.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import HealthCheck, settings

# How long an example takes says more about what else the machine does than about the code.
settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("untimed")

DRAWING = {"studio", "bare_studio", "browser", "chromium"}
"""Fixtures that start a Chromium."""
PROCESSES = {"run_alone", "server"}
"""Fixtures that start a process of its own, which takes seconds."""


def pytest_collection_modifyitems(items):
    """Mark what takes long by what it uses, so that a developer's run can leave it out."""
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        if used & DRAWING:
            item.add_marker(pytest.mark.browser)
        if used & PROCESSES:
            item.add_marker(pytest.mark.live)
