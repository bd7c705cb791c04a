"""Makes states.json: recurrent layers of Keras that start from a state, skip padding and give out their state, and an embedding of PyTorch
that is used both ways.

    pip install torch keras numpy
    python tests/goldens/states.py

The format is that of layers.json, by the helpers of generate.py; parameters are called as in the networks that the tests declare. Where
there are two inputs, they are `x` and `start`. Padding is a step of zeros, found by Keras's `Masking`.
"""

import generate
import keras
import numpy as np
import torch
from generate import flat, leaf, shaped, values_of


def main():
    generate.configure()
    rng, cases = np.random.default_rng(4242), []

    def padded(all_of_one):
        """Three sequences of five steps: padding between, nothing else or none, padding at the end."""
        x = rng.normal(size=(3, 5, 3))
        x[0, 0] = x[0, 2] = x[2, 3:] = 0.0
        if all_of_one:
            x[1] = 0.0
        return x

    def add(variant, tensors, inputs, y):
        dy = rng.normal(size=tuple(y.shape))
        values = [v if isinstance(v, torch.Tensor) else v.value for v in tensors.values()]
        gradients = torch.autograd.grad(y, [*inputs.values(), *values], torch.tensor(dy))
        params = {name: shaped(values_of(v) if not isinstance(v, torch.Tensor) else v.detach().numpy()) for name, v in tensors.items()}
        cases.append({
            "layer": "network", "variant": variant, "options": {}, "input_shape": [], "params": params, "dy": flat(dy), "y": flat(y),
            "dparams": dict(zip(tensors, map(flat, gradients[len(inputs):]), strict=True)),
        })  # fmt: skip
        for name, value, gradient in zip(inputs, inputs.values(), gradients, strict=False):
            cases[-1] |= {name: flat(value), f"d{name}": flat(gradient)}

    def filled(layer, name, shape):
        layer.build(shape)
        layer.set_weights([rng.normal(size=tuple(w.shape)) * 0.6 for w in layer.weights])
        return {f"{name}.{w.name}": w for w in layer.weights}

    def recurrent(variant, name, layer, rows, gives_state):
        tensors = filled(layer, name, (3, 5, 3))
        x, start = leaf(padded(True)), leaf(rng.normal(size=(3, rows, 4)))
        mask = keras.layers.Masking().compute_mask(x.detach())
        y = layer(x, mask=mask, initial_state=[start[:, row] for row in range(rows)])
        if gives_state:
            y = torch.stack(list(y[1:]), dim=1)
        add(variant, tensors, {"x": x, "start": start}, y)

    layers = keras.layers
    recurrent("lstm", "lstm", layers.LSTM(4, return_sequences=True), 2, False)
    recurrent("lstm state", "lstm", layers.LSTM(4, return_state=True, go_backwards=True), 2, True)
    recurrent("gru", "gru", layers.GRU(4, go_backwards=True), 1, False)
    recurrent("gru state", "gru", layers.GRU(4, return_state=True, reset_after=False), 1, True)
    recurrent("rnn", "simple_rnn", layers.SimpleRNN(4, return_sequences=True, go_backwards=True), 1, False)

    # The state of the one is where the other starts.
    encoder, decoder = layers.LSTM(4, return_state=True), layers.LSTM(4, return_sequences=True)
    tensors = filled(encoder, "state", (3, 5, 3)) | filled(decoder, "lstm", (3, 4, 2))
    x, start = leaf(rng.normal(size=(3, 5, 3))), leaf(rng.normal(size=(3, 4, 2)))
    _, h, c = encoder(x)
    add("encoder", tensors, {"x": x, "start": start}, decoder(start, initial_state=[h, c]))

    rnn = layers.SimpleRNN(4, return_sequences=True)
    tensors = filled(rnn, "simple_rnn", (3, 5, 3))
    x = leaf(padded(False))
    mask = keras.layers.Masking().compute_mask(x.detach())
    add("pool", tensors, {"x": x}, layers.GlobalAveragePooling1D()(rnn(x, mask=mask), mask=mask))

    # Padding that a layer there and back finds by itself, through Keras's own mask.
    both = layers.Bidirectional(layers.GRU(4, return_sequences=True))
    both.build((3, 5, 3))
    both.set_weights([rng.normal(size=tuple(w.shape)) * 0.6 for w in both.weights])
    tensors = {
        f"bidirectional.{way}.{w.name}": w
        for way, layer in (("forward", both.forward_layer), ("backward", both.backward_layer))
        for w in layer.weights
    }
    x = leaf(padded(True))
    add("bidirectional", tensors, {"x": x}, both(x, mask=keras.layers.Masking().compute_mask(x.detach())))

    # Ids to vectors, something, and back by the same table.
    table, dense = torch.nn.Embedding(7, 4), torch.nn.Linear(4, 4)
    ids = torch.tensor([[1, 6, 0, 1, 3], [5, 5, 2, 4, 0]])
    tensors = {"words.embeddings": table.weight, "dense.kernel": dense.weight, "dense.bias": dense.bias}
    y = torch.tanh(dense(table(ids))) @ table.weight.T
    add("tied", tensors, {}, y)
    case = cases[-1]
    case["ids"] = ids.flatten().tolist()
    case["params"]["dense.kernel"] = shaped(dense.weight.detach().numpy().T.copy())
    case["dparams"]["dense.kernel"] = flat(np.array(case["dparams"]["dense.kernel"]).reshape(4, 4).T.copy())
    generate.write("states", cases)


main()
