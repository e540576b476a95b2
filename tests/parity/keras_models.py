"""The real Keras model of an experiment, built without a line of rnnviz.codegen."""

from tests.parity.own_cells import OWN_CELLS


def keras_model(keras, experiment, fresh=True):
    """Return the Sequential model of an experiment, its weights as Keras drew them.

    In a fresh session its names are numbered from the beginning.
    """
    if fresh:
        keras.utils.clear_session()
    keras.config.set_floatx(experiment.dtype)
    model = keras.Sequential()
    if experiment.signal in ("tokens", "text"):
        model.add(keras.Input((None,), dtype="int32"))
        model.add(keras.layers.Embedding(experiment.vocabulary_size, experiment.input_features))
    else:
        model.add(keras.Input((None, experiment.input_features)))
    for spec in experiment.layers:
        model.add(_layer(keras, spec))
    if experiment.dense_units:
        activation = experiment.dense_activation
        model.add(keras.layers.Dense(experiment.dense_units, activation=activation))
    return model


def _layer(keras, spec):
    ways = {"return_sequences": spec.return_sequences, "go_backwards": spec.go_backwards}
    if spec.cell in OWN_CELLS:
        layer = keras.layers.RNN(OWN_CELLS[spec.cell](keras, spec), **ways)
    else:
        settings = {"activation": spec.activation} | ways
        if spec.cell != "SimpleRNN":
            settings["recurrent_activation"] = spec.recurrent_activation
        if spec.cell == "GRU":
            settings["reset_after"] = spec.reset_after
        layer = getattr(keras.layers, spec.cell)(spec.units, **settings)
    return keras.layers.Bidirectional(layer) if spec.bidirectional else layer
