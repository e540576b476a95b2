import re

from rnnviz.app.server.guard.headers import protective_headers, with_protection
from rnnviz.app.server.guard.rules import Rules


def headers(**rules):
    return {name.decode(): value.decode() for name, value in protective_headers(Rules(**rules))}


def policy(**rules):
    parts = headers(**rules)["content-security-policy"].split("; ")
    return {part.partition(" ")[0]: part.partition(" ")[2].split() for part in parts}


def test_nothing_from_outside_may_be_loaded_asked_or_sent():
    for directive, sources in policy().items():
        for source in sources:
            assert re.fullmatch(
                r"'(self|none|unsafe-inline|wasm-unsafe-eval|sha256-[\w+/=]+)'|blob:|data:", source
            ), (directive, source)


def test_scripts_run_only_from_this_server():
    scripts = policy()["script-src"]
    assert "'unsafe-inline'" not in scripts
    assert "'unsafe-eval'" not in scripts
    assert any(source.startswith("'sha256-") for source in scripts)


def test_nobody_may_frame_the_page_unless_the_teacher_allows_it():
    assert policy()["frame-ancestors"] == ["'self'"]
    assert headers()["x-frame-options"] == "SAMEORIGIN"
    slides = "https://slides.example"
    assert policy(embedders=(slides,))["frame-ancestors"] == ["'self'", slides]
    assert "x-frame-options" not in headers(embedders=(slides,))


def test_our_headers_replace_others_of_the_same_name():
    own = [(b"X-Content-Type-Options", b"sniff"), (b"etag", b"1")]
    protected = with_protection(own, [(b"x-content-type-options", b"nosniff")])
    assert protected == [(b"etag", b"1"), (b"x-content-type-options", b"nosniff")]
