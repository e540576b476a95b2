import threading
import time
from dataclasses import dataclass

import numpy as np
import pytest

from rnnviz.app.runtime.cache import BoundedCache, size_of


def cache(limit=100):
    return BoundedCache(limit, size=len)


def test_a_kept_result_is_not_computed_again():
    kept = cache()
    assert kept.get("a", lambda: "x" * 10) == "x" * 10
    assert kept.get("a", lambda: pytest.fail("again")) == "x" * 10
    assert (len(kept), kept.nbytes) == (1, 10)


def test_the_least_recently_used_goes_first():
    kept = cache(limit=30)
    for key in "abc":
        kept.get(key, lambda: "x" * 10)
    kept.peek("a")
    kept.get("d", lambda: "x" * 10)
    assert [kept.peek(key) is None for key in "abcd"] == [False, True, False, False]
    assert kept.nbytes == 30


def test_what_is_larger_than_the_limit_is_handed_out_and_not_kept():
    kept = cache(limit=5)
    assert kept.get("a", lambda: "x" * 10) == "x" * 10
    assert (len(kept), kept.nbytes) == (0, 0)


def test_thirty_at_once_cost_one_computation():
    kept, calls, results = cache(), [], []

    def compute():
        calls.append(1)
        time.sleep(0.05)
        return "x"

    threads = [
        threading.Thread(target=lambda: results.append(kept.get("a", compute))) for _ in range(30)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(calls), results) == (1, ["x"] * 30)
    assert not kept._under_way


def test_after_an_error_the_next_one_computes_and_nothing_is_left_behind():
    kept = cache()
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    assert not kept._under_way
    assert kept.get("a", lambda: "x") == "x"


@dataclass(frozen=True)
class Result:
    values: np.ndarray
    more: tuple


def test_the_size_of_a_result_is_that_of_its_arrays():
    result = Result(np.zeros(1000), (np.zeros(500), {"a": np.zeros(250)}, "text"))
    assert 14_000 <= size_of(result) < 15_000
    view = np.zeros(10)[:5]
    assert size_of(view) == 40
