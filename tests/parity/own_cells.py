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


OWN_CELLS = {"LeakyRNN": leaky_rnn}
