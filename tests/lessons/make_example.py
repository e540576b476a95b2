"""Train the network that comes with rnnviz, and draw its data.

    KERAS_BACKEND=torch python -m tests.lessons.make_example

Writes ``one_bit.keras`` and ``pulses.npz`` beside the files of lessons: a GRU of 16 units that
holds the sign of the last pulse, as a visitor would train and save it in a notebook.
"""

from __future__ import annotations

import numpy as np

from rnnviz.lessons.example import EXAMPLES, FOLDER

UNITS, TIMESTEPS, RATE = 16, 60, 0.08


def pulses(generator, trials):
    """Pulses of ±1, the first at step 0, and the sign of the last one: (trials, timesteps, 1)."""
    signs = generator.choice([-1.0, 1.0], (trials, TIMESTEPS, 1))
    there = generator.random(signs.shape) < RATE
    there[:, 0] = True
    held = np.zeros_like(signs)
    last = np.zeros((trials, 1))
    for step in range(TIMESTEPS):
        last = np.where(there[:, step], signs[:, step], last)
        held[:, step] = last
    return (there * signs).astype("float32"), held.astype("float32")


def main():
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((None, 1)),
            keras.layers.GRU(UNITS, return_sequences=True),
            keras.layers.Dense(1),
        ]
    )
    generator = np.random.default_rng(0)
    model.compile(keras.optimizers.Adam(5e-3, clipnorm=1.0), "mse")
    loss = np.nan
    for _ in range(12):
        inputs, held = pulses(generator, 1024)
        loss = model.fit(inputs, held, batch_size=32, epochs=1, verbose=0).history["loss"][-1]
    print(f"mean squared error {loss:.4f}")
    kept = keras.Sequential.from_config(model.get_config())  # without the optimiser's state
    kept.set_weights(model.get_weights())
    kept.save(FOLDER / EXAMPLES["example_network"])
    inputs, held = pulses(np.random.default_rng(1), 12)
    labels = np.array(["+1" if one > 0 else "−1" for one in held[:, -1, 0]])
    np.savez_compressed(
        FOLDER / EXAMPLES["example_data"], inputs=inputs, targets=held, labels=labels
    )


if __name__ == "__main__":
    main()
