"""The server open to a room, by the very commands of the README, and without internet."""

import asyncio
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.server import serving
from tests.live.figures import fetch
from tests.live.visitor import Visitor

ROOT = Path(__file__).parents[2]
WATCH = """
import sys

def outside(event, details):
    if event not in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
        return
    address = details[0] if event == "socket.getaddrinfo" else details[1]
    host = address[0] if isinstance(address, tuple) else address
    if str(host or "localhost") not in ("127.0.0.1", "::1", "localhost"):
        print("outside:", event, address, file=sys.stderr, flush=True)

sys.addaudithook(outside)
"""


def commands():
    """Return the options of each ``streamlit run`` in the README that opens the server."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"^streamlit run app\.py (--server\.\S.*)$", text, re.MULTILINE)
    return [shlex.split(line) for line in found]


def given(options, setting):
    """Return what a command says of a setting, as often as it says it."""
    pairs = zip(options[::2], options[1::2], strict=True)
    return [value for name, value in pairs if name == f"--server.{setting}"]


async def look(url, **claim):
    async with Visitor(url, **claim) as anna:
        page = await anna.arrive("units=4")
        assert not page.exceptions
        return await anna.move("Weight scale", index=3)


def test_one_address_opens_the_server_to_those_who_use_it():
    (command,) = (line for line in commands() if not given(line, "allowedHosts"))
    assert command[0] == "--server.address"
    # Every address that starts with 127 is this machine: one stands in for the one in the room.
    with serving(ROOT / "app.py", "--server.address", "127.0.0.2", address="127.0.0.2") as served:
        asyncio.run(look(served.url))
        assert fetch(served.url)[0] == 200
        assert fetch(served.url, Host="127.0.0.1:8501")[0] == 403
        assert fetch(served.url, Host="evil.example")[0] == 403
        assert not [line for line in served.lines() if "Traceback" in line]


@pytest.mark.parametrize("number", [0, 1])
def test_names_open_the_server_to_those_who_use_them(number):
    options = [line for line in commands() if given(line, "allowedHosts")][number]
    names = given(options, "allowedHosts")
    with serving(ROOT / "app.py", *options) as served:
        for name in names:
            there = f"{name}:{served.url.rpartition(':')[2]}"
            assert fetch(served.url, Host=there)[0] == 200
            for origin in (f"http://{there}", *given(options, "corsAllowedOrigins")):
                asyncio.run(look(served.url, host=there, origin=origin))
        assert fetch(served.url)[0] == 403, "127.0.0.1 is none of them"
        assert fetch(served.url, Host="evil.example")[0] == 403


def test_the_server_asks_nobody_outside_for_anything(tmp_path):
    """Every connection and look-up of the server's own is watched, from its first line on."""
    (tmp_path / "sitecustomize.py").write_text(WATCH)

    async def visit(url):
        for query in ("", "page=dynamics", "page=keras", "page=compare", "lesson=scaling"):
            async with Visitor(url) as anna:
                page = await anna.arrive(query)
                assert not page.exceptions

    with serving(ROOT / "app.py", PYTHONPATH=f"{tmp_path}:{ROOT}") as served:
        asyncio.run(visit(served.url))
        assert fetch(served.url, Origin="http://evil.example")[0] == 403
        assert not [line for line in served.lines() if "outside:" in line]


def test_the_watch_sees_who_asks_outside(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(WATCH)
    asks = (
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('10.1.2.3', 9))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", asks],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert "outside: socket.connect" in answer.stderr
