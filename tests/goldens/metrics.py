"""Makes metrics.json: metrics on small data, by scikit-learn, and by Keras where scikit-learn has none.

    pip install torch keras numpy scikit-learn
    python tests/goldens/metrics.py

Scores have ties, so that their order matters. See generate.py for the format.
"""

import numpy as np
from generate import configure, write

import keras  # noqa: E402
from sklearn import metrics as m  # noqa: E402

configure()
rng, cases = np.random.default_rng(505), []


def case(name, kind, outputs, truth, value, **options):
    """`kind` says what the truth is: labels, or numbers."""
    outputs, truth = np.asarray(outputs), np.asarray(truth)
    cases.append({
        "name": name, "kind": kind, "options": options, "shape": list(outputs.shape),
        "outputs": [float(x) for x in outputs.ravel()], "truth": [float(x) for x in truth.ravel()], "value": float(value),
    })  # fmt: skip


n, classes = 14, 4
yes = (rng.uniform(size=n) < 0.4).astype(int)
scores = np.round(np.clip(0.35 * yes + rng.uniform(size=n) * 0.7, 0.01, 0.99), 1)  # ties
sure = np.round(np.clip(0.3 * yes + rng.uniform(size=n) * 0.6, 0.02, 0.98), 3)
labels = rng.integers(0, classes - 1, size=n)  # the last class never occurs, but is predicted
p = rng.dirichlet(np.ones(classes), size=n) + 0.6 * np.eye(classes)[labels] * rng.uniform(size=(n, 1))
p = np.ceil(p / p.sum(axis=1, keepdims=True) * 60.0) / 64.0  # short numbers, and the first takes what is left of 1
p[:, 0] += 1.0 - p.sum(axis=1)
assert (p > 0.0).all()
predicted = p.argmax(axis=1)
hot = np.eye(classes)[labels]

case("RocAuc", "numbers", scores, yes, m.roc_auc_score(yes, scores))
case("AveragePrecision", "numbers", scores, yes, m.average_precision_score(yes, scores))
present = p[:, :3] + p[:, 3:] * [0.25, 0.25, 0.5]
case("RocAuc", "labels", present, labels, m.roc_auc_score(labels, present, multi_class="ovr"), classes=3)
case("AveragePrecision", "labels", present, labels,
     m.average_precision_score(np.eye(3)[labels], present, average="macro"), classes=3)  # fmt: skip
two = np.stack([1.0 - scores, scores], axis=1)
case("RocAuc", "labels", two, yes, m.roc_auc_score(yes, scores))
case("AveragePrecision", "labels", two, yes, m.average_precision_score(yes, scores))
for average in ("micro", "macro", "weighted"):
    for name, score in (("Precision", m.precision_score), ("Recall", m.recall_score), ("F1Score", m.f1_score)):
        value = score(labels, predicted, average=average, zero_division=0)
        case(name, "labels", p, labels, value, average=average, classes=classes)
        case(name, "numbers", p, hot, value, average=average, classes=classes)
for name, score in (("Precision", m.precision_score), ("Recall", m.recall_score), ("F1Score", m.f1_score)):
    case(name, "numbers", scores, yes, score(yes, scores > 0.5), threshold=0.5)
    case(name, "labels", two, yes, score(yes, scores > 0.3), threshold=0.3)
case("Precision", "numbers", scores, yes, keras.metrics.Precision()(yes, scores), threshold=0.5)
case("BinaryAccuracy", "numbers", scores, yes, m.accuracy_score(yes, scores > 0.5), threshold=0.5)
case("BinaryAccuracy", "numbers", scores, yes, keras.metrics.BinaryAccuracy(threshold=0.3)(yes, scores), threshold=0.3)
case("CategoricalAccuracy", "labels", p, labels, m.accuracy_score(labels, predicted))
case("CategoricalAccuracy", "numbers", p, hot, m.accuracy_score(labels, predicted))
for k in (1, 2, 3):
    value = m.top_k_accuracy_score(labels, p, k=k, labels=np.arange(classes))
    case("TopKCategoricalAccuracy", "labels", p, labels, value, k=k)
case("LogLoss", "numbers", sure, yes, m.log_loss(yes, sure))
case("LogLoss", "labels", p, labels, m.log_loss(labels, p, labels=np.arange(classes)))
case("Perplexity", "labels", p, labels, np.exp(m.log_loss(labels, p, labels=np.arange(classes))))
y, t = np.round(rng.normal(size=(2, n, 3)), 3)
y = t + 0.5 * y + 1e6  # far from zero, where sums of squares lose their digits
t = t + 1e6
case("MeanSquaredError", "numbers", y, t, m.mean_squared_error(t, y))
case("RootMeanSquaredError", "numbers", y, t, keras.metrics.RootMeanSquaredError(dtype="float64")(t, y))
case("MeanAbsoluteError", "numbers", y, t, m.mean_absolute_error(t, y))
case("R2Score", "numbers", y, t, m.r2_score(t, y))
case("R2Score", "numbers", y[:, :1], np.full((n, 1), 3.0), m.r2_score(np.full((n, 1), 3.0), y[:, :1]))
u, v = np.round(rng.normal(size=(2, n, 3)), 3)
case("CosineSimilarity", "numbers", u, v, keras.metrics.CosineSimilarity(dtype="float64")(v, u))
write("metrics", cases)
