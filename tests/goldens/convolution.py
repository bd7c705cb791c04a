"""Makes convolution.json: convolutions, pools and their relatives. See generate.py for what the numbers are.

    pip install torch keras numpy
    python tests/goldens/convolution.py

Keras layers run in `channels_last`. What Keras has no option for (padding given in sizes, padding that counts in a mean) is
PyTorch's, with the axes moved; where both have it, both are asked and must agree.
"""

import generate
import keras
import numpy as np
import torch
from generate import flat, leaf, shaped, values_of
from torch.nn import functional as F

LAST = {"data_format": "channels_last"}


def first(x):
    """Channels first, as PyTorch has them."""
    return x.movedim(-1, 1)


def last(x):
    return x.movedim(1, -1)


def sides(x, padding):
    """Zeros around [batch, h, w, c] or [batch, t, c]: (top, bottom, left, right) or (before, after)."""
    pairs = [padding[i : i + 2] for i in range(0, len(padding), 2)]
    return F.pad(x, [0, 0] + [n for pair in reversed(pairs) for n in pair])


class Cases:
    def __init__(self, seed):
        self.rng, self.cases = np.random.default_rng(seed), []

    def normal(self, *shape):
        # Few digits: the file is shorter.
        return self.rng.normal(size=shape).round(3)

    def add(self, name, variant, x, weights, function):
        """Runs `function(x, *weights)` and differentiates it. `variant` says which options."""
        x, names = leaf(x), list(weights)
        params = {key: leaf(value) for key, value in weights.items()}
        y = function(x, *params.values())
        dy = self.normal(*y.shape)
        gradients = list(torch.autograd.grad(y, [x, *params.values()], torch.tensor(dy)))
        self.cases.append({
            "layer": name, "variant": variant, "input_shape": list(x.shape), "x": flat(x),
            "params": {key: shaped(value.detach().numpy()) for key, value in params.items()},
            "output_shape": list(y.shape), "dy": flat(dy), "y": flat(y), "dx": flat(gradients[0]),
            "dparams": dict(zip(names, map(flat, gradients[1:]))),
        })  # fmt: skip

    def keras(self, name, variant, layer, x, weights=None):
        """A Keras layer, with its weights replaced."""
        layer.build(x.shape)
        weights = weights or {}
        assert [tuple(v.shape) for v in layer.weights] == [w.shape for w in weights.values()], (name, variant)

        def run(x, *params):
            for variable, value in zip(layer.weights, params):
                variable.assign(value.detach())
            state = list(zip(layer.trainable_variables, params))
            y, _ = layer.stateless_call([value for _, value in state], [], x)
            return y

        self.add(name, variant, x, weights, run)


def conv2d(c):
    def weights(kernel, bias):
        return {"kernel": c.normal(*kernel)} | ({"bias": c.normal(kernel[-1])} if bias else {})

    def keras_case(variant, shape, filters, kernel, bias=True, groups=1, **options):
        layer = keras.layers.Conv2D(filters, kernel, use_bias=bias, groups=groups, **options, **LAST)
        sizes = (*(kernel if isinstance(kernel, tuple) else (kernel, kernel)), shape[-1] // groups, filters)
        c.keras("Conv2d", variant, layer, c.normal(*shape), weights(sizes, bias))

    keras_case("valid", (2, 5, 4, 3), 2, (3, 2))
    keras_case("no bias", (2, 4, 3, 2), 3, (2, 3), bias=False)
    keras_case("same", (2, 5, 4, 2), 3, (3, 2), padding="same")
    keras_case("same stride", (2, 5, 7, 2), 3, (2, 3), padding="same", strides=(2, 3))
    keras_case("same even stride", (2, 6, 4, 1), 2, (3, 3), padding="same", strides=(2, 2))
    keras_case("valid stride", (1, 6, 7, 2), 3, (2, 3), strides=(2, 3))
    keras_case("same dilation", (2, 5, 4, 2), 2, (2, 3), padding="same", dilation_rate=(2, 1))
    keras_case("valid dilation", (1, 7, 6, 2), 2, (3, 2), dilation_rate=(2, 3))
    keras_case("groups", (2, 4, 3, 4), 6, (2, 2), groups=2)
    keras_case("each its own", (2, 4, 3, 3), 3, (3, 2), groups=3, padding="same")

    def torch_case(variant, shape, kernel, padding, **options):
        def run(x, w, b):
            x = first(sides(x, padding))
            return last(F.conv2d(x, w.permute(3, 2, 0, 1), b, **options))

        c.add("Conv2d", variant, c.normal(*shape), weights(kernel, True), run)

    torch_case("explicit", (2, 4, 3, 2), (3, 2, 2, 3), (1, 0, 2, 1))
    torch_case("explicit stride dilation", (1, 6, 5, 2), (2, 3, 2, 2), (2, 1, 0, 3), stride=(2, 1), dilation=(1, 2))


def same_mean(size, stride):
    """The mean without what is padded: what Keras's layer gives on TensorFlow and JAX.

    On PyTorch it repeats the outermost values instead, and counts them, if the two ends are padded differently.
    """

    def run(x):
        pads = []
        for n, k, s in reversed(list(zip(x.shape[1:-1], size, stride))):
            total = max((-(-n // s) - 1) * s + k - n, 0)
            pads += [total // 2, total - total // 2]
        pool = F.avg_pool2d if len(size) == 2 else F.avg_pool1d
        mean = lambda x: last(pool(F.pad(first(x), pads), size, stride))  # noqa: E731
        return mean(x) / mean(torch.ones_like(x))

    return run


def pools(c):
    def keras_case(name, cls, variant, shape, size, **options):
        c.keras(name, variant, cls(size, **options, **LAST), c.normal(*shape))

    for name, cls in (("MaxPool2d", keras.layers.MaxPooling2D), ("AvgPool2d", keras.layers.AveragePooling2D)):
        keras_case(name, cls, "valid", (2, 5, 4, 3), (2, 2))
        keras_case(name, cls, "overlapping", (2, 5, 4, 2), (3, 2), strides=(1, 2))
    keras_case("MaxPool2d", keras.layers.MaxPooling2D, "same", (2, 5, 4, 2), (2, 3), padding="same")
    keras_case("MaxPool2d", keras.layers.MaxPooling2D, "same overlapping", (1, 6, 5, 2), (3, 2), strides=(2, 1), padding="same")
    c.add("AvgPool2d", "same", c.normal(2, 5, 4, 2), {}, same_mean((2, 3), (2, 3)))
    c.add("AvgPool2d", "same overlapping", c.normal(1, 6, 5, 2), {}, same_mean((3, 2), (2, 1)))

    # PyTorch allows the same padding on both sides, of at most half the window.
    run = lambda x: last(F.max_pool2d(first(x), (2, 3), (2, 1), (1, 1)))  # noqa: E731
    c.add("MaxPool2d", "explicit", c.normal(2, 5, 4, 2), {}, run)
    for counted in (False, True):
        run = lambda x: last(F.avg_pool2d(first(x), (2, 3), (2, 1), (1, 1), count_include_pad=counted))  # noqa: E731
        c.add("AvgPool2d", "explicit counted" if counted else "explicit", c.normal(2, 5, 4, 2), {}, run)

    c.keras("GlobalMaxPool", "time", keras.layers.GlobalMaxPooling1D(**LAST), c.normal(2, 5, 3))
    c.keras("GlobalMaxPool", "image", keras.layers.GlobalMaxPooling2D(**LAST), c.normal(2, 3, 4, 2))


def conv1d(c):
    def keras_case(variant, shape, filters, kernel, bias=True, groups=1, **options):
        layer = keras.layers.Conv1D(filters, kernel, use_bias=bias, groups=groups, **options, **LAST)
        weights = {"kernel": c.normal(kernel, shape[-1] // groups, filters)} | ({"bias": c.normal(filters)} if bias else {})
        c.keras("Conv1d", variant, layer, c.normal(*shape), weights)

    keras_case("valid", (2, 7, 3), 2, 3)
    keras_case("same stride", (2, 7, 2), 3, 3, padding="same", strides=2, bias=False)
    keras_case("causal", (2, 6, 2), 3, 3, padding="causal")
    keras_case("causal dilation", (2, 9, 2), 3, 3, padding="causal", dilation_rate=2)
    keras_case("causal stride", (1, 8, 2), 3, 3, padding="causal", strides=3)
    keras_case("groups", (2, 6, 4), 6, 2, groups=2, dilation_rate=3)

    def run(x, w, b):
        return last(F.conv1d(first(sides(x, (3, 1))), w.permute(2, 1, 0), b, stride=2, dilation=2))

    c.add("Conv1d", "explicit", c.normal(2, 5, 2), {"kernel": c.normal(2, 2, 3), "bias": c.normal(3)}, run)


def pools_1d(c):
    for name, cls in (("MaxPool1d", keras.layers.MaxPooling1D), ("AvgPool1d", keras.layers.AveragePooling1D)):
        c.keras(name, "valid", cls(2, **LAST), c.normal(2, 7, 3))
    c.keras("MaxPool1d", "same", keras.layers.MaxPooling1D(3, strides=2, padding="same", **LAST), c.normal(2, 6, 2))
    c.add("AvgPool1d", "same", c.normal(2, 6, 2), {}, same_mean((3,), (2,)))
    run = lambda x: last(F.avg_pool1d(first(x), 3, 2, 1, count_include_pad=True))  # noqa: E731
    c.add("AvgPool1d", "explicit counted", c.normal(2, 6, 2), {}, run)


def depthwise(c):
    def keras_case(variant, shape, kernel, multiplier=1, bias=True, **options):
        layer = keras.layers.DepthwiseConv2D(kernel, depth_multiplier=multiplier, use_bias=bias, **options, **LAST)
        weights = {"kernel": c.normal(*kernel, shape[-1], multiplier)}
        c.keras("DepthwiseConv2d", variant, layer, c.normal(*shape), weights | ({"bias": c.normal(shape[-1] * multiplier)} if bias else {}))

    keras_case("same", (2, 4, 5, 3), (3, 2), padding="same")
    keras_case("multiplier", (2, 5, 4, 2), (2, 3), multiplier=3, bias=False)


def transposed(c):
    def keras_case(variant, shape, filters, kernel, **options):
        layer = keras.layers.Conv2DTranspose(filters, kernel, **options, **LAST)
        weights = {"kernel": c.normal(*kernel, filters, shape[-1]), "bias": c.normal(filters)}
        c.keras("ConvTranspose2d", variant, layer, c.normal(*shape), weights)

    keras_case("valid", (2, 3, 4, 2), 3, (3, 2))
    keras_case("valid stride", (2, 3, 2, 2), 3, (3, 2), strides=(2, 3))
    keras_case("same stride", (2, 3, 4, 3), 2, (3, 4), strides=(2, 2), padding="same")

    def run(x, w, b):
        w = w.permute(3, 2, 0, 1)
        y = F.conv_transpose2d(first(x), w, b, stride=(2, 1), padding=(1, 1), output_padding=(1, 0), dilation=(1, 2))
        return last(y)

    c.add("ConvTranspose2d", "explicit", c.normal(2, 3, 4, 2), {"kernel": c.normal(3, 3, 3, 2), "bias": c.normal(3)}, run)


def sizes(c):
    c.keras("ZeroPad2d", "", keras.layers.ZeroPadding2D(((1, 0), (2, 3)), **LAST), c.normal(2, 3, 2, 2))
    c.keras("Crop2d", "", keras.layers.Cropping2D(((1, 0), (2, 1)), **LAST), c.normal(2, 4, 5, 2))
    for variant in ("nearest", "bilinear"):
        layer = keras.layers.UpSampling2D((2, 3), interpolation=variant, **LAST)
        c.keras("UpSample2d", variant, layer, c.normal(2, 3, 4, 2))


if __name__ == "__main__":
    generate.configure()
    cases = Cases(505)
    conv2d(cases)
    pools(cases)
    conv1d(cases)
    pools_1d(cases)
    depthwise(cases)
    transposed(cases)
    sizes(cases)
    generate.write("convolution", cases.cases)
