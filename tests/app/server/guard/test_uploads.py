import pytest

from rnnviz.app.server.guard import uploads as limits
from rnnviz.app.server.guard.uploads import Uploads, seconds_for

ANNA, BEN = object(), object()


def put(uploads, path, size):
    """Put a whole file, as Streamlit takes it."""
    place = uploads.begin(path, size)
    if place is None or not uploads.arrived(place, size):
        return False
    uploads.end(place, taken=True)
    return True


def test_a_file_needs_a_place_that_was_handed_out():
    uploads = Uploads()
    assert not put(uploads, "/_stcore/upload_file/s/f1", 10)
    uploads.hand_out(ANNA, "a", ["/_stcore/upload_file/s/f1"])
    assert not put(uploads, "/_stcore/upload_file/another/f1", 10), "the session belongs to it"
    assert put(uploads, "/_stcore/upload_file/s/f1", 10)
    assert not put(uploads, "/_stcore/upload_file/s/f1", 10), "a place takes one file"
    assert uploads.nbytes == 10


def test_a_visitor_has_two_files_at_a_time():
    uploads = Uploads(most_files=2)
    for name in ("a", "b", "c"):
        uploads.hand_out(ANNA, "a", [f"/u/s/{name}"])
    assert [put(uploads, f"/u/s/{name}", 1) for name in "abc"] == [False, True, True]
    uploads.hand_out(ANNA, "a", ["/u/s/d"])
    assert not put(uploads, "/u/s/d", 1)
    uploads.deleted("/u/s/b")
    assert put(uploads, "/u/s/d", 1)


def test_a_file_that_a_page_gave_back_takes_no_room():
    """Ten large networks one after the other, each read and given back."""
    kept = set()
    uploads = Uploads(most_bytes=100, holds=lambda session, name: (session, name) in kept)
    for number in range(10):
        uploads.hand_out(ANNA, "a", [f"/u/s/{number}"])
        assert put(uploads, f"/u/s/{number}", 60)
        kept.add(("s", str(number)))
        uploads.hand_out(ANNA, "a", ["/u/s/more"])
        assert not put(uploads, "/u/s/more", 60), "both at a time are too much"
        kept.clear()
    uploads.hand_out(BEN, "b", ["/u/t/b"])
    assert put(uploads, "/u/t/b", 100)


def test_what_streamlit_did_not_take_is_not_counted_and_may_come_again():
    uploads = Uploads(most_bytes=100)
    uploads.hand_out(ANNA, "a", ["/u/s/a"])
    uploads.hand_out(BEN, "b", ["/u/t/b"])
    place = uploads.begin("/u/s/a", 100)
    assert uploads.nbytes == 0, "what is asked for costs nothing"
    assert uploads.arrived(place, 60)
    assert uploads.nbytes == 60
    uploads.end(place, taken=False)
    assert uploads.nbytes == 0
    assert put(uploads, "/u/t/b", 100)


def test_a_file_is_cut_short_when_there_is_no_more_room_for_it():
    uploads = Uploads(most_bytes=100)
    uploads.hand_out(ANNA, "a", ["/u/s/a"])
    uploads.hand_out(BEN, "b", ["/u/t/b"])
    first, second = uploads.begin("/u/s/a", 60), uploads.begin("/u/t/b", 60)
    assert uploads.arrived(first, 60)
    assert not uploads.arrived(second, 60)
    uploads.end(second, taken=False)
    assert uploads.nbytes == 60


def test_one_address_cannot_take_the_room_of_all(monkeypatch):
    monkeypatch.setattr(limits, "MOST_OF_ADDRESS", 50)
    uploads = Uploads(most_bytes=100)
    visitors = [object() for _ in range(3)]
    for number, visitor in enumerate(visitors):
        uploads.hand_out(visitor, "one address", [f"/u/s{number}/f"])
    uploads.hand_out(BEN, "another", ["/u/t/f"])
    assert [put(uploads, f"/u/s{number}/f", 25) for number in range(3)] == [True, True, False]
    assert put(uploads, "/u/t/f", 50)


def test_files_go_with_their_visitor():
    uploads = Uploads(most_bytes=100)
    uploads.hand_out(ANNA, "a", ["/u/s/a"])
    assert put(uploads, "/u/s/a", 60)
    uploads.leave(ANNA)
    assert uploads.nbytes == 0
    assert not put(uploads, "/u/s/a", 1)


@pytest.mark.parametrize("size", [0, 32 * 2**20])
def test_a_slow_line_has_time_enough(size):
    assert seconds_for(size) >= 30 + size / 50_000, "50 kB/s is enough"
