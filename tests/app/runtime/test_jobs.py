import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from rnnviz.app.runtime.jobs import JobQueue, Stopped

ROOT = Path(__file__).parents[3]


class Left(BaseException):
    """What Streamlit raises in a run whose visitor left."""


def wait_until(condition, seconds=5):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    assert condition()


def in_background(function):
    thread = threading.Thread(target=function, daemon=True)
    thread.start()
    return thread


def test_a_result_comes_back_and_no_thread_is_left_over():
    queue = JobQueue()
    assert queue.result("a", 1, lambda progress: 42) == 42
    wait_until(lambda: not any(t.name == "rnnviz-work" for t in threading.enumerate()))
    assert len(queue) == 0


def test_an_error_reaches_who_asked():
    def fail(progress):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        JobQueue().result("a", 1, fail)


def test_many_who_want_the_same_cost_one_computation():
    queue, calls, results = JobQueue(), [], []
    gate = threading.Event()

    def compute(progress):
        calls.append(1)
        gate.wait(5)
        return "done"

    threads = [
        in_background(lambda: results.append(queue.result("a", 1, compute))) for _ in range(30)
    ]
    wait_until(lambda: queue._waiting == 30)
    gate.set()
    for thread in threads:
        thread.join(5)
    assert (len(calls), results) == (1, ["done"] * 30)


def test_a_computation_ends_when_its_last_visitor_leaves():
    queue, ended = JobQueue(), threading.Event()

    def compute(progress):
        try:
            while True:
                progress(0.5)
                time.sleep(0.001)
        except Stopped:
            ended.set()
            raise

    def leave(fraction):
        raise Left

    with pytest.raises(Left):
        queue.result("a", 1, compute, leave)
    assert ended.wait(2)
    assert queue.result("a", 1, lambda progress: "anew") == "anew"


def test_a_computation_goes_on_while_one_of_two_wants_it():
    queue, gate, results = JobQueue(), threading.Event(), []

    def compute(progress):
        while not gate.is_set():
            progress(0.1)
            time.sleep(0.001)
        return "done"

    def leave(fraction):
        raise Left

    stayer = in_background(lambda: results.append(queue.result("a", 1, compute)))
    wait_until(lambda: queue._waiting == 1)
    with pytest.raises(Left):
        queue.result("a", 1, compute, leave)
    gate.set()
    stayer.join(5)
    assert results == ["done"]


def test_the_shortest_goes_first():
    queue, order, gate = JobQueue(), [], threading.Event()
    threads = [in_background(lambda: queue.result("now", 1, lambda progress: gate.wait(5)))]
    wait_until(lambda: queue._waiting == 1 and not queue._queue)

    def ask(seconds):
        queue.result(seconds, seconds, lambda progress: order.append(seconds))

    threads += [in_background(lambda seconds=seconds: ask(seconds)) for seconds in (30, 10, 20)]
    wait_until(lambda: len(queue._queue) == 3)
    gate.set()
    for thread in threads:
        thread.join(5)
    assert order == [10, 20, 30]


def test_a_job_that_nobody_waits_for_any_more_is_never_begun():
    queue, gate, begun = JobQueue(), threading.Event(), []
    first = in_background(lambda: queue.result("now", 1, lambda progress: gate.wait(5)))
    wait_until(lambda: queue._waiting == 1 and not queue._queue)

    def leave(fraction):
        raise Left

    with pytest.raises(Left):
        queue.result("later", 2, lambda progress: begun.append(1), leave)
    gate.set()
    first.join(5)
    wait_until(lambda: queue._worker is None)
    assert not begun


def test_it_gives_way_to_neighbours_but_always_gets_on():
    queue = JobQueue()

    def compute(progress):
        rested = 0.0
        for _ in range(5):
            time.sleep(0.01)  # works
            start = time.perf_counter()
            progress(0.0)
            rested += time.perf_counter() - start
        return rested

    queue.neighbours = lambda: 1  # only the one who waits for it
    assert queue.result("alone", 1, compute) < 0.01
    queue.neighbours = lambda: 2
    assert 0.1 < queue.result("neighbours", 1, compute) < 1.0


def test_the_server_leaves_half_of_the_processor_to_the_pages():
    """It must say so before NumPy is loaded, which Streamlit alone does not do."""
    said = """
import os, sys, streamlit
assert "numpy" not in sys.modules
import app
assert "numpy" in sys.modules
print(os.environ["OPENBLAS_NUM_THREADS"])
"""
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    answer = subprocess.run(
        [sys.executable, "-c", said], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert answer.stdout.strip() == str(max(1, os.cpu_count() // 2)), answer.stderr
