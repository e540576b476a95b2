"""Networks of the moments tests, whose units follow what they were built to follow."""

import numpy as np

from rnnviz.engine import Dense, Embedding, Inputs, Layer, Network, SimpleRNN, run

VOCABULARY = tuple("abcdefgh 0123ABC.“”()\n")
"""A small alphabet with everything that a token class asks for."""


def text_of(seed, words=700):
    """Words with numbers, names, quotations, brackets that nest, and lines, from a seed."""
    random = np.random.default_rng(seed)
    letters, pieces, quoted, depth = list("abcdefgh"), [], False, 0
    for _ in range(words):
        word = "".join(random.choice(letters, random.integers(1, 7)))
        kind = random.random()
        if kind < 0.1:
            word = "".join(random.choice(list("0123"), random.integers(1, 4)))
        elif kind < 0.2:
            word = random.choice(list("ABC")) + word
        if random.random() < 0.12:
            word, quoted = word + ("”" if quoted else "“"), not quoted
        if random.random() < 0.3:
            down = depth > 0 and random.random() < 0.2 + 0.2 * depth
            word, depth = word + (")" if down else "("), depth + (-1 if down else 1)
        pieces.append(word + ("\n" if random.random() < 0.1 else ". " if kind > 0.9 else " "))
    return "".join(pieces)


def tokens(text):
    """A text as inputs."""
    numbers = {one: place for place, one in enumerate(VOCABULARY)}
    return Inputs(np.array([numbers[one] for one in text]), vocabulary=VOCABULARY)


def network(vectors, recurrent, bias, activation, head=()):
    """One SimpleRNN over an embedding; ``vectors`` (tokens, units) are added to its units."""
    units = len(recurrent)
    cell = SimpleRNN(
        np.eye(units), np.asarray(recurrent, float), np.asarray(bias, float), activation
    )
    return Network((Layer(cell),), Embedding(np.asarray(vectors, float)), tuple(head))


def class_network():
    """Units 0 … 2 are on at spaces, digits and capitals, unit 3 inside “ ”, unit 4 is always 0."""
    vectors = np.zeros((len(VOCABULARY), 5))
    for place, one in enumerate(VOCABULARY):
        vectors[place, :3] = [6 * (one == " "), 6 * one.isdigit(), 6 * one.isupper()]
        vectors[place, 3] = 8 * ((one == "“") - int(one == "”"))
    # Unit 3 is a latch: ±3 keeps what 8 has set.
    return network(vectors, np.diag([0, 0, 0, 3, 0]), [-3, -3, -3, 0, 0], "tanh")


def counting_network():
    """Unit 0 counts open brackets, unit 1 the letters since the last space."""
    vectors = np.zeros((len(VOCABULARY), 2))
    for place, one in enumerate(VOCABULARY):
        vectors[place] = [(one == "(") - int(one == ")"), 1 - 100 * (one == " ")]
    return network(vectors, np.eye(2), [0, 0], "relu")


def repeated(seed=0, steps=6000, length=20, times=8, units=24):
    """A run in which one stretch of input comes ``times`` times, and where it begins."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(steps, 6))
    starts = np.sort(random.choice(steps // (3 * length), times, replace=False)) * 3 * length
    for start in starts[1:]:
        values[start : start + length] = values[starts[0] : starts[0] + length]
    cell = SimpleRNN(random.normal(0, 0.5, (6, units)), np.zeros((units, units)), np.zeros(units))
    return run(Network((Layer(cell),)), values), starts


def noise(seed, steps=600, units=6, gain=1.5):
    """A run of a chaotic network that does not hear its input, and labels it knows nothing of."""
    random = np.random.default_rng(seed)
    kernel = random.normal(0, gain / np.sqrt(units), (units, units))
    cell = SimpleRNN(np.zeros((2, units)), kernel, random.normal(0, 0.5, units))
    labels = {
        "coin": random.random(steps) < 0.3,
        "spells": np.cumsum(random.random(steps) < 0.1) % 2 == 1,
        "size": random.normal(size=steps),
    }
    inputs = random.normal(size=(steps, 2))
    return run(Network((Layer(cell),)), inputs, random.normal(size=units)), labels


def softmax(kernel):
    """A head that says what comes next."""
    return Dense(kernel, np.zeros(kernel.shape[1]), "softmax")
