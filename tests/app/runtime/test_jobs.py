import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from rnnviz.app.runtime import jobs
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

    def leave(*_):
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

    def leave(*_):
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
    wait_until(lambda: queue._waiting == 1)

    def ask(seconds):
        queue.result(seconds, seconds, lambda progress: order.append(seconds))

    threads += [in_background(lambda seconds=seconds: ask(seconds)) for seconds in (30, 10, 20)]
    wait_until(lambda: queue._waiting == 4)
    gate.set()
    for thread in threads:
        thread.join(5)
    assert order == [10, 20, 30]


def test_a_job_that_nobody_waits_for_any_more_is_never_begun():
    queue, gate, begun = JobQueue(), threading.Event(), []
    first = in_background(lambda: queue.result("now", 1, lambda progress: gate.wait(5)))
    wait_until(lambda: queue._waiting == 1)

    def leave(*_):
        raise Left

    with pytest.raises(Left):
        queue.result("later", 2, lambda progress: begun.append(1), leave)
    gate.set()
    first.join(5)
    wait_until(lambda: queue._working is None)
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


def busy(progress, seconds, told=None):
    """Work for some seconds, telling how far it is."""
    began = time.perf_counter()
    while (worked := time.perf_counter() - began) < seconds:
        progress(min(worked / seconds, 1.0))
        if told is not None:
            told.append(time.perf_counter())
    return seconds


def test_a_much_shorter_one_is_not_held_up_by_a_long_one(monkeypatch):
    monkeypatch.setattr(jobs, "TURN", 0.05)
    queue, ends = JobQueue(), {}

    def ask(name, seconds):
        queue.result(name, seconds, lambda progress: busy(progress, seconds))
        ends[name] = time.perf_counter()

    began = time.perf_counter()
    long = in_background(lambda: ask("long", 2.0))
    time.sleep(0.3)
    ask("short", 0.1)
    assert ends["short"] - began < 1.5
    long.join(10)
    assert list(ends) == ["short", "long"]


def test_one_that_is_about_as_long_is_not_set_aside(monkeypatch):
    monkeypatch.setattr(jobs, "TURN", 0.02)
    queue, order = JobQueue(), []

    def ask(name):
        queue.result(name, 0.5, lambda progress: busy(progress, 0.3))
        order.append(name)

    first = in_background(lambda: ask("first"))
    time.sleep(0.05)
    ask("second")
    first.join(5)
    assert order == ["first", "second"]


def test_one_that_was_set_aside_ends_when_its_page_leaves(monkeypatch):
    monkeypatch.setattr(jobs, "TURN", 0.02)
    queue, ended, gone = JobQueue(), threading.Event(), threading.Event()

    def long(progress):
        try:
            busy(progress, 30)
        except Stopped:
            ended.set()
            raise

    def leave(fraction, before):
        if before:
            gone.set()
            raise Left

    def wait():
        with pytest.raises(Left):
            queue.result("long", 30, long, leave)

    waiter = in_background(wait)
    time.sleep(0.2)
    assert queue.result("short", 1, lambda progress: busy(progress, 0.5)) == 0.5
    waiter.join(5)
    assert gone.is_set()
    assert ended.wait(2)
    assert len(queue) == 0


def test_a_stream_of_short_ones_does_not_starve_a_long_one(monkeypatch):
    monkeypatch.setattr(jobs, "TURN", 0.05)
    queue, told, over = JobQueue(), [], threading.Event()
    long = in_background(
        lambda: queue.result("long", 60, lambda progress: busy(progress, 0.5, told))
    )

    def ask(number):
        while not over.is_set():
            queue.result((number, time.perf_counter()), 0.1, lambda told: busy(told, 0.1))

    others = [in_background(lambda number=number: ask(number)) for number in range(3)]
    long.join(10)
    over.set()
    for thread in others:
        thread.join(5)
    assert not long.is_alive()


def test_a_client_with_many_computations_does_not_hold_up_another():
    queue, order, gate = JobQueue(), [], threading.Event()
    threads = [in_background(lambda: queue.result("now", 1, lambda progress: gate.wait(5)))]
    wait_until(lambda: queue._waiting == 1)
    queue._spent["greedy"] = (20.0, time.monotonic())

    def ask(number, client):
        queue.result(number, 2, lambda progress: order.append(client), client=client)

    threads += [in_background(lambda number=number: ask(number, "greedy")) for number in range(5)]
    wait_until(lambda: queue._waiting == 6)
    threads.append(in_background(lambda: ask(9, "modest")))
    wait_until(lambda: queue._waiting == 7)
    gate.set()
    for thread in threads:
        thread.join(5)
    assert order == ["modest"] + ["greedy"] * 5


def test_who_waits_is_told_how_many_come_before():
    queue, gate, told = JobQueue(), threading.Event(), []
    first = in_background(lambda: queue.result("a", 1, lambda progress: gate.wait(5)))
    wait_until(lambda: queue._waiting == 1)
    second = in_background(lambda: queue.result("b", 2, lambda progress: None))
    wait_until(lambda: queue._waiting == 2)

    def look(fraction, before):
        told.append(before)
        gate.set()

    assert queue.result("c", 9, lambda progress: "c", look) == "c"
    first.join(5)
    second.join(5)
    assert told[0] == 2


@pytest.mark.live
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
