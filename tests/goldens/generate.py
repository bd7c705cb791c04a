"""Makes the golden data the Rust tests compare with. The tests themselves need no Python.

    pip install torch keras numpy
    python tests/goldens/generate.py

writes activations.json, losses.json, layers.json, optimizers.json and model.json beside itself.
Everything is float64 on the CPU. Keras 3 (on its PyTorch backend) is the authority for values,
PyTorch's autograd for gradients; where Keras's own gradient is not the one wanted, the function
says so. Arrays are flattened in C order (last axis fastest) and printed with enough digits to
round-trip. Upstream gradients (`dy`) are random, never all ones. Seeds are fixed, one per file, so
a file changes only when its own function or a library does.

`args` and `options` hold what the case was made with, under Keras's names.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"
# No CUDA: Keras would otherwise move everything to a GPU if there is one.
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from keras.src.backend.common import dtypes as promotion  # noqa: E402

HERE = Path(__file__).resolve().parent


def configure():
    """Float64 everywhere and Keras's documented defaults, whatever ~/.keras/keras.json says.

    floatx is not enough: except on TensorFlow, Keras's type promotion follows JAX's default and
    turns the result of float64 with float64 into float32 (Dense, losses, ...). Its table is private
    and gets TensorFlow's entry here.
    """
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    keras.config.set_epsilon(1e-7)
    promotion.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
    assert keras.backend.result_type("float64", "float64", float) == "float64"
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)


def leaf(values):
    """A float64 tensor that autograd differentiates with respect to."""
    return torch.tensor(np.asarray(values, dtype=np.float64), requires_grad=True)


def flat(array):
    """Any array or tensor as a flat list of Python floats, C order; refuses anything but float64."""
    if isinstance(array, torch.Tensor):
        array = array.detach().cpu().numpy()
    array = np.asarray(array)
    assert array.dtype == np.float64, f"computed in {array.dtype}, not in float64"
    assert np.isfinite(array).all()
    return [float(v) for v in array.ravel()]


def shaped(array):
    """A numpy array with its shape."""
    return {"shape": list(array.shape), "values": flat(array)}


def values_of(variable):
    """A copy of a Keras variable as numpy."""
    return keras.ops.convert_to_numpy(variable).copy()


def write(name, cases):
    """Writes `name`.json, one line per key, so that diffs stay readable."""
    versions = {"torch": torch.__version__, "keras": keras.__version__, "numpy": np.__version__}

    lines = [",\n".join(f'"{key}": {json.dumps(value)}' for key, value in case.items()) for case in cases]
    body = ",\n".join(f"{{\n{text}\n}}" for text in lines)
    path = HERE / f"{name}.json"
    path.write_text(f'{{\n"versions": {json.dumps(versions)},\n"cases": [\n{body}\n]\n}}\n')
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")


# Saturated, tiny and ordinary inputs; none on a kink (0, and +-3 for the hard functions).
ACTIVATION_INPUTS = [
    -100.0, -30.0, -7.3, -3.7, -2.9, -1.6, -0.83, -0.41, -0.05, -1e-8,
    1e-8, 0.02, 0.37, 0.69, 1.4, 2.3, 2.95, 3.2, 5.9, 30.0, 100.0,
]  # fmt: skip


def hard_sigmoid(x):
    """Keras 3's, relu6(x + 3) / 6 (Keras 2's was clip(0.2 x + 0.5)), spelled out.

    The backward pass of `torch.nn.functional.hardsigmoid`, which Keras calls, multiplies by a 1 / 6
    rounded to float32: its float64 gradient is off by 3e-8.
    """
    y = torch.nn.functional.relu6(x + 3.0) / 6.0
    np.testing.assert_allclose(flat(y), flat(keras.activations.hard_sigmoid(x)), rtol=1e-15)
    return y


# (our name, args, function). Gelu is the exact one, with erf.
ACTIVATIONS = [
    ("Linear", [], keras.activations.linear),
    ("Relu", [], keras.activations.relu),
    ("LeakyRelu", [0.2], keras.activations.leaky_relu),
    ("LeakyRelu", [0.01], keras.activations.leaky_relu),
    ("Elu", [1.0], keras.activations.elu),
    ("Elu", [0.7], keras.activations.elu),
    ("Selu", [], keras.activations.selu),
    ("Celu", [1.0], keras.activations.celu),
    ("Celu", [1.5], keras.activations.celu),
    ("Gelu", [], lambda x: keras.activations.gelu(x, approximate=False)),
    ("GeluTanh", [], lambda x: keras.activations.gelu(x, approximate=True)),
    ("Sigmoid", [], keras.activations.sigmoid),
    ("HardSigmoid", [], hard_sigmoid),
    ("Tanh", [], keras.activations.tanh),
    ("Softplus", [], keras.activations.softplus),
    ("Softsign", [], keras.activations.softsign),
    ("Silu", [], keras.activations.silu),
    ("HardSwish", [], keras.activations.hard_silu),
    ("Mish", [], keras.activations.mish),
]


def activations():
    rng, cases = np.random.default_rng(101), []

    def case(name, args, function, inputs, **extra):
        x, dy = leaf(inputs), rng.normal(size=np.shape(inputs))
        y = function(x, *args)
        (dx,) = torch.autograd.grad(y, x, torch.tensor(dy))
        cases.append({"name": name, "args": args, **extra,
                      "x": flat(x), "dy": flat(dy), "y": flat(y), "dx": flat(dx)})  # fmt: skip

    for name, args, function in ACTIVATIONS:
        case(name, args, function, ACTIVATION_INPUTS)

    # Over the last axis: an ordinary row, a row of large differences, a row far from zero. Rounded
    # to f32, since near 300 the rounding alone would cost an f32 test its 1e-5.
    rows = rng.normal(size=(3, 5)) * [[1.5], [20.0], [2.0]] + [[0.0], [0.0], [300.0]]
    rows = rows.astype(np.float32)
    case("Softmax", [], keras.activations.softmax, rows, shape=[3, 5])
    case("LogSoftmax", [], keras.activations.log_softmax, rows, shape=[3, 5])

    # One learned slope per last-axis index; its gradient sums over the batch.
    prelu = keras.layers.PReLU()
    prelu.build((3, 4))
    prelu.set_weights([np.array([0.25, -0.1, 0.6, 1.3])])
    x, dy = leaf(rng.normal(size=(3, 4)) * 1.7), rng.normal(size=(3, 4))
    y = prelu(x)
    dx, dalpha = torch.autograd.grad(y, [x, prelu.alpha.value], torch.tensor(dy))
    cases.append({
        "name": "Prelu", "args": [], "shape": [3, 4], "alpha": flat(values_of(prelu.alpha)), "x": flat(x),
        "dy": flat(dy), "y": flat(y), "dx": flat(dx), "dalpha": flat(dalpha),
    })  # fmt: skip
    write("activations", cases)


def cross_entropy_of_probabilities(target, probabilities):
    """-sum(t log p), averaged over the batch.

    Keras additionally divides each row by its sum (for the sparse loss too) and clips by 1e-7. For
    rows that sum to 1 and probabilities inside (0.01, 0.99) neither changes the value, but the
    division changes the gradient: it adds 1 / batch (times the sum of the targets) to every
    element. Behind a softmax the two gradients agree (its Jacobian removes any constant). The
    goldens hold the gradient of this plain form.
    """
    return -(target * torch.log(probabilities)).sum(dim=-1).mean()


def losses():
    rng, cases = np.random.default_rng(202), []

    def case(name, from_logits, prediction, target):
        options = {} if name == "MeanSquaredError" else {"from_logits": from_logits}
        p = leaf(prediction)
        loss = getattr(keras.losses, name)(**options)(torch.tensor(target), p)
        value = loss
        if name.endswith("CategoricalCrossentropy") and not from_logits:
            one_hot = np.eye(p.shape[-1])[target] if name.startswith("Sparse") else target
            value = cross_entropy_of_probabilities(torch.tensor(one_hot), p)
            assert abs(value.item() - loss.item()) <= 1e-14 * abs(loss.item())
        (gradient,) = torch.autograd.grad(value, p)
        cases.append({
            "name": name, "from_logits": from_logits, "shape": list(p.shape), "prediction": flat(p),
            "target": target.tolist() if target.dtype == np.int64 else flat(target),
            "loss": flat(loss)[0], "gradient": flat(gradient),
        })  # fmt: skip

    def probabilities(rows, n):
        p = rng.dirichlet(np.full(n, 3.0), size=rows)
        p = 0.02 + p * (1.0 - 0.02 * n)
        p /= p.sum(axis=-1, keepdims=True)
        assert (p > 0.01).all() and (p < 0.99).all()
        return p

    # Mean over the features and the batch. Binary: hard targets, soft targets, saturated logits.
    case("MeanSquaredError", False, rng.normal(size=(4, 3)), rng.normal(size=(4, 3)) * 2.0)
    case("MeanSquaredError", False, rng.normal(size=(5, 1)), rng.normal(size=(5, 1)) - 0.5)
    hard = (rng.uniform(size=(4, 3)) < 0.4).astype(np.float64)
    extreme = np.array([[50.0, -50.0, 48.0], [-50.0, 49.5, -47.0]])
    logits = np.concatenate([rng.normal(size=(3, 3)) * 2.0, extreme])
    hard_logits = (rng.uniform(size=(5, 3)) < 0.5).astype(np.float64)
    hard_logits[3:] = [[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]  # right, right, wrong; wrong, wrong, right
    case("BinaryCrossentropy", False, rng.uniform(0.02, 0.98, size=(4, 3)), hard)
    case("BinaryCrossentropy", False, rng.uniform(0.02, 0.98, size=(3, 2)), rng.uniform(size=(3, 2)))
    case("BinaryCrossentropy", True, logits, hard_logits)
    case("BinaryCrossentropy", True, logits, rng.uniform(size=(5, 3)))

    # Sum over the classes, mean over the batch.
    classes = np.array([2, 0, 4, 1, 3])
    wide = rng.normal(size=(5, 5)) * 1.5
    wide[3] = [50.0, -50.0, 12.0, -3.0, 47.5]  # class 1: wrong by 100
    wide[4] = [-50.0, -49.0, -52.0, 50.0, -50.5]  # class 3: right
    case("CategoricalCrossentropy", False, probabilities(4, 3), np.eye(3)[[1, 2, 0, 1]])
    case("CategoricalCrossentropy", False, probabilities(3, 4), rng.dirichlet(np.ones(4), size=3))
    case("CategoricalCrossentropy", True, wide, np.eye(5)[classes])
    case("CategoricalCrossentropy", True, wide, rng.dirichlet(np.ones(5), size=5))
    case("SparseCategoricalCrossentropy", False, probabilities(4, 3), np.array([2, 0, 0, 1]))
    case("SparseCategoricalCrossentropy", True, wide, classes)
    write("losses", cases)


def layers():
    rng, cases = np.random.default_rng(303), []

    def case(name, options, layer, x, weights=(), mode=None):
        """Runs a Keras layer with the given weights (in Keras's order) and differentiates it."""
        layer.build(x.shape)
        layer.set_weights(list(weights))
        params = {v.name: shaped(values_of(v)) for v in layer.weights}
        integer = x.dtype == np.int64
        inputs = torch.tensor(x) if integer else leaf(x)
        y = layer(inputs, training=mode == "train") if mode else layer(inputs)
        dy = rng.normal(size=tuple(y.shape))
        wanted = ([] if integer else [inputs]) + [v.value for v in layer.trainable_weights]
        gradients = list(torch.autograd.grad(y, wanted, torch.tensor(dy)))
        result = {"layer": name, "options": options} | ({"mode": mode} if mode else {})
        result |= {"input_shape": list(x.shape), "x": x.ravel().tolist(), "params": params,
                   "output_shape": list(y.shape), "dy": flat(dy), "y": flat(y)}  # fmt: skip
        if not integer:
            result["dx"] = flat(gradients.pop(0))
        result["dparams"] = {v.name: flat(g) for v, g in zip(layer.trainable_weights, gradients, strict=True)}
        if mode == "train":
            result |= {v.name: flat(values_of(v)) for v in layer.non_trainable_weights}
        cases.append(result)

    # kernel is [in, out]; on [batch, time, features] the layer applies to each step.
    for use_bias in (True, False):
        for shape in ((3, 4), (2, 3, 4)):
            weights = [rng.normal(size=(4, 5)) * 0.7, rng.normal(size=5) * 0.3][: 1 + use_bias]
            options = {"units": 5, "use_bias": use_bias}
            case("Dense", options, keras.layers.Dense(**options), rng.normal(size=shape), weights)

    # Statistics are over all axes but the last. In Keras 3 the biased variance (divided by n, not
    # by n - 1) both normalises the batch and enters moving_variance; PyTorch's BatchNorm puts the
    # unbiased one into running_var, and its momentum is one minus Keras's.
    for options in ({"momentum": 0.99, "epsilon": 1e-3}, {"momentum": 0.9, "epsilon": 1e-5}):
        for shape in ((5, 3), (3, 4, 2)):
            f = shape[-1]
            for mode in ("train", "eval"):
                gamma, beta = rng.uniform(0.5, 1.6, size=f), rng.normal(size=f) * 0.4
                mean, variance = rng.normal(size=f) * 0.5, rng.uniform(0.3, 2.5, size=f)
                x = rng.normal(size=shape) * rng.uniform(0.4, 2.0, size=f) + rng.normal(size=f)
                layer = keras.layers.BatchNormalization(**options)
                case("BatchNorm", options, layer, x, [gamma, beta, mean, variance], mode)
                if mode == "train":
                    m, biased = options["momentum"], x.reshape(-1, f).var(axis=0, ddof=0)
                    moved = variance * m + biased * (1.0 - m)
                    np.testing.assert_allclose(cases[-1]["moving_variance"], moved, rtol=1e-13)

    # The ids 4 and 1 repeat, within a sample and across samples: their gradients add up.
    ids = np.array([[4, 1, 4, 0], [6, 1, 4, 2]])
    options = {"input_dim": 7, "output_dim": 3}
    case("Embedding", options, keras.layers.Embedding(**options), ids, [rng.normal(size=(7, 3))])

    pool1, pool2 = keras.layers.GlobalAveragePooling1D, keras.layers.GlobalAveragePooling2D
    case("GlobalAvgPool", {}, pool1(data_format="channels_last"), rng.normal(size=(2, 5, 3)))
    case("GlobalAvgPool", {}, pool2(data_format="channels_last"), rng.normal(size=(2, 3, 4, 2)))
    write("layers", cases)


def sgd_by_hand(w, gradients, learning_rate, momentum, nesterov):
    """Keras's SGD: the velocity holds the learning rate (unlike PyTorch's)."""
    velocity = np.zeros_like(w)
    for g in gradients:
        velocity = momentum * velocity - learning_rate * g
        w = w + (momentum * velocity - learning_rate * g if nesterov else velocity)
        yield w


def adam_by_hand(w, gradients, learning_rate, beta_1, beta_2, epsilon):
    """Keras's Adam: epsilon is added to sqrt(v) before the bias correction (unlike PyTorch's)."""
    m, v = np.zeros_like(w), np.zeros_like(w)
    for t, g in enumerate(gradients, start=1):
        m = beta_1 * m + (1.0 - beta_1) * g
        v = beta_2 * v + (1.0 - beta_2) * g * g
        alpha = learning_rate * np.sqrt(1.0 - beta_2**t) / (1.0 - beta_1**t)
        w = w - alpha * m / (np.sqrt(v) + epsilon)
        yield w


def optimizers():
    rng, cases = np.random.default_rng(404), []

    def case(name, options):
        # Gradients of very different size, so that the place of epsilon shows.
        w0 = rng.normal(size=5)
        gradients = rng.normal(size=(10, 5)) * np.array([1.0, 1e-3, 20.0, 3e-8, 0.3])
        variable = keras.Variable(w0, dtype="float64")
        optimizer = {"Sgd": keras.optimizers.SGD, "Adam": keras.optimizers.Adam}[name](**options)
        weights = []
        for g in gradients:
            optimizer.apply([torch.tensor(g)], [variable])
            weights.append(values_of(variable))
        # The formulas in numpy confirm that nothing in Keras was computed in float32.
        by_hand = {"Sgd": sgd_by_hand, "Adam": adam_by_hand}[name](w0, gradients, **options)
        np.testing.assert_allclose(weights, list(by_hand), rtol=1e-13, atol=1e-15)
        cases.append({
            "name": name, "options": options, "w0": flat(w0),
            "gradients": [flat(g) for g in gradients], "weights": [flat(w) for w in weights],
        })  # fmt: skip

    case("Sgd", {"learning_rate": 0.1, "momentum": 0.0, "nesterov": False})
    case("Sgd", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": False})
    case("Sgd", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True})
    case("Adam", {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7})
    case("Adam", {"learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3})
    write("optimizers", cases)


def build_model(initial=None):
    """The network of model.json, compiled; `initial` maps names to values."""
    net = keras.Sequential([
        keras.layers.Input((7,)),
        keras.layers.Dense(6, name="dense"),
        keras.layers.BatchNormalization(name="batch_norm"),
        keras.layers.ReLU(),
        keras.layers.Dense(5, kernel_regularizer=keras.regularizers.L2(1e-2), name="dense_2"),
        keras.layers.Activation("tanh"),
        keras.layers.Dense(3, name="dense_3"),
        keras.layers.Softmax(),
    ])  # fmt: skip
    net.compile(keras.optimizers.Adam(0.01, epsilon=1e-7), keras.losses.SparseCategoricalCrossentropy())
    for name, value in (initial or {}).items():
        named_weights(net)[name].assign(value)
    return net


def named_weights(net):
    """Variables by dotted name, e.g. `dense_2.kernel`, in the order of the layers."""
    return {f"{layer.name}.{v.name}": v for layer in net.layers for v in layer.weights}


def model():
    rng = np.random.default_rng(505)
    x, labels, steps = rng.normal(size=(8, 7)) * 1.2, np.array([2, 0, 1, 1, 2, 0, 0, 2]), 5
    initial = {}
    for name, v in named_weights(build_model()).items():
        positive = name.endswith(("gamma", "moving_variance"))
        initial[name] = rng.uniform(0.5, 1.5, size=v.shape) if positive else rng.normal(size=v.shape) * 0.5

    # The steps written out. A loss is the one before the step's update: the mean cross-entropy of
    # the training-mode forward pass plus 1e-2 * sum(dense_2.kernel^2).
    net = build_model(initial)
    trainable, loss_values = net.trainable_weights, []
    net.optimizer.build(trainable)
    for _ in range(steps):
        probabilities = net(torch.tensor(x), training=True)
        loss = net.loss(torch.tensor(labels), probabilities) + sum(net.losses)
        loss_values.append(flat(loss)[0])
        net.optimizer.apply(torch.autograd.grad(loss, [v.value for v in trainable]), trainable)
    after = {name: values_of(v) for name, v in named_weights(net).items()}

    # Keras's own training loop must arrive at the same place.
    fitted = build_model(initial)
    for _ in range(steps):
        fitted.train_on_batch(x, labels)
    for name, v in named_weights(fitted).items():
        np.testing.assert_allclose(values_of(v), after[name], rtol=1e-12, atol=1e-14)

    write("model", [{
        "x": flat(x), "labels": labels.tolist(),
        "params": {name: shaped(value) for name, value in initial.items()},
        "losses": loss_values,
        "params_after": {name: flat(value) for name, value in after.items()},
        "predictions_after": flat(net(torch.tensor(x), training=False)),
    }])  # fmt: skip


def main():
    configure()
    for make in (activations, losses, layers, optimizers, model):
        make()


if __name__ == "__main__":
    main()
