"""How often each stated error holds the truth.

    python -m tests.benchmarks.bands [part of a name] [--seeds 200]

Every quantity that is shown with a band (`tests.analysis.bands`), over so many seeds. A 95 % band
has to hold the truth in 90 to 99 % of them, a bound in 99 % at least; ends with 1 where one does
not.
"""

# ruff: noqa: E402 - the environment is set before the imports that read it

import os

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

import argparse
import sys
import time

from tests.analysis.bands import BANDS


def main() -> int:
    """Print a line for each quantity; 0 if all are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="?", default="")
    parser.add_argument("--seeds", type=int, default=200)
    asked, missed = parser.parse_args(), 0
    for name, one in BANDS.items():
        if asked.part not in name:
            continue
        begun = time.process_time()
        share = float(one.held(asked.seeds).mean())
        met = share >= 0.99 if one.bound else 0.9 <= share <= 0.99
        missed += not met
        spent = time.process_time() - begun
        said = "met" if met else "MISSED"
        print(f"{name:36} {one.shown:20} {share:7.1%}  {said:7} {spent:5.0f} s", flush=True)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
