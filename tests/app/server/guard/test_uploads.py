from rnnviz.app.server.guard.uploads import Uploads


def test_a_file_needs_a_place_that_was_handed_out():
    uploads = Uploads()
    assert not uploads.put("/_stcore/upload_file/s/f1", 10)
    uploads.hand_out("anna", ["/_stcore/upload_file/s/f1"])
    assert uploads.put("/_stcore/upload_file/s/f1", 10)
    assert not uploads.put("/_stcore/upload_file/s/f1", 10), "a place takes one file"
    assert uploads.nbytes == 10


def test_a_visitor_has_two_files_at_a_time():
    uploads = Uploads(most_files=2)
    for name in ("a", "b", "c"):
        uploads.hand_out("anna", [f"/u/{name}"])
    assert [uploads.put(f"/u/{name}", 1) for name in "abc"] == [False, True, True]
    uploads.hand_out("anna", ["/u/d"])
    assert not uploads.put("/u/d", 1)
    uploads.delete("/u/b")
    assert uploads.put("/u/d", 1)


def test_all_files_together_are_bounded_and_go_with_their_visitor():
    uploads = Uploads(most_bytes=100)
    uploads.hand_out("anna", ["/u/a"])
    uploads.hand_out("ben", ["/u/b"])
    assert uploads.put("/u/a", 60)
    assert not uploads.put("/u/b", 60)
    uploads.leave("anna")
    assert uploads.nbytes == 0
    assert uploads.put("/u/b", 60)
    assert not uploads.put("/u/a", 1)
