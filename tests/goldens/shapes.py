"""Makes shapes.json: layers that change shapes, convolutions over time, separable ones, recurrent layers both ways. See generate.py for what the numbers are.

    pip install torch keras numpy
    python tests/goldens/shapes.py

The format is that of convolution.json, by the helpers of convolution.py. What Keras has no option for (a padding of a transposed
convolution given in sizes) is PyTorch's, with the axes moved.
"""

import generate
import keras
from convolution import LAST, Cases, first, last
from torch.nn import functional as F


def sizes(c):
    c.keras("RepeatVector", "", keras.layers.RepeatVector(4), c.normal(2, 3))
    c.keras("Permute", "2 1", keras.layers.Permute((2, 1)), c.normal(2, 4, 3))
    c.keras("Permute", "3 1 2", keras.layers.Permute((3, 1, 2)), c.normal(2, 2, 4, 3))
    c.keras("ZeroPad1d", "", keras.layers.ZeroPadding1D((1, 2)), c.normal(2, 3, 2))
    c.keras("Crop1d", "", keras.layers.Cropping1D((1, 2)), c.normal(2, 6, 2))
    c.keras("UpSample1d", "", keras.layers.UpSampling1D(3), c.normal(2, 3, 2))
    c.add("Slice", "steps", c.normal(2, 5, 3), {}, lambda x: x[:, 2:4])
    c.add("Slice", "columns", c.normal(2, 2, 4, 3), {}, lambda x: x[:, :, 1:4])
    c.add("First", "", c.normal(2, 4, 3), {}, lambda x: x[:, 0])
    c.add("Last", "", c.normal(2, 4, 3), {}, lambda x: x[:, -1])


def depthwise(c):
    def keras_case(variant, shape, kernel, multiplier=1, bias=True, **options):
        layer = keras.layers.DepthwiseConv1D(kernel, depth_multiplier=multiplier, use_bias=bias, **options, **LAST)
        weights = {"kernel": c.normal(kernel, shape[-1], multiplier)}
        c.keras("DepthwiseConv1d", variant, layer, c.normal(*shape), weights | ({"bias": c.normal(shape[-1] * multiplier)} if bias else {}))

    keras_case("multiplier", (2, 6, 3), 2, multiplier=2)
    keras_case("same stride", (2, 7, 2), 3, bias=False, padding="same", strides=2)
    # Keras has no causal one: the same with zeros before.
    w, b = c.normal(3, 2, 2), c.normal(4)
    run = lambda x, w, b: last(F.conv1d(F.pad(first(x), (4, 0)), w.permute(1, 2, 0).reshape(4, 1, 3), b, dilation=2, groups=2))  # noqa: E731
    c.add("DepthwiseConv1d", "causal dilation", c.normal(2, 7, 2), {"kernel": w, "bias": b}, run)


def transposed(c):
    def keras_case(variant, shape, filters, kernel, **options):
        layer = keras.layers.Conv1DTranspose(filters, kernel, **options, **LAST)
        weights = {"kernel": c.normal(kernel, filters, shape[-1]), "bias": c.normal(filters)}
        c.keras("ConvTranspose1d", variant, layer, c.normal(*shape), weights)

    keras_case("valid stride", (2, 4, 2), 3, 3, strides=2)
    keras_case("same stride", (2, 3, 3), 2, 4, strides=2, padding="same")

    def run(x, w, b):
        return last(F.conv_transpose1d(first(x), w.permute(2, 1, 0), b, stride=2, padding=1, output_padding=1, dilation=2))

    c.add("ConvTranspose1d", "explicit", c.normal(2, 3, 2), {"kernel": c.normal(3, 3, 2), "bias": c.normal(3)}, run)


def separable(c):
    def keras_case(variant, shape, filters, kernel, multiplier=1, bias=True, **options):
        layer = keras.layers.SeparableConv2D(filters, kernel, depth_multiplier=multiplier, use_bias=bias, **options, **LAST)
        middle = shape[-1] * multiplier
        weights = {"depthwise.kernel": c.normal(*kernel, shape[-1], multiplier), "pointwise.kernel": c.normal(1, 1, middle, filters)}
        c.keras("SeparableConv2d", variant, layer, c.normal(*shape), weights | ({"pointwise.bias": c.normal(filters)} if bias else {}))

    keras_case("same stride", (2, 5, 4, 3), 2, (3, 2), padding="same", strides=(2, 2))
    keras_case("multiplier", (1, 4, 4, 2), 3, (2, 3), multiplier=2, bias=False)


def bidirectional(c):
    """`forward` and `backward` are the names of Keras's two layers here."""

    def keras_case(variant, layer, shape, merge):
        both = keras.layers.Bidirectional(layer, merge_mode=merge)
        both.build(shape)
        names = [f"bidirectional.{way}.{key}" for way in ("forward", "backward") for key in ("kernel", "recurrent_kernel", "bias")]
        weights = {name: c.normal(*w.shape) for name, w in zip(names, both.trainable_variables, strict=True)}

        def run(x, *params):
            y, _ = both.stateless_call(list(params), [v.value for v in both.non_trainable_variables], x)
            return y

        c.add("Bidirectional", variant, c.normal(*shape), weights, run)

    keras_case("lstm", keras.layers.LSTM(3, return_sequences=True), (2, 4, 2), "concat")
    keras_case("last", keras.layers.SimpleRNN(3), (2, 4, 2), "ave")
    keras_case("sum", keras.layers.GRU(3, return_sequences=True), (2, 4, 2), "sum")


if __name__ == "__main__":
    generate.configure()
    cases = Cases(606)
    sizes(cases)
    depthwise(cases)
    transposed(cases)
    separable(cases)
    bidirectional(cases)
    generate.write("shapes", cases.cases)
