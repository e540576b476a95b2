"""Hostile inputs for every door, made from a seed: the same seed gives the same inputs.

Each function takes how many to try, returns how many it tried, and raises AssertionError with the
input that did what it must not: an exception that is not foreseen, a traceback, more than two
seconds, or a change of somebody else's page.
"""

from __future__ import annotations

import io
import json
import random
import re
import socket
import time
from contextlib import contextmanager, suppress
from decimal import Decimal
from fractions import Fraction
from urllib.parse import quote, urlencode, urlsplit

import numpy as np
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed

from rnnviz import Experiment
from rnnviz.app.panels.note import inert
from rnnviz.engine.source import Given
from rnnviz.export.data import DATA
from rnnviz.export.failures import ExportFailure
from rnnviz.export.formats import TEXTS
from rnnviz.export.looks import Look
from rnnviz.export.reopen import reopened
from rnnviz.export.sheets import sheet_of
from rnnviz.lessons.registry import lessons
from rnnviz.link import Link
from rnnviz.spec.experiment import TABLE, ExperimentError
from rnnviz.spec.perspective import PAGES, Perspective
from rnnviz.spec.perspective import TABLE as LOOKS
from rnnviz.spec.simulate import simulate
from rnnviz.views.registry import views
from tests.live.visitor import Visitor

PATIENCE = 2.0
ROWS = [*TABLE.values(), *LOOKS.values()]

_NUMBERS = ("nan", "inf", "-inf", "1e308", "1e999", "-1", "-0", "0", "10**12", "1" * 400)
_NUMBERS += ("٣", "1_0", "0x10", "1,5", "1e-400")
_TEXTS = (
    *("", " ", "\0", "none", "True", ",,,,", "tanh,relu,nonsense", "%s%n", "${7*7}"),
    *("../../etc/passwd", "{0.__class__}", "<script>alert(1)</script>", "'; DROP TABLE x"),
    *("\u202e\u2028\ufeff", "\U0001f600" * 50, "한" * 500, "a" * 5000),
    *("[x](javascript:alert(1))", "![x](http://outside.example)"),
)
_STRANGE = (0, -1, 1e308, float("nan"), float("inf"), float("-inf"), 0.1, 10**12, 2.0**53 + 2)
_BEYOND = (10**400, -(10**400), 2**63, 2**64, 10**19, Fraction(10**400), 5e-324, 1.8e308)
_BEYOND += (np.longdouble("1e4000"), np.float16(65504), np.uint64(2**64 - 1), np.int8(-128), 1j)
_BEYOND += (10**5000, Decimal("1e400"), np.array([1.0, 2.0]), -0.0)
"""Numbers that Python can hold, and little else can."""
_WORDS = (b"1e308", b"NaN", b"Infinity", b"[" * 500, b'"' * 3, b"null", b"1" + b"0" * 400)
_WORDS += (b"[]," * 70_000,)
_KINDS = ("double_value", "int_value", "bool_value", "string_value", "double_array_value")
_KINDS += ("int_array_value", "string_array_value", "json_value", "trigger_value")
_KINDS += ("bytes_value", "json_trigger_value", "")
_PLACES = ("/", "/static/", "/media/", "/_stcore/", "/_stcore/upload_file/", "/rnnviz/")
_TAILS = ("..%2f..%2fetc/passwd", "../../etc/passwd", "%00", "%ff", "x" * 3000, "\\..\\app.py")
_TAILS += ("//evil", "%2e%2e/%2e%2e/app.py", "stream", "health")
_HEADS = (
    "Origin: http://evil.example",
    "Origin: null",
    'Cookie: _streamlit_xsrf="; x',
    "Content-Length: 999999999999",
    "Content-Length: -1",
    "Transfer-Encoding: chunked",
    "Range: bytes=9-1,a-",
    "Accept-Encoding: " + "gzip," * 200,
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x",
    "X-Forwarded-For: 127.0.0.1",
)
_FOLDED = ("unfolded.more", "unfolded.listing", "take-away")


@contextmanager
def patiently(what: object):
    """Assert that the block takes no more than PATIENCE seconds."""
    start = time.perf_counter()
    yield
    took = time.perf_counter() - start
    assert took < PATIENCE, f"{took:.1f} s for {what!r:.200}"


def _drive(strategy, check, count: int, start: int) -> int:
    """Call ``check`` with so many values of a strategy; returns how many it got."""
    tried = 0

    @seed(start)
    @settings(max_examples=count, database=None, deadline=None, print_blob=False)
    @given(strategy)
    def each(value):
        nonlocal tried
        tried += 1
        check(value)

    each()
    return tried


def fuzz_links(count: int, start: int = 0) -> int:
    """Read links: values of any kind for the known names and for others."""
    names = st.sampled_from([row.link for row in ROWS])
    lists = st.lists(st.sampled_from(("1", "64", "-3", "tanh", "LSTM", "none", "")), max_size=20)
    values = st.one_of(
        st.sampled_from(_NUMBERS + _TEXTS),
        st.text(max_size=60),
        st.integers().map(str),
        st.floats().map(str),
        lists.map(",".join),
    )
    links = st.lists(st.tuples(st.one_of(names, names, st.text(max_size=20)), values), max_size=12)

    def check(pairs):
        with patiently(pairs):
            situation = Link.parse(tuple(pairs))
            for problem in situation.problems:
                assert problem.sentence("en")
                assert problem.sentence("ko")
        again = Link.parse(situation.pairs)
        assert again.experiment == situation.experiment
        assert not again.problems

    return _drive(links, check, count, start)


def fuzz_values(count: int, start: int = 0) -> int:
    """Build experiments from Python values of any kind, as a widget or a JSON file has them."""
    anything = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.sampled_from(_BEYOND),
        st.text(max_size=30),
        st.binary(max_size=10),
        st.lists(st.one_of(st.integers(), st.floats(), st.text(max_size=5)), max_size=20),
        st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    )
    some = st.dictionaries(st.sampled_from(list(TABLE)), anything, min_size=1, max_size=4)

    def check(knobs):
        with patiently(str(list(knobs))), suppress(ExperimentError):
            Experiment(**knobs)

    return _drive(some, check, count, start)


def fuzz_notes(count: int, start: int = 0) -> int:
    """Make notes inert: no picture, and no address that is none of the web, is left in them."""
    pieces = ("![", "](", "<", "img src=x", ">", "!", "[", "\\", "a", "\n", "&lt;")
    pieces += ("]: ", "javascript:", "data:text/html,", "file:", "https://", " ")
    alive = re.compile(
        r"(?<!\\)(?:\\\\)*<(?!https?://|mailto:)[a-z][a-z0-9+.-]*:|\]\((?!\s*<?https?://|mailto:)",
        re.IGNORECASE,
    )
    parts = st.lists(st.one_of(st.sampled_from(pieces), st.text(max_size=5)), max_size=30)

    def check(parts):
        note = "".join(parts)
        with patiently(note):
            shown = inert(note)
        assert "![" not in shown
        assert not alive.search(shown)

    return _drive(parts, check, count, start)


def real_files() -> dict[str, bytes]:
    """Return one file of each kind that the page opens again, as the page writes them."""
    experiment = Experiment(timesteps=6, units=3, input_features=2)
    run = simulate(experiment)
    sheet = sheet_of(run, Perspective(), next(iter(views().values())), Look(), "en")
    packed = io.BytesIO()
    DATA["npz"](run, packed)
    # All that matters of the page stands at its beginning; the rest is Plotly.
    page = TEXTS["html"](sheet)[: 64 * 2**10]
    return {"json": experiment.to_json().encode(), "npz": packed.getvalue(), "html": page}


def fuzz_files(count: int, start: int = 0) -> int:
    """Open real files that were damaged or changed on purpose."""
    chance, files = random.Random(start), real_files()
    for _ in range(count):
        kind = chance.choice(list(files))
        content = _damaged(files[kind], chance)
        with patiently((kind, content[:80])), suppress(ExportFailure, ExperimentError):
            assert isinstance(
                reopened(io.BytesIO(content), len(content)).source, Experiment | Given
            )
    return count


def _damaged(content: bytes, chance: random.Random) -> bytes:
    """Return bytes with a few of them changed, removed, repeated or replaced by words."""
    damaged = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8, 50))):
        if not damaged:
            break
        at = chance.randrange(len(damaged))
        act = chance.randrange(6)
        if act == 0:
            damaged[at] = chance.randrange(256)
        elif act == 1:
            damaged[at] ^= 1 << chance.randrange(8)
        elif act == 2:
            del damaged[at : at + chance.randrange(1, 200)]
        elif act == 3:
            damaged[at:at] = chance.randbytes(chance.randrange(1, 200))
        elif act == 4:
            damaged[at : at + 4] = chance.choice((b"\xff" * 4, bytes(4), b"\xff\xff\xff\x7f"))
        else:
            word = chance.choice(
                (
                    b"1e308",
                    b"1" + b"0" * 400,
                    b"[]," * 70_000,
                    b"NaN",
                    b"Infinity",
                    b"[" * 500,
                    b'"' * 3,
                    b"null",
                )
            )
            damaged[at : at + len(word)] = word
    return bytes(damaged[: chance.choice((len(damaged), len(damaged), len(damaged) // 2))])


async def fuzz_socket(url: str, count: int, start: int = 0) -> int:
    """Send frames and requests that no browser sends, and look after a neighbour meanwhile."""
    chance, tried = random.Random(start), 0
    async with Visitor(url) as neighbour:
        honest = (await neighbour.arrive("units=6&seed=5")).digest
        while tried < count:
            tried += await _misbehave(url, chance, min(60, count - tried))
            page = await neighbour.run()
            assert page.seconds < PATIENCE, f"a neighbour waited {page.seconds:.1f} s"
            assert page.digest == honest, "a neighbour's page changed"
    return tried


async def _misbehave(url: str, chance: random.Random, most: int) -> int:
    """Open a page and misuse it until it is closed on us or has taken enough."""
    tried = 1
    async with Visitor(url) as mallory:
        with suppress(ConnectionClosed):
            page = await mallory.arrive(_hostile_query(chance))
            _look(page, mallory.query)
            mallory.values.update(unfold(page))
            page = await mallory.run()
            while tried < most:
                tried += 1
                frame = _hostile_frame(mallory, page, chance)
                await mallory.send(frame)
                if chance.random() < 0.3:
                    mallory.query = _hostile_query(chance)
                    answer = await mallory.run(timeout=30)
                    assert answer.seconds < PATIENCE, f"{answer.seconds:.1f} s: {frame!r:.200}"
                    _look(answer, (frame, mallory.query))
                    page = answer if answer.widgets else page
    return tried


def _look(page, what: object) -> None:
    assert not page.exceptions, (page.exceptions, what)
    assert not [text for text in page.alerts if "Error number" in text], (page.alerts, what)


def unfold(page) -> dict:
    """Return values that open what is folded, so that all its widgets are there to be misused."""
    folds = {name: ("bool_value", True) for name in page.widgets if name.endswith(_FOLDED)}
    dialogs = {name: ("trigger_value", True) for name in page.widgets if name.endswith("-teach")}
    return folds | dialogs


def _hostile_query(chance: random.Random) -> str:
    if chance.random() < 0.3:
        return "units=4&timesteps=20"
    pairs = [(row.link, _hostile_text(chance)) for row in chance.sample(ROWS, 3)]
    return urlencode([*pairs, ("timesteps", "20"), *_somewhere(chance)])


def _somewhere(chance: random.Random) -> list[tuple[str, str]]:
    """Return the pairs of a place that there is: a page, a view or a lesson."""
    view = chance.choice(list(views().values()))
    places = [[("page", page)] for page in PAGES]
    places += [[("page", view.page), ("view", view.name)]] * 2
    places += [[("lesson", chance.choice(list(lessons())))]]
    return chance.choice(places)


def _hostile_text(chance: random.Random) -> str:
    return chance.choice(_NUMBERS + _TEXTS)


def _hostile_frame(mallory: Visitor, page, chance: random.Random) -> bytes | str:
    act = chance.randrange(60)
    if act == 0:
        return "a text frame"
    if act == 1:
        return chance.randbytes(chance.randrange(1, 400))
    if act < 7:
        return _damaged(mallory.request().SerializeToString(), chance)[:4000] or b"\0"
    if act < 14:
        return _other_message(mallory, chance).SerializeToString()
    names = [
        name for name in page.widgets if not name.endswith("take-away.pdf")
    ]  # may take seconds
    names += ["x" * 50, "$$ID-0-widget.units", ""]
    changes = {chance.choice(names): _hostile_value(chance) for _ in range(chance.randrange(1, 4))}
    message = mallory.request(**changes)
    rerun = message.rerun_script
    if chance.random() < 0.2:
        rerun.fragment_id = _hostile_text(chance)[:50] or "x"
    if chance.random() < 0.1:
        rerun.page_script_hash = _hostile_text(chance)[:50]
    if chance.random() < 0.1:
        rerun.context_info.timezone = _hostile_text(chance)[:50]
        rerun.context_info.locale = _hostile_text(chance)[:50]
        rerun.context_info.timezone_offset = chance.choice((0, 2**31 - 1, -(2**31)))
        rerun.context_info.url = _hostile_text(chance)[:50]
    return message.SerializeToString()


def _hostile_value(chance: random.Random) -> tuple[str, object]:
    kind = chance.choice(_KINDS)
    some = range(chance.randrange(4))
    if kind == "double_value":
        return kind, float(chance.choice(_STRANGE))
    if kind == "int_value":
        return kind, chance.choice((0, -1, 2**62, -(2**62), 7))
    if kind in ("bool_value", "trigger_value"):
        return kind, True
    if kind == "double_array_value":
        return kind, [float(chance.choice(_STRANGE)) for _ in some]
    if kind == "int_array_value":
        return kind, [chance.choice((0, -1, 99, 2**40)) for _ in some]
    if kind == "string_array_value":
        return kind, [_hostile_text(chance) for _ in some]
    if kind == "bytes_value":
        return kind, chance.randbytes(20)
    if not kind:
        return kind, None
    return kind, _hostile_text(chance) if kind == "string_value" else _hostile_json(chance)


def _hostile_json(chance: random.Random) -> str:
    cursor = {"timestep": chance.choice((-1, 1e308, None, "x", [], True, 2**70))}
    window = {name: chance.choice((0, -5, 10**9, 1e308)) for name in ("first", "last", "low")}
    wish = {"knob": "units", "first": -5, "last": 10**9, "number": 1}
    return chance.choice(
        (
            *("{", "[" * 900, "null", "NaN", '"' + "x" * 1000 + '"'),
            json.dumps({"cursor": cursor, "window": window, "ask": wish}),
            json.dumps({"cursor": [1], "window": "x", "ask": 5}),
            json.dumps({"ask": wish | {"knob": ["units"]}}),
            json.dumps({"cursor": {"timestep": 10**400}, "wish": wish | {"first": 10**400}}),
            json.dumps({"pick": {"x": 10**400, "y": -(10**400), "count": 2**70}}),
        )
    )


def _other_message(mallory: Visitor, chance: random.Random) -> BackMsg:
    message = BackMsg()
    names = ("clear_cache", "set_run_on_save", "load_git_info", "app_heartbeat", "stop_script")
    names += ("debug_disconnect_websocket", "debug_shutdown_runtime")
    act = chance.choice((*names, "files", "download", "rows"))
    operation = message.backend_operation_request
    if act in names:
        setattr(message, act, True)
    elif act == "files":
        message.file_urls_request.file_names.extend([_hostile_text(chance)] * chance.randrange(5))
    elif act == "download":
        operation.session_id = mallory.session_id
        operation.deferred_file.file_id = _hostile_text(chance)
    else:
        operation.session_id = mallory.session_id
        operation.dataframe_chunk.source_id = _hostile_text(chance)
        operation.dataframe_chunk.offset = chance.choice((0, 7, 2**62))
        operation.dataframe_chunk.limit = chance.choice((0, 7, 2**31 - 1))
    return message


def fuzz_requests(url: str, count: int, start: int = 0) -> int:
    """Ask for paths, with methods and headers, that no browser asks for."""
    chance, parts = random.Random(start), urlsplit(url)
    for _ in range(count):
        raw = _hostile_request(chance, parts.netloc)
        with patiently(raw), socket.create_connection((parts.hostname, parts.port), 10) as wire:
            wire.sendall(raw)
            wire.shutdown(socket.SHUT_WR)
            wire.settimeout(10)
            answer = wire.recv(65536)
        assert b"root:" not in answer
        assert b"Traceback" not in answer
        assert not answer.startswith(b"HTTP/1.1 500"), raw
    return count


def _hostile_request(chance: random.Random, host: str) -> bytes:
    method = chance.choice(("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "TRACE", "X"))
    path = chance.choice(_PLACES) + chance.choice((*_TAILS, "?" + quote(_hostile_text(chance))))
    hosts = (host, host, host, "evil.example", "", f"{host}:x")
    heads = [f"Host: {chance.choice(hosts)}", *chance.sample(_HEADS, 2)]
    return f"{method} {path} HTTP/1.1\r\n".encode() + "\r\n".join(heads).encode() + b"\r\n\r\n"
