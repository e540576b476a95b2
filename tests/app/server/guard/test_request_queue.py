import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from rnnviz.app.server.guard.request_queue import (
    INTERRUPT_AFTER,
    MOST_WAITING,
    OPERATIONS,
    RUNS,
    Allowance,
    RequestQueue,
)


def rerun(number):
    message = BackMsg()
    message.rerun_script.query_string = f"n={number}"
    return message


def download(number=0):
    message = BackMsg()
    message.backend_operation_request.deferred_file.file_id = str(number)
    return message


def number(message):
    return int(message.rerun_script.query_string.removeprefix("n="))


def test_an_idle_visitor_passes_at_once():
    request_queue = RequestQueue()
    request_queue.offer(rerun(1))
    message, _ = request_queue.take(now=10.0)
    assert number(message) == 1
    assert request_queue.take(now=10.0) == (None, None)


def test_three_hundred_moves_are_two_runs():
    request_queue = RequestQueue()
    passed = []
    for n in range(300):
        request_queue.offer(rerun(n))
        message, _ = request_queue.take(now=0.0)
        passed += [number(message)] if message else []
    request_queue.answered()
    passed.append(number(request_queue.take(now=0.02)[0]))
    assert passed == [0, 299]
    assert request_queue.joined == 298


def test_a_long_run_is_cut_short_by_a_newer_request():
    request_queue = RequestQueue()
    request_queue.offer(rerun(1))
    request_queue.take(now=0.0)
    request_queue.offer(rerun(2))
    message, wait = request_queue.take(now=0.1)
    assert message is None
    assert wait == pytest.approx(INTERRUPT_AFTER - 0.1)
    assert number(request_queue.take(now=INTERRUPT_AFTER)[0]) == 2


def test_who_does_not_read_the_answers_gets_no_new_ones():
    request_queue = RequestQueue()
    request_queue.offer(rerun(1))
    assert request_queue.take(now=5.0, blocked=True) == (None, None)
    assert number(request_queue.take(now=5.0)[0]) == 1


def test_nobody_runs_the_page_faster_than_allowed():
    request_queue = RequestQueue()
    burst, rate = RUNS
    passed, now = 0, 0.0
    while now < 10.0:
        request_queue.offer(rerun(passed))
        passed += request_queue.take(now)[0] is not None
        request_queue.answered()
        now += 0.001
    assert passed == pytest.approx(burst + rate * 10, abs=2)


def test_a_turn_is_asked_for_last_and_costs_nothing_when_refused():
    request_queue = RequestQueue()
    request_queue.offer(rerun(1))
    for _ in range(1000):
        assert request_queue.take(now=0.0, turn=lambda: False) == (None, None)
    assert number(request_queue.take(now=0.0)[0]) == 1
    asked = []
    request_queue.offer(rerun(2))
    request_queue.take(now=0.0, turn=lambda: asked.append(1) or True)
    assert not asked  # the first run is not answered yet


def test_other_requests_pass_beside_a_run_but_no_flood_of_them():
    request_queue = RequestQueue()
    request_queue.offer(rerun(1))
    request_queue.take(now=0.0)
    passed = 0
    for n in range(500):
        request_queue.offer(download(n))
        passed += request_queue.take(now=0.0)[0] is not None
    assert passed == OPERATIONS[0]
    assert request_queue.dropped == 500 - passed - MOST_WAITING
    assert request_queue.take(now=0.0)[1] == pytest.approx(1 / OPERATIONS[1])


def test_unwanted_messages_are_dropped():
    request_queue = RequestQueue()
    message = BackMsg(clear_cache=True)
    request_queue.offer(message)
    assert request_queue.take(now=0.0) == (None, None)
    assert request_queue.dropped == 1


def test_an_allowance_holds_its_burst_and_its_rate():
    purse = Allowance(burst=3, rate=2.0)
    assert [purse.take(0.0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert purse.take(0.5) == 0
    assert purse.take(100.0) == 0
    assert [purse.take(100.0) for _ in range(3)] == [0, 0, 0.5]


def test_a_page_that_comes_back_is_run_from_its_link_first_unseen():
    request_queue = RequestQueue(comes_back=True)
    moved = rerun(1)
    moved.rerun_script.fragment_id = "part"
    moved.rerun_script.widget_states.widgets.add(id="slider", double_value=2.0)
    request_queue.offer(moved)
    first, _ = request_queue.take(now=0.0)
    assert request_queue.unseen
    assert number(first) == 1
    assert not first.rerun_script.widget_states.widgets
    assert not first.rerun_script.fragment_id
    assert request_queue.take(now=INTERRUPT_AFTER)[0] is None, "it is not cut short"
    request_queue.answered()
    assert not request_queue.unseen
    assert request_queue.take(now=1.0)[0] == moved
    request_queue.answered()
    assert request_queue.take(now=2.0) == (None, None)
