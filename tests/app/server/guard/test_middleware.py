"""The door with a stand-in for Streamlit behind it."""

import asyncio

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from rnnviz.app.server.guard import Guard, Rules, transfers, uploads
from rnnviz.app.server.guard.connections import Register

HOST = (b"host", b"127.0.0.1:8501")
ORIGIN = (b"origin", b"http://127.0.0.1:8501")


def guard(app, register=None, **rules):
    rules = Rules(**rules)
    return Guard(app, rules, Register(rules.most_visitors) if register is None else register)


def scope(kind, path="/", headers=(HOST,), **more):
    client, server = ("127.0.0.1", 5), ("127.0.0.1", 8501)
    return {
        "type": kind,
        "path": path,
        "headers": list(headers),
        "client": client,
        "server": server,
        **more,
    }


async def page(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"page"})


def get(app, path="/", headers=(HOST,), method="GET"):
    answers = []

    async def send(message):
        answers.append(message)

    asyncio.run(app(scope("http", path, headers, method=method), None, send))
    start, body = answers
    return start["status"], dict(start["headers"]), body["body"].decode()


def test_a_page_passes_and_wears_the_headers():
    status, headers, body = get(guard(page))
    assert (status, body) == (200, "page")
    assert b"content-security-policy" in headers
    assert headers[b"x-content-type-options"] == b"nosniff"


@pytest.mark.parametrize(
    "headers",
    [
        [(b"host", b"evil.example")],
        [],
        [HOST, HOST],
        [HOST, (b"origin", b"http://evil.example")],
        [HOST, (b"origin", b"null")],
    ],
)
def test_strangers_are_refused_in_both_languages_before_anything_else(headers):
    async def never(*_):
        raise AssertionError("reached")

    status, headers, body = get(guard(never), headers=headers)
    assert status == 403
    assert b"content-security-policy" in headers
    assert "rnnviz" in body or "sites" in body
    assert any("가" <= letter <= "힣" for letter in body)


def test_closed_paths_are_not_found():
    async def never(*_):
        raise AssertionError("reached")

    for path in ("/_stcore/metrics", "/_stcore/agent/mcp", "/auth/login"):
        assert get(guard(never), path)[0] == 404
    assert get(guard(never), "/", method="POST")[0] == 404


PATH = "/_stcore/upload_file/s/f"


def length(size):
    return (b"content-length", str(size).encode())


def upload(app, size=10, method="PUT", claims=None, path=PATH):
    """Send a file in pieces of one byte; returns the status of the answer."""
    answers = []

    async def receive():
        sent.append(1)
        return {"type": "http.request", "body": b"x", "more_body": len(sent) < size}

    async def send(message):
        answers.append(message)

    sent = []
    headers = [HOST, *([length(size)] if claims is None else claims)]
    asyncio.run(app(scope("http", path, headers, method=method), receive, send))
    return answers[0]["status"]


def storage(status=200):
    """Stand in for Streamlit: reads the whole file and answers with a status."""

    async def app(scope, receive, send):
        while scope["method"] == "PUT" and (await receive())["more_body"]:
            pass
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app


def with_a_place(status=200, **rules):
    app = guard(storage(status), uploads=True, **rules)
    app._room.uploads.hand_out(object(), "a", [PATH])
    return app


@pytest.mark.parametrize(
    "claims",
    [
        [],
        [length(-1)],
        [length(10), length(10)],
        [length(10), (b"transfer-encoding", b"chunked")],
        [length("9" * 400)],
        [length(2**20)],
    ],
)
def test_a_file_that_does_not_say_its_length_honestly_is_refused(claims):
    assert upload(with_a_place(file_bytes=1000), claims=claims) == 403


def test_a_file_is_taken_only_with_a_place_for_it():
    assert upload(with_a_place(), path="/_stcore/upload_file/s/other") == 403
    assert upload(with_a_place(), path="/_stcore/upload_file/other/f") == 403
    app = with_a_place()
    assert upload(app) == 200
    assert app._room.uploads.nbytes == 10
    assert upload(app) == 403


def test_what_streamlit_refuses_books_nothing_and_frees_nothing():
    app = with_a_place(status=403)
    assert upload(app) == 403
    assert app._room.uploads.nbytes == 0
    app._app = storage(200)
    assert upload(app) == 200
    app._app = storage(403)
    assert upload(app, method="DELETE") == 403
    assert app._room.uploads.nbytes == 10
    app._app = storage(204)
    assert upload(app, method="DELETE") == 204
    assert app._room.uploads.nbytes == 0


def test_a_file_that_outgrows_the_room_is_cut_short(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_OF_VISITOR", 5)
    app = with_a_place()
    assert upload(app, size=5) == 200
    app = with_a_place()
    assert upload(app, size=100, claims=[length(5)]) == 403, "it says five and sends more"
    assert app._room.uploads.nbytes == 0


def test_a_file_that_arrives_too_slowly_is_cut_short(monkeypatch):
    monkeypatch.setattr(transfers, "seconds_for", lambda nbytes: 0.05)
    answers = []

    async def receive():
        await asyncio.sleep(10)

    async def send(message):
        answers.append(message)

    app = with_a_place()
    where = scope("http", PATH, [HOST, length(10)], method="PUT")
    asyncio.run(asyncio.wait_for(app(where, receive, send), 5))
    assert answers[0]["status"] == 403
    assert app._room.uploads.nbytes == 0


class Wire:
    """A WebSocket as the server sees it; ``frames`` are what the visitor sends."""

    def __init__(self, *frames):
        self.incoming = asyncio.Queue()
        self.incoming.put_nowait({"type": "websocket.connect"})
        for frame in frames:
            self.say(frame)
        self.sent = []

    def say(self, frame):
        kind = "text" if isinstance(frame, str) else "bytes"
        self.incoming.put_nowait({"type": "websocket.receive", kind: frame})

    def leave(self):
        self.incoming.put_nowait({"type": "websocket.disconnect", "code": 1001})

    async def send(self, message):
        self.sent.append(message)


def finished():
    return ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY).SerializeToString()


def streamlit(got, answer=True):
    """Stand in for Streamlit: accepts, notes what arrives, answers each request."""

    async def app(scope, receive, send):
        got.append(dict(scope["headers"]).get(b"sec-websocket-protocol"))
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        while True:
            event = await receive()
            got.append(event.get("bytes", event["type"]))
            if event["type"] == "websocket.disconnect":
                return
            if answer:
                await send({"type": "websocket.send", "bytes": finished()})

    return app


def request(query=""):
    message = BackMsg()
    message.rerun_script.query_string = query
    return message.SerializeToString()


def visit(app, *frames, headers=(HOST, ORIGIN), during=None):
    async def scene():
        wire = Wire(*frames)
        task = asyncio.create_task(
            app(scope("websocket", "/", headers), wire.incoming.get, wire.send)
        )
        await asyncio.sleep(0.05)
        if during:
            await during(wire)
        wire.leave()
        await asyncio.wait_for(task, 5)
        return wire.sent

    return asyncio.run(scene())


def test_a_visit_without_origin_or_with_a_foreign_one_never_begins():
    for headers in ([HOST], [HOST, (b"origin", b"null")], [(b"host", b"x"), ORIGIN]):
        got = []
        sent = visit(guard(streamlit(got)), headers=headers)
        assert not got
        assert sent == [{"type": "websocket.close", "code": 1008}]


def test_the_id_of_a_session_does_not_pass():
    got = []
    header = (b"sec-websocket-protocol", b"streamlit, token, 1234")
    visit(guard(streamlit(got)), headers=(HOST, ORIGIN, header))
    assert got[0] == b"streamlit, token"


def test_an_origin_that_was_allowed_passes_as_our_own():
    """Streamlit asks the internet for its own address before it looks at the origins allowed."""
    got = []

    async def app(scope, receive, send):
        got.append(dict(scope["headers"])[b"origin"])
        await receive()

    proxied = (HOST, (b"origin", b"https://rnn.school.example"))
    visit(guard(app, origins=("https://rnn.school.example",)), headers=proxied)
    assert got == [ORIGIN[1]]


def test_a_page_that_comes_back_sees_one_answer_for_two_runs():
    got = []
    header = (b"sec-websocket-protocol", b"streamlit, token, 1234")
    sent = visit(guard(streamlit(got)), request("a=1"), headers=(HOST, ORIGIN, header))
    requests = [BackMsg.FromString(frame).rerun_script.query_string for frame in got[1:-1]]
    assert requests == ["a=1", "a=1"]
    assert len([message for message in sent if message["type"] == "websocket.send"]) == 1


def test_messages_pass_and_unwanted_ones_do_not():
    got = []
    clear = BackMsg(clear_cache=True).SerializeToString()
    visit(guard(streamlit(got)), request("a=1"), clear)
    assert got[1:] == [request("a=1"), "websocket.disconnect"]


def test_only_files_that_the_page_offered_are_made():
    offer = ForwardMsg()
    offer.delta.new_element.download_button.deferred_file_id = "offered"

    def wish(file):
        message = BackMsg()
        message.backend_operation_request.deferred_file.file_id = file
        return message.SerializeToString()

    got = []

    async def app(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "bytes": offer.SerializeToString()})
        while (event := await receive())["type"] != "websocket.disconnect":
            got.append(event["bytes"])

    async def ask(wire):
        for file in ("another", "offered"):
            wire.say(wish(file))
        await asyncio.sleep(0.05)

    visit(guard(app), during=ask)
    assert got == [wish("offered")]


@pytest.mark.parametrize(
    ("frame", "code"), [("text", 1003), (b"\xff" * 9, 1002), (bytes(2 * 10**6), 1009)]
)
def test_what_is_no_message_closes_the_connection_and_ends_the_visit(frame, code):
    got = []

    async def say(wire):
        wire.say(frame)
        await asyncio.sleep(0.05)

    sent = visit(guard(streamlit(got)), during=say)
    assert {"type": "websocket.close", "code": code} in sent
    assert got[1:] == ["websocket.disconnect"]


def test_after_the_end_nothing_more_is_sent():
    caught = []

    async def app(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        try:
            await send({"type": "websocket.send", "bytes": b"late"})
        except OSError as error:
            caught.append(error)

    async def say(wire):
        wire.say("text")
        await asyncio.sleep(0.05)

    visit(guard(app), during=say)
    assert caught


def test_a_flood_is_answered_with_its_last():
    got = []

    async def flood(wire):
        for number in range(300):
            wire.say(request(f"n={number}"))
        await asyncio.sleep(0.3)

    visit(guard(streamlit(got)), during=flood)
    assert got[-2] == request("n=299")
    assert len(got) < 20


def test_a_full_room_takes_a_place_from_who_holds_most():
    async def scene():
        register = Register(most=3)
        app = guard(streamlit([]), register)
        wires, tasks = [], []

        async def come(address):
            wire = Wire()
            wires.append(wire)
            where = scope("websocket", "/", (HOST, ORIGIN)) | {"client": (address, 1)}
            tasks.append(asyncio.create_task(app(where, wire.incoming.get, wire.send)))
            await asyncio.sleep(0.02)

        for _ in range(3):
            await come("10.0.0.1")
        await come("10.0.0.1")
        assert wires[3].sent == [{"type": "websocket.close", "code": 1008}], "no more for one"
        await come("10.0.0.2")
        assert wires[4].sent[0] == {"type": "websocket.accept"}
        assert wires[2].sent[-1] == {"type": "websocket.close", "code": 1013}
        await come("10.0.0.3")
        assert wires[5].sent[0] == {"type": "websocket.accept"}
        await come("10.0.0.4")
        assert wires[6].sent == [{"type": "websocket.close", "code": 1008}], "all have a fair share"
        for wire in wires:
            wire.leave()
        await asyncio.gather(*tasks)
        assert len(register) == 0

    asyncio.run(scene())
