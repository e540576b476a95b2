"""The README's recipes for nginx and Caddy, at the root and below a path, with real programs."""

import asyncio
from functools import partial

import pytest

from tests.browser.server import serving
from tests.live.attacks import ROOT
from tests.live.figures import fetch
from tests.live.proxies import NAME, for_caddy, for_nginx, found, proxy
from tests.live.visitor import Visitor

RECIPES = {"nginx": for_nginx, "caddy": for_caddy}


@pytest.mark.parametrize("base", ["", "/rnn"])
@pytest.mark.parametrize("program", list(RECIPES))
def test_the_page_works_behind_a_proxy_as_the_readme_sets_it_up(program, base, tmp_path):
    where = found(program)
    if where is None:
        pytest.skip(f"needs {program}")
    options = ["--server.allowedHosts", NAME]
    options += ["--server.baseUrlPath", base.strip("/")] * bool(base)
    with serving(ROOT / "app.py", *options, path=base) as served:
        server = int(served.url.rpartition(":")[2])
        with proxy(where, tmp_path, partial(RECIPES[program], server=server, base=base)) as port:
            asyncio.run(_look(f"http://127.0.0.1:{port}", f"{NAME}:{port}", base))
            there = {"Host": f"{NAME}:{port}"}
            status, headers, body = fetch(f"http://127.0.0.1:{port}{base}/", **there)
            assert status == 200
            assert b"rv-first" in body
            assert "frame-ancestors 'self'" in headers["content-security-policy"]
            # The health page is for this machine, and a visitor of the proxy is not on it.
            assert fetch(f"http://127.0.0.1:{port}{base}/rnnviz/health", **there)[0] == 404
        assert not [line for line in served.lines() if "Traceback" in line]


async def _look(url, name, base):
    async with Visitor(url, host=name, origin=f"http://{name}", path=base) as anna:
        page = await anna.arrive("units=4")
        assert not page.exceptions
        await anna.move("Weight scale", index=3)


@pytest.mark.skipif(found("nginx") is None, reason="needs nginx")
def test_a_proxy_that_says_nothing_of_itself_does_not_open_the_health_page(tmp_path):
    """Neither the name in the address bar nor a visitor's address: nginx's own defaults."""
    with serving(ROOT / "app.py") as served:
        server = int(served.url.rpartition(":")[2])
        plain = partial(for_nginx, server=server, leave_out="proxy_set_header|proxy_http")
        with proxy(found("nginx"), tmp_path, plain) as port:
            assert fetch(f"http://127.0.0.1:{port}/rnnviz/health")[0] == 404
            assert fetch(f"http://127.0.0.1:{port}/")[0] == 200
            foreign = {"Origin": f"http://127.0.0.1:{port}"}
            assert fetch(f"http://127.0.0.1:{port}/static/x.js", **foreign)[0] == 403
        said = [line for line in served.lines() if "refused (origin)" in line]
        assert f"Origin 'http://127.0.0.1:{port}'" in said[0]
        assert f"--server.corsAllowedOrigins http://127.0.0.1:{port}" in said[0]
