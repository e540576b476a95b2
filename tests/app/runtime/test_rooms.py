"""Rooms: counted, bounded, forgotten, and nothing in them of who answered."""

from collections import Counter

import pytest

from rnnviz.app.runtime import rooms
from rnnviz.app.runtime.rooms import NoRoomLeftError, Rooms


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_each_voter_counts_once_and_the_last_answer_counts():
    room = Rooms()
    code = room.open("lesson=loop", "teacher")
    for voter, option in (("a", 0), ("b", 2), ("a", 2), ("c", 1)):
        room.vote(code, "loop.predict", option, voter)
    assert room.tally(code, "loop.predict") == Counter({2: 2, 1: 1})
    assert room.tally(code, "other") == Counter()
    room.vote("nowhere", "loop.predict", 0, "a")
    assert room.tally("nowhere", "loop.predict") == Counter()


def test_a_room_keeps_its_link_and_one_owner_gets_one_room_for_it():
    room = Rooms()
    code = room.open("lesson=loop", "teacher")
    assert room.query(code) == "lesson=loop"
    assert room.open("lesson=loop", "teacher") == code
    assert room.open("lesson=loop", "other") != code
    assert len(code) == 5
    assert code[0].isalpha()


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(rooms, "MOST_ROOMS", 3)
    monkeypatch.setattr(rooms, "MOST_VOTERS", 4)
    monkeypatch.setattr(rooms, "MOST_QUESTIONS", 2)
    monkeypatch.setattr(rooms, "MOST_OF_VISIT", 2)
    room = Rooms()
    first = room.open("a", "one")
    for number in range(3):
        room.open(str(number), f"other {number}")
    assert len(room) == 3
    assert room.query(first) is None
    room.open("x", "one"), room.open("y", "one")
    with pytest.raises(NoRoomLeftError):
        room.open("z", "one")
    with pytest.raises(NoRoomLeftError):
        room.open("x" * 20_000, "two")
    code = room.open("y", "one")
    for voter in range(10):
        for question in "pqr":
            room.vote(code, question, 0, str(voter))
    assert [room.tally(code, question)[0] for question in "pqr"] == [4, 4, 0]
    assert 0 < room.nbytes < 2000


def test_a_room_that_is_not_used_is_forgotten():
    clock = Clock()
    room = Rooms(clock)
    old, used = room.open("a", "t"), room.open("b", "t")
    clock.now = rooms.HOURS * 3600 - 1
    assert room.query(used) == "b"
    clock.now += 2
    assert room.query(old) is None
    assert room.query(used) == "b"
