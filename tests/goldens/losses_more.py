"""Makes losses_more.json: the losses beyond those of generate.py, with their options, against Keras 3 and PyTorch.

    pip install torch keras numpy scikit-learn
    python tests/goldens/losses_more.py

Everything is float64 on the CPU; see generate.py for the format. Keras 3 (on its PyTorch backend) is the authority for values and
PyTorch's autograd for gradients; where Keras clips what we take from logits, or divides probabilities by their sum, the plain
formula stands here, and its value is compared with Keras's.
"""

import numpy as np
from generate import configure, flat, leaf, write

import keras  # noqa: E402
import torch  # noqa: E402

configure()
rng, cases = np.random.default_rng(404), []


def case(name, prediction, target, loss, options=None, head="Linear", exact=None):
    """`loss(target, prediction)` is the value; `exact`, if given, is what is differentiated and must have the same value."""
    p, t = leaf(prediction), torch.tensor(target)
    value = loss(t, p)
    if exact is not None:
        plain = exact(t, p)
        assert abs(plain.item() - value.item()) <= 1e-5 * abs(value.item()), (name, plain.item(), value.item())
        value = plain
    (gradient,) = torch.autograd.grad(value, p)
    cases.append({
        "name": name, "options": options or {}, "head": head, "shape": list(p.shape), "prediction": flat(p),
        "target": target.tolist() if target.dtype == np.int64 else flat(target),
        "loss": flat(value)[0], "gradient": flat(gradient),
    })  # fmt: skip


k = keras.losses
y, t = rng.normal(size=(4, 3)) * 1.5, rng.normal(size=(4, 3)) * 1.5
counts = rng.poisson(2.0, size=(4, 3)).astype(np.float64)
positive = rng.uniform(0.1, 5.0, size=(4, 3))
signs = np.where(rng.uniform(size=(4, 3)) < 0.5, -1.0, 1.0)
hot = np.eye(3)[[1, 0, 2, 1]]
case("MeanAbsoluteError", y, t, k.MeanAbsoluteError())
case("MeanAbsolutePercentageError", y, t, k.MeanAbsolutePercentageError())
case("MeanSquaredLogarithmicError", positive, counts, k.MeanSquaredLogarithmicError())
case("RootMeanSquaredError", y, t, lambda t, y: torch.sqrt(((y - t) ** 2).mean(dim=-1)).mean())
case("Huber", y, t, k.Huber(), {"delta": 1.0})
case("Huber", y, t, k.Huber(delta=0.4), {"delta": 0.4})
case("LogCosh", y, t, k.LogCosh())
case("Poisson", positive, counts, k.Poisson())
case("Hinge", y, signs, k.Hinge())
case("Hinge", y, (signs + 1.0) / 2.0, k.Hinge())
case("SquaredHinge", y, signs, k.SquaredHinge())
case("CategoricalHinge", y, hot, k.CategoricalHinge())
case("CosineSimilarity", y, t, k.CosineSimilarity())


def distributions(rows, n):
    p = 0.02 + rng.dirichlet(np.full(n, 3.0), size=rows) * (1.0 - 0.02 * n)
    return p / p.sum(axis=-1, keepdims=True)


case("KlDivergence", distributions(4, 3), distributions(4, 3), k.KLDivergence())
case("KlDivergence", y, distributions(4, 3),
     lambda t, z: k.KLDivergence()(t, torch.softmax(z, dim=-1)), head="Softmax")  # fmt: skip


def nll(ignore=None, weight=None):
    """PyTorch's sum over the places, divided by their number instead of by the sum of the weights."""
    w = None if weight is None else torch.tensor(weight)

    def loss(t, y):
        kept = (t != ignore).sum() if ignore is not None else t.numel()
        index = ignore if ignore is not None else -100
        return torch.nn.functional.nll_loss(y, t, weight=w, ignore_index=index, reduction="sum") / kept

    return loss


labels, some = np.array([2, 0, 1, 2]), np.array([2, 9, 1, 9])
log_p = np.log(distributions(4, 3))
case("NegativeLogLikelihood", log_p, labels, nll())
case("NegativeLogLikelihood", log_p, some, nll(9), {"ignore_class": 9})
case("NegativeLogLikelihood", log_p, labels, nll(weight=[0.5, 2.0, 1.25]), {"class_weights": [0.5, 2.0, 1.25]})


def crossentropy(ignore=None, weight=None, smoothing=0.0):
    """PyTorch's, divided by the number of places that count."""
    w = None if weight is None else torch.tensor(weight)

    def loss(t, z):
        kept = z.shape[0] if ignore is None else (t != ignore).sum()
        index = ignore if ignore is not None else -100
        total = torch.nn.functional.cross_entropy(
            z, t, weight=w, ignore_index=index, label_smoothing=smoothing, reduction="sum")  # fmt: skip
        return total / kept

    return loss


weights = [0.5, 2.0, 1.25]
case("SparseCategoricalCrossentropy", y, labels, crossentropy(smoothing=0.1), {"label_smoothing": 0.1}, "Softmax")
case("SparseCategoricalCrossentropy", y, labels, crossentropy(weight=weights), {"class_weights": weights}, "Softmax")
case("SparseCategoricalCrossentropy", y, labels, crossentropy(weight=weights, smoothing=0.2),
     {"class_weights": weights, "label_smoothing": 0.2}, "Softmax")  # fmt: skip
case("SparseCategoricalCrossentropy", y, some, k.SparseCategoricalCrossentropy(from_logits=True, ignore_class=9),
     {"ignore_class": 9}, "Softmax", exact=crossentropy(ignore=9))  # fmt: skip
case("CategoricalCrossentropy", y, hot, k.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
     {"label_smoothing": 0.1}, "Softmax")  # fmt: skip
case("CategoricalCrossentropy", y, distributions(4, 3), crossentropy(weight=weights), {"class_weights": weights}, "Softmax")
yes = (rng.uniform(size=(4, 3)) < 0.5).astype(np.float64)
case("BinaryCrossentropy", y, yes, k.BinaryCrossentropy(from_logits=True, label_smoothing=0.1), {"label_smoothing": 0.1}, "Sigmoid")
case("BinaryCrossentropy", y, yes,
     lambda t, z: torch.nn.functional.binary_cross_entropy_with_logits(z, t, pos_weight=torch.tensor(4.0)),
     {"class_weights": [1.0, 4.0]}, "Sigmoid")  # fmt: skip

p = rng.uniform(0.05, 0.95, size=(4, 3))
for options in ({}, {"gamma": 3.0}, {"gamma": 0.5, "alpha": 0.3}, {"label_smoothing": 0.1}):
    keyed = dict(options)
    if "alpha" in keyed:
        keyed["apply_class_balancing"] = True
    case("BinaryFocalCrossentropy", p, yes, k.BinaryFocalCrossentropy(**keyed), options)
    case("BinaryFocalCrossentropy", y, yes, k.BinaryFocalCrossentropy(from_logits=True, **keyed), options, "Sigmoid")


def categorical_focal(gamma=2.0, alpha=0.25, label_smoothing=0.0):
    def loss(t, p):
        t = t * (1.0 - label_smoothing) + label_smoothing / p.shape[-1]
        return (-alpha * t * (1.0 - p) ** gamma * torch.log(p)).sum(dim=-1).mean()

    return loss


for options in ({}, {"gamma": 3.0}, {"gamma": 0.5, "alpha": 0.3}, {"label_smoothing": 0.1}):
    keras_loss, plain = k.CategoricalFocalCrossentropy(**options), categorical_focal(**options)
    case("CategoricalFocalCrossentropy", distributions(4, 3), hot, keras_loss, options, exact=plain)
    case("CategoricalFocalCrossentropy", y, hot,
         lambda t, z, f=keras_loss: f(t, torch.softmax(z, dim=-1)), options, "Softmax",
         exact=lambda t, z, f=plain: f(t, torch.softmax(z, dim=-1)))  # fmt: skip

write("losses_more", cases)
