"""What Keras's callbacks do with given values of a metric: writes callbacks.json beside this file.

    KERAS_BACKEND=torch python callbacks.py       (made with Keras 3.15.1)
"""

import itertools
import json
import pathlib
import tempfile
import types

import keras
import numpy as np

SERIES = {
    "falling": [5.0, 4.0, 3.5, 3.4, 3.39, 3.385, 3.0],
    "plateau": [1.0, 0.5, 0.5, 0.5, 0.6, 0.4, 0.4, 0.4, 0.45, 0.39, 0.5, 0.5],
    "rising": [0.1, 0.2, 0.2, 0.35, 0.3, 0.3, 0.36, 0.35, 0.35, 0.34],
    "waves": [float(x) for x in np.round(1 + 0.5 * np.cos(np.arange(14) * 1.1), 3)],
}


class Model:
    """As much of a model as a callback touches."""

    def __init__(self, rate):
        self.stop_training = False
        self.metrics = []
        self.optimizer = types.SimpleNamespace(learning_rate=np.float64(rate))
        self.epoch = 0

    def get_weights(self):
        return self.epoch

    def set_weights(self, weights):
        self.epoch = weights

    def save(self, path, overwrite):
        self.saved.append(int(path.rsplit("-", 1)[1].split(".")[0]) - 1)


def drive(callback, series, rate=0.1):
    model = Model(rate)
    model.saved = []
    callback.set_model(model)
    callback.on_train_begin()
    rates, epochs = [], 0
    for epoch, value in enumerate(series):
        model.epoch = epoch
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {"metric": value})
        rates.append(float(model.optimizer.learning_rate))
        epochs += 1
        if model.stop_training:
            break
    callback.on_train_end()
    return model, epochs, rates


def early_stopping():
    for name, mode, patience, delta, baseline, start in itertools.product(
        SERIES, ["min", "max"], [0, 2], [0.0, 0.1], [None, 0.42], [0, 3]
    ):
        options = {"mode": mode, "patience": patience, "min_delta": delta, "baseline": baseline, "start_from_epoch": start}
        callback = keras.callbacks.EarlyStopping(monitor="metric", restore_best_weights=True, **options)
        model, epochs, _ = drive(callback, SERIES[name])
        yield {"series": name, **options, "epochs": epochs, "stopped": model.stop_training, "restored": model.epoch}


def reduce_lr():
    for name, mode, patience, delta, cooldown, least in itertools.product(
        SERIES, ["min", "max"], [1, 2], [1e-4, 0.1], [0, 2], [0.0, 0.004]
    ):
        options = {"mode": mode, "patience": patience, "min_delta": delta, "cooldown": cooldown, "min_lr": least}
        callback = keras.callbacks.ReduceLROnPlateau(monitor="metric", factor=0.25, **options)
        _, _, rates = drive(callback, SERIES[name], rate=0.1)
        yield {"series": name, **options, "rates": rates}


def checkpoints():
    for name, mode, threshold in itertools.product(SERIES, ["min", "max"], [None, 0.42]):
        with tempfile.TemporaryDirectory() as folder:
            callback = keras.callbacks.ModelCheckpoint(
                f"{folder}/m-{{epoch}}.keras", monitor="metric", mode=mode, save_best_only=True, initial_value_threshold=threshold
            )
            model, _, _ = drive(callback, SERIES[name])
        yield {"series": name, "mode": mode, "threshold": threshold, "saved": model.saved}


result = {
    "series": SERIES,
    "early_stopping": list(early_stopping()),
    "reduce_lr": list(reduce_lr()),
    "checkpoint": list(checkpoints()),
}
lines = ["{"]
for key, value in result.items():
    rows = value if isinstance(value, list) else None
    text = "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]" if rows else json.dumps(value)
    lines.append(f"{json.dumps(key)}: {text}" + ("," if key != "checkpoint" else ""))
lines.append("}")
pathlib.Path(__file__).with_name("callbacks.json").write_text("\n".join(lines) + "\n")
