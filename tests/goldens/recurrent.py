"""Makes recurrent.json: SimpleRnn, Lstm and Gru of Keras, checked against PyTorch's where it has the same layer.

    pip install torch keras numpy
    python tests/goldens/recurrent.py

The format is that of layers.json, by the helpers of generate.py, where `options` holds what the
case was made with, under our names. PyTorch's gates are i, f, g, o in its LSTM (Keras's order) and
r, z, n in its GRU (Keras's is z, r, n); its weights are transposed, and its LSTM adds two biases of
which Keras has one.
"""

import generate
import keras
import numpy as np
import torch
from generate import flat, leaf, shaped, values_of

NAMES = {"SimpleRnn": keras.layers.SimpleRNN, "Lstm": keras.layers.LSTM, "Gru": keras.layers.GRU}
GATES = {"SimpleRnn": 1, "Lstm": 4, "Gru": 3}


def pytorch(name, x, weights, units):
    """The outputs of each step of PyTorch's layer with Keras's weights."""
    kernel, recurrent, bias = weights
    order = [1, 0, 2] if name == "Gru" else range(GATES[name])

    def gates(w):
        parts = np.split(w, GATES[name], axis=-1)
        return torch.tensor(np.concatenate([parts[i] for i in order], axis=-1).T.copy())

    biases = bias if name == "Gru" else [bias, np.zeros_like(bias)]
    layer = {"SimpleRnn": torch.nn.RNN, "Lstm": torch.nn.LSTM, "Gru": torch.nn.GRU}[name](x.shape[-1], units, batch_first=True)
    values = [gates(kernel), gates(recurrent), gates(biases[0]), gates(biases[1])]
    with torch.no_grad():
        for parameter, value in zip(layer.parameters(), values, strict=True):
            parameter.copy_(value)
        return layer(torch.tensor(x))[0].numpy()


def main():
    generate.configure()
    rng, cases = np.random.default_rng(808), []

    def case(name, shape, units, **options):
        words = dict(options)
        words["use_bias"] = words.pop("bias", True)
        if words.get("recurrent_activation") == "hard_sigmoid":
            words["recurrent_activation"] = generate.hard_sigmoid
        layer = NAMES[name](units, **words)
        layer.build(shape)
        weights = [rng.normal(size=tuple(w.shape)) * 0.6 for w in layer.weights]
        layer.set_weights(weights)
        x = rng.normal(size=shape)
        inputs = leaf(x)
        y = layer(inputs)
        dy = rng.normal(size=tuple(y.shape))
        gradients = list(torch.autograd.grad(y, [inputs] + [v.value for v in layer.trainable_weights], torch.tensor(dy)))
        if not set(options) - {"return_sequences"}:
            theirs = pytorch(name, x, weights, units)
            theirs = theirs if options.get("return_sequences") else theirs[:, -1]
            np.testing.assert_allclose(theirs, values_of(y.detach()), rtol=1e-12, atol=1e-12)
        cases.append({
            "layer": name, "options": options, "input_shape": list(shape), "x": flat(x),
            "params": {v.name: shaped(values_of(v)) for v in layer.weights},
            "output_shape": list(y.shape), "dy": flat(dy), "y": flat(y), "dx": flat(gradients[0]),
            "dparams": {v.name: flat(g) for v, g in zip(layer.trainable_weights, gradients[1:], strict=True)},
        })  # fmt: skip

    for name in NAMES:
        case(name, (2, 4, 3), 5, return_sequences=True)
        case(name, (3, 5, 2), 3)
        case(name, (2, 4, 3), 5, bias=False, go_backwards=True, return_sequences=True)
        case(name, (3, 5, 2), 3, go_backwards=True)
        other = {"activation": "softsign"} | ({} if name == "SimpleRnn" else {"recurrent_activation": "sigmoid"})
        case(name, (2, 4, 3), 5, return_sequences=True, **other)
    case("Lstm", (3, 5, 2), 3, recurrent_activation="hard_sigmoid", activation="silu")
    case("Gru", (2, 4, 3), 5, reset_after=False, return_sequences=True)
    case("Gru", (3, 5, 2), 3, reset_after=False, bias=False)
    case("Gru", (3, 5, 2), 3, recurrent_activation="hard_sigmoid")
    generate.write("recurrent", cases)


main()
