"""Files are read once: what a file holds, or why it could not be read, is kept for its visitor."""

import pytest

from rnnviz.app.runtime import results, state
from rnnviz.app.runtime.opened import Opened


@pytest.fixture(autouse=True)
def visitor(monkeypatch):
    opened = Opened()
    monkeypatch.setattr(state, "opened", lambda: opened)
    monkeypatch.setattr(state, "stop_if_unwanted", lambda: None)
    monkeypatch.setattr(results, "client", lambda: None)
    return opened


def counted(outcome):
    calls = []

    def read():
        calls.append(1)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return read, calls


def test_a_file_is_read_once_however_often_the_page_runs():
    read, calls = counted("content")
    assert [results.read_once("f", 1000, read) for _ in range(5)] == ["content"] * 5
    assert len(calls) == 1


def test_a_file_that_cannot_be_read_is_tried_once_and_refused_each_time():
    read, calls = counted(ValueError("damaged"))
    for _ in range(5):
        with pytest.raises(ValueError, match="damaged"):
            results.read_once("g", 1000, read)
    assert len(calls) == 1


def test_what_one_visitor_opened_is_no_other_visitors(monkeypatch):
    read, calls = counted("content")
    results.read_once("h", 1000, read)
    another = Opened()
    monkeypatch.setattr(state, "opened", lambda: another)
    results.read_once("h", 1000, read)
    assert len(calls) == 2
