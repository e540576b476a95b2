import threading
import time

import pytest

from rnnviz.app.runtime.memory import LEAST, MIB, MOST, MemoryBudget, budget_bytes


class Left(BaseException):
    """What Streamlit raises in a run whose visitor left."""


def never(before):
    raise AssertionError("waits")


class Page(threading.Thread):
    """A page that holds memory for a run until it is told to end."""

    def __init__(self, budget, key, nbytes, client=None):
        super().__init__(daemon=True)
        self.budget, self.key, self.nbytes, self.client = budget, key, nbytes, client
        self.has, self.ends, self.told = threading.Event(), threading.Event(), []
        self.start()

    def run(self):
        with self.budget.page():
            self.budget.hold(self.key, self.nbytes, self.told.append, self.client)
            self.has.set()
            self.ends.wait(10)

    def end(self):
        self.ends.set()
        self.join(5)


def held(pages):
    time.sleep(0.15)
    return [page.key for page in pages if page.has.is_set()]


def waits(budget, count):
    deadline = time.monotonic() + 5
    while budget.waiting != count and time.monotonic() < deadline:
        time.sleep(0.005)
    assert budget.waiting == count


def test_what_does_not_fit_waits_until_a_page_ends_and_in_its_order():
    budget = MemoryBudget(1000 * MIB)
    pages = []
    for number in range(4):
        pages.append(Page(budget, number, 400 * MIB))
        waits(budget, max(0, number))
    assert held(pages) == [0]
    assert pages[3].told[-1] == 3
    for number in range(4):
        assert budget.used == 400 * MIB
        pages[number].end()
        assert held(pages[number + 1 : number + 2]) == ([number + 1] if number < 3 else [])
    assert budget.used == 0


def test_small_ones_have_a_part_of_their_own():
    budget = MemoryBudget(1000 * MIB)
    large = [Page(budget, f"large {number}", 700 * MIB) for number in range(3)]
    waits(budget, 2)
    small = [Page(budget, f"small {number}", 100 * MIB) for number in range(2)]
    assert len(held(small)) == 2
    for page in large + small:
        page.ends.set()


def test_one_that_is_too_large_for_the_budget_gets_it_alone():
    budget = MemoryBudget(1000 * MIB)
    first, second = Page(budget, "first", 2000 * MIB), None
    assert held([first])
    second = Page(budget, "second", 300 * MIB)
    assert not held([second])
    first.end()
    assert held([second])
    second.end()


def test_pages_that_want_the_same_share_it():
    budget = MemoryBudget(1000 * MIB)
    pages = [Page(budget, "same", 600 * MIB) for _ in range(30)]
    assert len(held(pages)) == 30
    assert budget.used == 600 * MIB
    for page in pages:
        page.end()
    assert budget.used == 0


def test_a_page_that_leaves_while_it_waits_leaves_nothing_behind():
    budget = MemoryBudget(1000 * MIB)
    first = Page(budget, "first", 700 * MIB)
    assert held([first])

    def leave(before):
        raise Left

    with pytest.raises(Left), budget.page():
        budget.hold("second", 700 * MIB, leave)
    assert budget.waiting == 0
    first.end()
    with budget.page():
        budget.hold("third", 700 * MIB, never)
    assert budget.used == 0


def test_clients_take_turns_however_many_pages_one_has():
    budget = MemoryBudget(1000 * MIB)
    pages = []
    for number, client in enumerate(["greedy"] * 4 + ["modest"]):
        pages.append(Page(budget, number, 700 * MIB, client))
        waits(budget, number)
    order = []
    while len(order) < len(pages):
        (key,) = [key for key in held(pages) if key not in order]
        order.append(key)
        pages[key].end()
    assert order == [0, 4, 1, 2, 3]


def test_a_page_within_a_page_holds_what_the_page_holds():
    budget = MemoryBudget(1000 * MIB)
    with budget.page():
        budget.hold("a", 700 * MIB, never)
        with budget.page():
            budget.hold("b", 700 * MIB, never)
        assert budget.used == 700 * MIB
    assert budget.used == 0


def test_what_is_only_kept_makes_room():
    rooms = []
    budget = MemoryBudget(1000 * MIB, rooms.append)
    with budget.page():
        budget.hold("a", 600 * MIB, never)
    assert rooms == [400 * MIB]


def test_small_runs_and_runs_outside_of_a_page_are_not_counted():
    budget = MemoryBudget(1000 * MIB)
    budget.hold("a", 600 * MIB, never)
    with budget.page():
        budget.hold("b", MIB, never)
        assert budget.used == 0


def test_the_budget_is_what_the_machine_has_or_what_is_said(monkeypatch):
    monkeypatch.delenv("RNNVIZ_MEMORY_MB", raising=False)
    assert LEAST <= budget_bytes() <= MOST
    monkeypatch.setenv("RNNVIZ_MEMORY_MB", "300")
    assert budget_bytes() == 300 * MIB
    for said in ("0", "-5", "much", "1e3", "9" * 400):
        monkeypatch.setenv("RNNVIZ_MEMORY_MB", said)
        with pytest.raises(ValueError, match="RNNVIZ_MEMORY_MB"):
            budget_bytes()
