"""A few hundred hostile inputs for every door; tests/benchmarks/fuzz.py tries ten thousand."""

import asyncio
import random

import pytest

from tests.live import fuzz


@pytest.mark.parametrize("door", ["links", "values", "notes", "files"])
def test_hostile_inputs_are_refused_in_words(door):
    assert getattr(fuzz, f"fuzz_{door}")(60) >= 60


def test_the_same_seed_gives_the_same_inputs():
    chances = [random.Random(3) for _ in range(2)]
    first, second = ([fuzz._hostile_query(chance) for _ in range(20)] for chance in chances)
    assert first == second


def test_hostile_messages_hurt_nobody(server):
    assert asyncio.run(fuzz.fuzz_socket(server.url, 120)) >= 120
    assert not [line for line in server.lines() if "Traceback" in line]


def test_hostile_requests_get_an_answer_and_nothing_else(server):
    assert fuzz.fuzz_requests(server.url, 100) == 100
    assert not [line for line in server.lines() if "Traceback" in line]
