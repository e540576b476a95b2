import pytest

from rnnviz.app.server.guard.rules import Rules, _embedders, _hosts


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("localhost:8501", True),
        ("127.0.0.1", True),
        ("[::1]:8501", True),
        ("LOCALHOST.", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("evil.example:127.0.0.1", False),
        ("user@localhost", False),
        ("localhost/x", False),
        ("localhost:99999999", False),
        ("localhost, evil.example", False),
        ("[bad", False),
        ("", False),
        (None, False),
    ],
)
def test_only_this_machine_is_known_by_default(host, known):
    assert Rules().knows_host(host) is known


def test_names_that_were_allowed_are_known_and_no_others():
    rules = Rules(hosts=("rnn.school.example", "*.class.example"))
    assert rules.knows_host("rnn.school.example:8501")
    assert rules.knows_host("a.class.example")
    assert not rules.knows_host("class.example")
    assert not rules.knows_host("xclass.example")
    assert not rules.knows_host("127.0.0.1")


@pytest.mark.parametrize(
    ("origin", "known"),
    [
        ("http://127.0.0.1:8501", True),
        ("https://127.0.0.1:8501", True),
        ("http://127.0.0.1:8502", False),
        ("http://evil.example", False),
        ("null", False),
        ("file://", False),
        ("http://[bad", False),
        ("https://proxy.example", True),
        ("HTTPS://PROXY.EXAMPLE", True),
    ],
)
def test_an_origin_is_our_own_or_was_allowed(origin, known):
    rules = Rules(origins=("https://proxy.example",))
    assert rules.knows_origin(origin, "127.0.0.1:8501") is known


@pytest.mark.parametrize(
    ("path", "method", "is_open"),
    [
        ("/", "GET", True),
        ("/", "HEAD", True),
        ("/", "POST", False),
        ("/_stcore/health", "GET", True),
        ("/_stcore/host-config", "GET", True),
        ("/_stcore/metrics", "GET", False),
        ("/_stcore/metrics/", "GET", False),
        ("/_stcore/script-health-check", "GET", False),
        ("/_stcore/agent/openapi.json", "GET", False),
        ("/auth/login", "GET", False),
        ("/oauth2callback", "GET", False),
        ("/_stcore/upload_file/s/f", "PUT", False),
        ("/_stcore/upload_file/s/f", "GET", False),
        ("/media/x", "GET", True),
        ("/media/x", "DELETE", False),
    ],
)
@pytest.mark.parametrize("base", ["", "/rnn"])
def test_paths_that_the_page_does_not_need_are_closed(path, method, is_open, base):
    assert Rules(base=base).is_open(base + path, method) is is_open


def test_files_may_be_sent_where_the_app_takes_them():
    rules = Rules(uploads=True)
    assert rules.is_open("/_stcore/upload_file/s/f", "PUT")
    assert rules.is_open("/_stcore/upload_file/s/f", "DELETE")
    assert not rules.is_open("/_stcore/upload_file/s/f", "POST")


@pytest.mark.parametrize(
    ("address", "allowed", "hosts"),
    [
        ("127.0.0.1", [], ("localhost", "127.0.0.1", "::1")),
        (None, [], ("localhost", "127.0.0.1", "::1")),
        ("0.0.0.0", [], ("localhost", "127.0.0.1", "::1")),
        ("192.168.1.20", [], ("192.168.1.20",)),
        ("0.0.0.0", ["192.168.1.20 ", "RNN.local."], ("192.168.1.20", "rnn.local")),
    ],
)
def test_an_open_address_alone_opens_nothing(address, allowed, hosts):
    assert _hosts(address, allowed) == hosts


def test_embedders_are_origins_and_nothing_that_could_end_the_header():
    assert _embedders(" https://slides.example , http://127.0.0.1:8000") == (
        "https://slides.example",
        "http://127.0.0.1:8000",
    )
    assert _embedders("") == ()
    for wrong in ("slides.example", "https://a; script-src *", "javascript:alert(1)"):
        with pytest.raises(ValueError, match="no origin"):
            _embedders(wrong)


def test_the_settings_of_this_repository_are_the_careful_ones():
    rules = Rules.from_settings({"RNNVIZ_MOST_VISITORS": "40"})
    assert rules.most_visitors == 40
    assert rules.embedders == ()
    assert rules.origins == ()
