"""Optimisers against their definitions, written down once more for a single number."""

import math

import numpy as np
import pytest

from rnnviz.learn.optimizers import OPTIMIZERS, SCHEDULES, OptimizerSettings, clip_by_global_norm

GRADIENTS = [0.5, -0.2, 0.1, 0.4, -0.3]


def ours(name, rate=0.1, dtype=np.float64, **settings):
    values = np.array([1.0], dtype)
    optimizer = OPTIMIZERS[name](1, values.dtype, OptimizerSettings(**settings))
    path = []
    for g in GRADIENTS:
        optimizer.update(values, np.array([g], dtype), rate)
        path.append(values[0])
    assert values.dtype == dtype
    return path


def by_definition(name, framework, rate=0.1, decay=0.0):
    x, m, v, path = 1.0, 0.0, 0.0, []
    for t, g in enumerate(GRADIENTS, 1):
        if name == "sgd":
            x -= rate * g
        elif name == "rmsprop":
            rho = 0.9 if framework == "keras" else 0.99
            v = rho * v + (1 - rho) * g * g
            x -= rate * g / (math.sqrt(v + 1e-7) if framework == "keras" else math.sqrt(v) + 1e-8)
        else:
            x -= rate * decay * x
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            if framework == "keras":
                x -= rate * math.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (math.sqrt(v) + 1e-7)
            else:
                x -= rate * m / (1 - 0.9**t) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
        path.append(x)
    return path


@pytest.mark.parametrize("framework", ["keras", "torch"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_as_defined(name, framework):
    decay = 0.05 if name == "adamw" else 0.0
    found = ours(name, framework=framework, weight_decay=0.05)
    np.testing.assert_allclose(found, by_definition(name, framework, decay=decay), 1e-13, 1e-13)


@pytest.mark.parametrize("framework", ["keras", "torch"])
def test_momentum_is_one_thing_while_the_learning_rate_stands(framework):
    for nesterov in (False, True):
        x, v, path = 1.0, 0.0, []
        for g in GRADIENTS:
            v = 0.9 * v + g
            x -= 0.1 * (g + 0.9 * v if nesterov else v)
            path.append(x)
        found = ours("sgd", framework=framework, momentum=0.9, nesterov=nesterov)
        np.testing.assert_allclose(found, path, rtol=1e-13)


def test_two_definitions_part_at_epsilon():
    keras, torch = (ours("adam", framework=one) for one in ("keras", "torch"))
    assert keras != torch
    np.testing.assert_allclose(keras, torch, rtol=1e-4)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_float32_stays_float32(name):
    np.testing.assert_allclose(ours(name, dtype=np.float32), ours(name), rtol=1e-5)


def test_clipping_keeps_the_direction():
    gradient = np.array([3.0, 4.0])
    assert clip_by_global_norm(gradient, 1.0) == 5
    np.testing.assert_allclose(gradient, [0.6, 0.8])
    assert clip_by_global_norm(gradient, 2.0) == pytest.approx(1)
    np.testing.assert_allclose(gradient, [0.6, 0.8])
    assert clip_by_global_norm(np.array([np.inf, 1.0]), 1.0) == np.inf


def test_schedules_end_where_they_say():
    assert [SCHEDULES["constant"](0.5, step, 10) for step in (0, 10)] == [0.5, 0.5]
    assert SCHEDULES["exponential"](0.5, 10, 10) == pytest.approx(0.005)
    assert SCHEDULES["cosine"](0.5, 5, 10) == pytest.approx(0.25)
    assert SCHEDULES["cosine"](0.5, 10, 10) == pytest.approx(0)
