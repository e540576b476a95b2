import random

from rnnviz.app.runtime.fair import FairOrder


def served(requests, more=()):
    """Serve requests in the order of their marks; returns the clients, first come first."""
    order = FairOrder()
    waiting = [(order.mark(client), number, client) for number, client in enumerate(requests)]
    clients = []
    more = list(more)
    while waiting:
        waiting.sort()
        mark, _, client = waiting.pop(0)
        order.served(mark)
        clients.append(client)
        if more:
            client = more.pop(0)
            waiting.append((order.mark(client), 1000 - len(more), client))
    return "".join(clients)


def test_one_client_keeps_its_order_and_several_alternate():
    assert served("aaaa") == "aaaa"
    assert served("aaaabb") == "abab" + "aa"
    assert served("aaaa", more="b") == "abaaa"


def test_no_client_waits_for_more_than_one_of_each_other():
    chance = random.Random(1)
    for _ in range(50):
        requests = [chance.choice("aaaaaabc") for _ in range(60)] + ["d"]
        chance.shuffle(requests)
        assert served(requests).index("d") <= 3


def test_who_was_idle_has_no_credit():
    order = FairOrder()
    for _ in range(100):
        order.served(order.mark("busy"))
    assert order.mark("idle") == 99
    assert order.mark("busy") == 100


def test_clients_that_are_served_are_forgotten():
    order = FairOrder()
    for number in range(5000):
        order.served(order.mark(number))
    assert len(order._next) <= 1001
