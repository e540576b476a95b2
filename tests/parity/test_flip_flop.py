"""A GRU that PyTorch trained to hold three bits: its memories are eight stable fixed points."""

import numpy as np
import pytest

import rnnviz

pytestmark = [
    pytest.mark.filterwarnings("ignore::rnnviz.readers.ReadingWarning"),
    pytest.mark.timeout(900),
]
BITS, UNITS = 3, 64


def pulses(generator, trials, timesteps):
    """Pulses of ±1 on three lines, and the last pulse of each line as the answer."""
    sign = generator.choice([-1.0, 1.0], (trials, timesteps, BITS))
    inputs = (generator.random(sign.shape) < 0.08) * sign
    inputs[:, 0] = sign[:, 0]
    targets, held = np.zeros_like(inputs), np.zeros((trials, BITS))
    for step in range(timesteps):
        held = np.where(inputs[:, step] != 0, inputs[:, step], held)
        targets[:, step] = held
    return inputs.astype("f4"), targets.astype("f4")


@pytest.fixture(scope="module")
def module(torch):
    """Train for half a minute: Sussillo & Barak's task (2013)."""
    torch.manual_seed(0)
    generator = np.random.default_rng(0)
    core = torch.nn.GRU(BITS, UNITS, batch_first=True)
    module = torch.nn.ModuleDict({"rnn": core, "fc": torch.nn.Linear(UNITS, BITS)})
    optimizer = torch.optim.Adam(module.parameters(), 4e-3)
    for _ in range(500):
        inputs, targets = map(torch.from_numpy, pulses(generator, 64, 60))
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(module["fc"](module["rnn"](inputs)[0]), targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimizer.step()
    assert loss.item() < 0.02
    return module


def test_eight_memories_at_zero_input(module):
    inputs, targets = pulses(np.random.default_rng(1), 1, 100)
    run = rnnviz.run(module, inputs[0])
    assert np.abs(run.output - targets[0]).mean() < 0.2
    held = (0.0,) * BITS
    found = rnnviz.analyse(run, "fixed_points", held_input=held, starts=256)
    stable = found.points[[kind == "stable" for kind in found.kinds]]
    assert len(stable) == 2**BITS
    assert "saddle" in found.kinds
    answers = run.network.head[0].apply(stable)
    np.testing.assert_allclose(np.abs(answers), 1, atol=0.2)
    assert len({tuple(signs) for signs in np.sign(answers)}) == 2**BITS, "one for each corner"
