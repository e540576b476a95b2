"""The real server, seen from the network."""

import asyncio
import contextlib
import http.client
import time
from urllib.parse import urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.live import fuzz
from tests.live.figures import fetch, health, processor_seconds
from tests.live.visitor import Visitor

PAGE = "/_stcore/health"


def raw(url, method="GET", path=PAGE, **headers):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    connection.request(
        method, path, headers={name.replace("_", "-"): v for name, v in headers.items()}
    )
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/static/nothing.js", "/rnnviz/0/x.js"])
def test_every_answer_wears_the_protective_headers(server, path):
    _, headers, _ = fetch(server.url + path)
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    "path",
    ["/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent/openapi.json", "/auth/x"],
)
def test_what_the_page_does_not_need_is_closed(server, path):
    assert fetch(server.url + path)[0] == 404


def test_a_foreign_name_or_origin_is_refused_at_once(server):
    """At once: Streamlit would look up the public address and keep everybody waiting."""
    start = time.perf_counter()
    assert raw(server.url, Host="evil.example")[0] == 403
    assert raw(server.url, Origin="http://evil.example")[0] == 403

    async def knock(**claim):
        with pytest.raises(InvalidStatus) as refused:
            async with Visitor(server.url, **claim):
                pass
        assert refused.value.response.status_code == 403

    for claim in (
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": None},
        {"origin": "http://evil.example", "host": "evil.example"},
    ):
        asyncio.run(knock(**claim))
    assert time.perf_counter() - start < 5


def test_the_health_page_is_for_this_machine_alone(server):
    figures = health(server.url)
    assert {"visitors", "memory_mb", "cache_runs_mb", "long_computations"} <= set(figures)
    assert raw(server.url, path="/rnnviz/health", X_Forwarded_For="10.0.0.5")[0] == 404


def test_a_visitor_comes_back_by_the_link_and_not_by_the_id_of_a_session(server):
    async def scene():
        async with Visitor(server.url) as anna:
            await anna.arrive("units=8")
            page = await anna.move("Weight scale", index=3)
            async with Visitor(server.url, session=anna.session_id) as thief:
                await thief.arrive()
                assert thief.session_id != anna.session_id
            assert (await anna.run()).digest == page.digest
            link = anna.query
        async with Visitor(server.url, session=anna.session_id) as again:
            assert (await again.arrive(link)).digest == page.digest

    asyncio.run(scene())


def test_a_field_can_be_emptied(server):
    async def scene():
        async with Visitor(server.url) as anna:
            page = await anna.arrive("spectral_radius=0.5")
            (more,) = (name for name in page.widgets if name.endswith("unfolded.more"))
            anna.values[more] = ("bool_value", True)
            page = await anna.run()
            (field,) = (name for name in page.widgets if "spectral_radius" in name)
            for value, shown in ((("", None), "none"), (("double_value", 2.0), "2.0")):
                anna.values[field] = value
                await anna.run()
                assert f"spectral_radius={shown}&" in anna.query

    asyncio.run(scene())


def test_a_choice_that_is_not_offered_is_refused_in_words(server):
    """Streamlit hands on whatever the socket says that a select box stands at."""

    async def scene():
        async with Visitor(server.url) as mallory:
            page = await mallory.arrive()
            (teach,) = (name for name in page.widgets if name.endswith("-teach"))
            mallory.values[teach] = ("trigger_value", True)
            page = await mallory.run()
            (language,) = (name for name in page.widgets if name.endswith("teach.language"))
            page = await mallory.run(mallory.request(**{language: ("string_value", "xx")}))
            (alert,) = page.alerts
            assert "xx" in alert
            assert "Error number" not in alert

    asyncio.run(scene())


@pytest.mark.parametrize("page", ["states", "keras", "compare", "dynamics", "keras&view=code"])
def test_choices_of_nothing_or_of_nonsense_leave_what_was_chosen(server, page):
    strange = {
        "button_group": ("string_array_value", []),
        "selectbox": ("string_value", "xx"),
        "slider": ("string_array_value", ["xx"]),
    }

    async def scene():
        async with Visitor(server.url) as mallory:
            seen = await mallory.arrive(f"page={page}")
            mallory.values.update(fuzz.unfold(seen))
            seen = await mallory.run()
            for name, (kind, _) in seen.widgets.items():
                if kind in strange:
                    answer = await mallory.run(mallory.request(**{name: strange[kind]}))
                    assert not [one for one in answer.alerts if "Error number" in one], name
                    assert not answer.exceptions, name

    asyncio.run(scene())


def test_messages_that_touch_others_do_nothing(server):
    async def scene():
        async with Visitor(server.url) as anna, Visitor(server.url) as mallory:
            before = await anna.arrive("units=9")
            kept = health(server.url)["cache_runs_kept"]
            await mallory.arrive()
            for name in ("clear_cache", "set_run_on_save", "debug_shutdown_runtime"):
                message = BackMsg()
                setattr(message, name, True)
                await mallory.send(message)
            install = BackMsg()
            install.backend_operation_request.session_id = mallory.session_id
            install.backend_operation_request.install_skills.SetInParent()
            await mallory.send(install)
            await mallory.run()
            assert (await anna.run()).digest == before.digest
            assert health(server.url)["cache_runs_kept"] >= kept

    asyncio.run(scene())


@pytest.mark.parametrize("frame", ["text", b"\xff" * 50, bytes(3_000_000)])
def test_what_is_no_message_costs_its_sender_the_connection(server, frame):
    async def scene():
        async with Visitor(server.url) as mallory, Visitor(server.url) as anna:
            await anna.arrive()
            await mallory.arrive()
            with contextlib.suppress(ConnectionClosed):  # already while a long one is sent
                await mallory.send(frame)
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(mallory.finished(), 10)
            await anna.run()

    asyncio.run(scene())
    assert not [line for line in server.lines() if "Traceback" in line]


@pytest.mark.parametrize("read", [True, False])
def test_a_flood_does_not_starve_a_neighbour(server, read):
    async def scene():
        async with Visitor(server.url) as mallory, Visitor(server.url) as anna:
            await anna.arrive()
            await mallory.arrive()
            spent = processor_seconds(server.pid)
            for number in range(300):
                mallory.query = f"seed={number}"
                await mallory.send(mallory.request())
            waits = [(await anna.run()).seconds for _ in range(5)]
            assert max(waits) < 3
            if read:
                async with asyncio.timeout(30):
                    while "seed=299" not in (await mallory.finished()).query:
                        pass
            assert processor_seconds(server.pid) - spent < 3, "300 runs would take longer"

    asyncio.run(scene())


def test_a_file_is_taken_only_where_the_page_has_a_place_for_one(server):
    async def scene():
        async with Visitor(server.url) as mallory:
            await mallory.arrive()
            path = f"/_stcore/upload_file/{mallory.session_id}/f"
            assert raw(server.url, "PUT", path, Content_Length="0")[0] == 403

    asyncio.run(scene())
