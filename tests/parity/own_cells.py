"""Cells that Keras does not have, written by hand: what the generated ones are held to."""


def leaky_rnn(keras, spec):
    """h' = (1 − a)·h + a·act(x·K + b + h·R), as a cell of ``keras.layers.RNN``."""

    @keras.saving.register_keras_serializable(package="tests")
    class Leaky(keras.layers.SimpleRNNCell):
        def __init__(self, units, leak_rate, **more):
            super().__init__(units, **more)
            self.leak_rate = leak_rate

        def call(self, sequence, states, training=False):
            new, _ = super().call(sequence, states, training=training)
            output = states[0] + self.leak_rate * (new - states[0])
            return output, [output]

        def get_config(self):
            return super().get_config() | {"leak_rate": self.leak_rate}

    return Leaky(spec.units, spec.leak_rate, activation=spec.activation)


def min_gru(keras, spec):
    """h' = h + σ(x·K_z + b_z)·(x·K_h + b_h − h)."""

    @keras.saving.register_keras_serializable(package="tests")
    class Minimal(keras.layers.Layer):
        def __init__(self, units, **more):
            super().__init__(**more)
            self.units = self.state_size = self.output_size = units

        def build(self, shape):
            self.kernel = self.add_weight(shape=(shape[-1], 2 * self.units), name="kernel")
            self.bias = self.add_weight(shape=(2 * self.units,), name="bias")

        def call(self, sequence, states, training=False):
            sums = keras.ops.matmul(sequence, self.kernel) + self.bias
            gate, new = sums[:, : self.units], sums[:, self.units :]
            output = states[0] + keras.ops.sigmoid(gate) * (new - states[0])
            return output, [output]

        def get_config(self):
            return super().get_config() | {"units": self.units}

    return Minimal(spec.units)


OWN_CELLS = {"LeakyRNN": leaky_rnn, "MinGRU": min_gru}
