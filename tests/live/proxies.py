"""nginx and Caddy as the README sets them up, in front of a server of a test."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from tests.browser.server import free_port

ROOT = Path(__file__).parents[2]
NAME = "rnn.school.example"


def recipe(language: str) -> str:
    """Return the recipe that stands in the README as code of a language."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^  ```{language}\n(.*?)^  ```$", text, re.MULTILINE | re.DOTALL)
    return found


def for_nginx(listen: int, server: int, base: str = "", leave_out: str = "") -> str:
    """Return nginx's configuration; ``leave_out`` drops the lines that match it."""
    site = recipe("nginx").replace("listen 80", f"listen 127.0.0.1:{listen}")
    site = site.replace("127.0.0.1:8501", f"127.0.0.1:{server}")
    site = site.replace("location /", f"location {base}/")
    if leave_out:
        lines = site.splitlines()
        kept = [line for line in lines if not re.search(leave_out, line)]
        assert len(kept) < len(lines)
        site = "\n".join(kept)
    return f"daemon off; pid nginx.pid; events {{}}\nhttp {{ access_log off;\n{site}\n}}"


def for_caddy(listen: int, server: int, base: str = "") -> str:
    """Return Caddy's configuration, without the HTTPS that it would add."""
    site = recipe("caddy").replace(NAME, f"http://{NAME}:{listen}")
    site = site.replace("127.0.0.1:8501", f"127.0.0.1:{server}")
    if base:
        site = re.sub(r"( +)(reverse_proxy .*)", rf"\1handle {base}/* {{\n\1\2\n\1}}", site)
    return f"{{\n  admin off\n}}\n{site}"


@contextmanager
def proxy(program: str, folder: Path, configuration, **options):
    """Run a proxy with ``configuration(listen, **options)``; yields its port."""
    port, where = free_port(), folder / "proxy.conf"
    where.write_text(configuration(port, **options))
    command = {
        "nginx": [program, "-p", str(folder), "-c", str(where), "-e", "error.log"],
        "caddy": [program, "run", "--config", str(where), "--adapter", "caddyfile"],
    }[Path(program).name]
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "proxy.log").open("wb") as log:
        running = subprocess.Popen(
            command, stdout=log, stderr=subprocess.STDOUT, env={"PATH": "/usr/bin:/bin", **home}
        )
    try:
        _wait(port, running, folder)
        yield port
    finally:
        running.terminate()
        running.wait(timeout=10)


def found(program: str) -> str | None:
    """Return where a program is; Debian keeps nginx where only its administrator looks."""
    return shutil.which(program, path="/usr/sbin:/usr/bin:/usr/local/bin:/usr/local/sbin")


def _wait(port: int, running: subprocess.Popen, folder: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if running.poll() is not None:
            raise RuntimeError((folder / "proxy.log").read_text())
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the proxy did not come up")
