"""Who may see the health page: this machine, without a proxy, or who has the token of the log."""

import pytest
from starlette.requests import Request

from rnnviz.app.server.health import TOKEN, is_allowed


def allowed(client="127.0.0.1", host="127.0.0.1:8501", version="1.1", query="", **headers):
    pairs = [(b"host", host.encode())]
    pairs += [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    return is_allowed(
        Request(
            {
                "type": "http",
                "method": "GET",
                "path": "/rnnviz/health",
                "http_version": version,
                "client": (client, 5),
                "server": ("127.0.0.1", 8501),
                "query_string": query.encode(),
                "headers": pairs,
            }
        )
    )


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost", "[::1]:8501", "127.0.0.2"])
def test_this_machine_sees_it(host):
    assert allowed(host=host)
    assert allowed(client="::1", host=host)


@pytest.mark.parametrize(
    "sign",
    [
        {"client": "10.0.0.5"},
        {"host": "rnn.school.example"},
        {"host": ""},
        {"host": "a@[:"},
        {"version": "1.0"},
        {"x_forwarded_for": "10.0.0.5"},
        {"x_forwarded_proto": "https"},
        {"x_real_ip": "10.0.0.5"},
        {"forwarded": "for=10.0.0.5"},
        {"via": "1.1 caddy"},
    ],
)
def test_what_comes_from_elsewhere_or_through_a_proxy_does_not(sign):
    assert not allowed(**sign)
    assert not allowed(**sign, query="token=wrong")
    assert allowed(**sign, query=f"token={TOKEN}")
