"""Drives the system's Firefox by Marionette, the remote protocol that it brings along.

Playwright drives only a Firefox that it has patched itself. A message is JSON with its length and a
colon before it: ``[0, number, command, arguments]``, answered by ``[1, number, error, result]``.
"""

import base64
import json
import shutil
import socket
import subprocess
import time
from pathlib import Path

# Nothing is reached: requests would go to a proxy at a closed port.
PREFERENCES = {
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
}
PATIENCE = 60


def firefox_path() -> str | None:
    """The system's Firefox, None without one."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


class Firefox:
    """A running Firefox; use it in a ``with`` statement."""

    def __init__(self, profile: Path, width: int = 1366, height: int = 768) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
            for name, value in {**PREFERENCES, "marionette.port": port}.items()
        ]
        (profile / "user.js").write_text("".join(lines), encoding="utf-8")
        command = [firefox_path(), "--headless", "--marionette", "--no-remote", "--profile"]
        size = f"{width},{height}"
        self.process = subprocess.Popen(
            [*command, str(profile), "--window-size", size, "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.socket = self._connected(port)
        self.socket.settimeout(PATIENCE)
        self.number = 0
        self._read()  # its greeting
        self("WebDriver:NewSession", capabilities={})
        self("WebDriver:SetTimeouts", script=PATIENCE * 1000, pageLoad=PATIENCE * 1000)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.terminate()
        self.process.wait(PATIENCE)

    def _connected(self, port: int) -> socket.socket:
        for _ in range(4 * PATIENCE):
            try:
                return socket.create_connection(("127.0.0.1", port), PATIENCE)
            except OSError:
                time.sleep(0.25)  # it has not begun to listen yet
        self.process.kill()
        raise TimeoutError("Firefox does not answer")

    def _read(self):
        head, body = b"", b""
        while not head.endswith(b":"):
            head += self.socket.recv(1)
        while len(body) < int(head[:-1]):
            body += self.socket.recv(int(head[:-1]) - len(body))
        return json.loads(body)

    def __call__(self, command: str, **arguments):
        """Send a command and return its result."""
        self.number += 1
        text = json.dumps([0, self.number, command, arguments]).encode()
        self.socket.sendall(f"{len(text)}:".encode() + text)
        _, _, error, result = self._read()
        assert error is None, error
        return result

    def wait_for(self, expression: str):
        """Wait until an expression of the page is true, and return its value."""
        script = f"""const done = arguments[arguments.length - 1];
            const look = () => {{
                const found = {expression};
                if (found) done(found);
                else setTimeout(look, 50);
            }};
            look();"""
        return self("WebDriver:ExecuteAsyncScript", script=script, args=[])["value"]

    def do(self, script: str):
        """Run a script in the page."""
        return self("WebDriver:ExecuteScript", script=script, args=[])["value"]

    def screenshot(self) -> bytes:
        """What the window shows, as PNG."""
        return base64.b64decode(self("WebDriver:TakeScreenshot", full=False)["value"])
