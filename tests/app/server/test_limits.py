import logging
import subprocess
import sys

import pytest

from rnnviz.app.server import log_limit
from rnnviz.app.server.limits import PER_VISITOR, RESERVED
from rnnviz.app.server.log_limit import LogLimit

resource = pytest.importorskip("resource")

ASK = """
import logging, resource
logging.basicConfig(format="%(message)s")
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
from rnnviz.app.server.limits import places
print(places(300), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def asked(soft, hard):
    code = ASK.format(soft=soft, hard=hard)
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    return answer.stdout.strip(), answer.stderr.strip()


def test_the_soft_limit_is_raised_as_far_as_needed():
    said, warned = asked(256, 8000)
    assert said.startswith("Places(visitors=300")
    assert said.endswith(" 8000")
    assert not warned


def test_a_low_limit_lowers_the_promise_and_says_so():
    said, warned = asked(1024, 1024)
    fits = (1024 - RESERVED) // PER_VISITOR
    assert said.startswith(f"Places(visitors={fits},")
    assert f"room for {fits} visitors, not 300" in warned
    assert "ulimit -n" in warned


def test_lines_of_a_kind_are_few_and_those_left_out_are_counted(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(log_limit.time, "monotonic", lambda: now[0])
    limit, most = LogLimit(), log_limit.OF_A_KIND[0]

    def passes(text="refused %s", *values):
        record = logging.LogRecord("x", logging.WARNING, "", 1, text, values, None)
        return limit.filter(record) and record.getMessage()

    assert [bool(passes("refused %s", n)) for n in range(100)] == [True] * most + [False] * 90
    assert passes("another") == "another"
    now[0] += log_limit.OF_A_KIND[1] + 1
    assert passes("refused %s", 1) == "refused 1 (90 more like it were left out)"


def test_all_lines_together_are_bounded():
    limit = LogLimit()
    kinds = [logging.LogRecord("x", 30, "", 1, f"kind {n}", (), None) for n in range(400)]
    passed = sum(limit.filter(record) for _ in range(20) for record in kinds)
    assert passed <= log_limit.IN_ALL
