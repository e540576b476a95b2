"""The program in Keras 3: the model as the lecture builds it, with the page's weights set."""

from __future__ import annotations

from rnnviz.codegen.programs import sampling
from rnnviz.codegen.programs.numpy_program import head_activations, print_lines
from rnnviz.spec.experiment import Experiment, LayerSpec


def lines(experiment: Experiment) -> list[str]:
    """Return the program, line by line."""
    double = ['keras.config.set_floatx("float64")', ""] if experiment.dtype == "float64" else []
    if double:  # Keras issue 23223
        double.insert(0, "# TensorFlow keeps float64; on other backends some products are float32.")
    return [
        *sampling.heading(experiment, "Keras 3"),
        "import keras",
        "import numpy as np",
        "",
        *double,
        *sampling.setting_lines(experiment),
        *sampling.function_lines(experiment),
        "",
        *sampling.input_lines(experiment),
        *sampling.weight_lines(experiment),
        *_model_lines(experiment),
        *print_lines(experiment),
    ]


def _model_lines(experiment: Experiment) -> list[str]:
    tokens = sampling.is_tokens(experiment)
    features = "inputs.shape[1]" if experiment.signal in sampling.MEASURED else "input_features"
    layers = [f"keras.Input((None, {features})),"]
    if tokens:
        layers = [
            'keras.Input((None,), dtype="int32"),',
            "keras.layers.Embedding(vocabulary_size, input_features),",
        ]
    alone = len(experiment.layers) == 1
    layers += [f"{_layer(spec, alone)}," for spec in experiment.layers]
    if experiment.dense_units:
        layers.append(f"{_dense(experiment)},")
    setting = ["model.layers[0].set_weights([E])"] if tokens else []
    for index in range(len(experiment.layers)):
        names = ", ".join(str(names) for names in sampling.weight_names(experiment, index))
        setting.append(f"model.layers[{index + tokens}].set_weights([{names}])")
    if experiment.dense_units:
        setting.append(f"model.layers[-1].set_weights([{', '.join(sampling.DENSE)}])")
    return [
        "model = keras.Sequential([",
        *(f"    {layer}" for layer in layers),
        "])",
        *setting,
        "model.summary()",
        f"outputs = model.predict({'tokens' if tokens else 'inputs'}[np.newaxis], verbose=0)[0]",
    ]


def _dense(experiment: Experiment) -> str:
    arguments = [str(experiment.dense_units)]
    arguments += [f'activation="{name}"' for name in head_activations(experiment)]
    return f"keras.layers.Dense({', '.join(arguments)})"


def _layer(spec: LayerSpec, alone: bool) -> str:
    """Return one layer as Keras writes it; what is Keras's default is left out."""
    arguments = ["units" if alone else str(spec.units)]
    defaults = {"activation": "tanh", "return_sequences": False, "go_backwards": False}
    if spec.cell != "SimpleRNN":
        defaults["recurrent_activation"] = "sigmoid"
    if spec.cell == "GRU":
        defaults["reset_after"] = True
    for name, default in defaults.items():
        value = getattr(spec, name)
        if value != default:
            arguments.append(f'{name}="{value}"' if isinstance(value, str) else f"{name}={value}")
    layer = f"keras.layers.{spec.cell}({', '.join(arguments)})"
    return f"keras.layers.Bidirectional({layer})" if spec.bidirectional else layer
