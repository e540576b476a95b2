"""What holds for every test."""

import os

# Before NumPy is loaded: products as small as these are slower on several threads that wait for
# each other, and the page has one thread for them as well.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import HealthCheck, settings

# How long an example takes says more about what else the machine does than about the code.
settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("untimed")
