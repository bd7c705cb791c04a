"""Makes optimizers_more.json and schedules.json: every optimiser, option and schedule, ten steps each.

    pip install torch keras numpy
    python tests/goldens/optimizers_more.py

Two tensors, `kernel` and `bias`, so that norms of one tensor and of all differ. An option that is not
in `options` has the library's default; PyTorch's learning rates are always given. The gradients are
the same in all cases and stand in the first.
"""

from generate import configure, flat, keras, np, torch, values_of, write

STEPS = 10


def data():
    rng = np.random.default_rng(1213)
    w0 = [rng.normal(size=5), rng.normal(size=3)]
    # Very different sizes, so that the place of epsilon shows; one gradient that is always 0.
    scales = [np.array([1.0, 1e-3, 20.0, 3e-8, 0.3]), np.array([0.5, 0.0, 3.0])]
    short = np.vectorize(lambda x: float(f"{x:.12g}"))
    return [short(w) for w in w0], [[short(rng.normal(size=s.size) * s) for s in scales] for _ in range(STEPS)]


def both(tensors):
    """Both tensors as one list, with the digits that a tolerance of 1e-9 needs."""
    return [float(f"{x:.12g}") for tensor in tensors for x in flat(tensor)]


def keras_case(name, options, w0, gradients, schedule=None, exclude=None):
    """`name` is the class; `schedule` (class and options) takes the place of the learning rate."""
    variables = [keras.Variable(w, dtype="float64", name=n) for w, n in zip(w0, ["kernel", "bias"])]
    for variable in variables:
        variable.overwrite_with_gradient = False
    arguments = dict(options)
    if schedule is not None:
        arguments["learning_rate"] = getattr(keras.optimizers.schedules, schedule["name"])(**schedule["options"])
    optimizer = getattr(keras.optimizers, name)(**arguments)
    if exclude is not None:
        optimizer.exclude_from_weight_decay(var_names=[exclude])
    optimizer.build(variables)
    weights, averages = [], []
    for step in gradients:
        optimizer.apply([torch.tensor(g) for g in step], variables)
        weights.append(both([values_of(v) for v in variables]))
        if options.get("use_ema"):
            averages.append(both([values_of(v) for v in optimizer._model_variables_moving_average]))
    case = {"name": name, "library": "keras", "options": options, "weights": weights}
    if schedule is not None:
        case["schedule"] = schedule
    if exclude is not None:
        case["exclude"] = exclude
    if averages:
        case["averages"] = averages
    return case


def torch_case(name, options, w0, gradients, clip=None, bias=None, step_lr=None):
    """`clip`: a function of torch.nn.utils and its limit. `bias`: options of the bias alone."""
    tensors = [torch.nn.Parameter(torch.tensor(w)) for w in w0]
    groups = [{"params": [tensors[0]]}, {"params": [tensors[1]], **(bias or {})}]
    optimizer = getattr(torch.optim, name)(groups, foreach=False, **options)
    scheduler = step_lr and torch.optim.lr_scheduler.StepLR(optimizer, **step_lr)
    weights = []
    for step in gradients:
        for tensor, g in zip(tensors, step):
            tensor.grad = torch.tensor(g)
        if clip is not None:
            getattr(torch.nn.utils, clip[0])(tensors, clip[1])
        optimizer.step()
        if scheduler:
            scheduler.step()
        weights.append(both(tensors))
    case = {"name": name, "library": "torch", "options": options, "weights": weights}
    for key, value in {"clip": clip, "bias": bias, "step_lr": step_lr}.items():
        if value is not None:
            case[key] = value
    return case


def optimizers():
    w0, gradients = data()
    cases = [{"name": "data", "w0": both(w0), "gradients": [both(g) for g in gradients]}]

    def k(name, options=None, **more):
        cases.append(keras_case(name, options or {}, w0, gradients, **more))

    def t(name, options, **more):
        cases.append(torch_case(name, options, w0, gradients, **more))

    decay = {"weight_decay": 0.1, "learning_rate": 0.05}
    k("SGD")
    k("SGD", {"momentum": 0.9, **decay})
    k("SGD", {"momentum": 0.9, "nesterov": True, **decay})
    k("SGD", {"learning_rate": 0.1, "clipvalue": 0.5})
    k("SGD", {"learning_rate": 0.1, "clipnorm": 2.0})
    k("SGD", {"learning_rate": 0.1, "global_clipnorm": 2.0, "momentum": 0.5})
    k("SGD", {"learning_rate": 0.1, "global_clipnorm": 1e3})
    k("SGD", {"momentum": 0.9}, schedule={"name": "ExponentialDecay", "options": {"initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.5}})  # fmt: skip
    k("Adagrad")
    k("Adagrad", {"initial_accumulator_value": 0.0, "epsilon": 1e-3, **decay})
    k("Adadelta")
    k("Adadelta", {"rho": 0.8, "epsilon": 1e-4, **decay})
    k("RMSprop")
    k("RMSprop", {"rho": 0.8, "epsilon": 1e-4, **decay})
    k("RMSprop", {"momentum": 0.9})
    k("RMSprop", {"centered": True, "learning_rate": 0.01})
    k("RMSprop", {"centered": True, "momentum": 0.8, "epsilon": 1e-4})
    k("RMSprop", {"momentum": 0.9}, schedule={"name": "ExponentialDecay", "options": {"initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.5}})  # fmt: skip
    k("Adam")
    k("Adam", {"amsgrad": True, "beta_2": 0.6, "learning_rate": 0.05})
    k("Adam", {"epsilon": 1e-3, "beta_1": 0.8, "clipnorm": 1.0, **decay})
    k("AdamW")
    k("AdamW", {"beta_1": 0.7, "beta_2": 0.9, "epsilon": 1e-5, **decay}, exclude="bias")
    k("AdamW", {"amsgrad": True, "beta_2": 0.6, "global_clipnorm": 1.0})
    k("AdamW", {"weight_decay": 0.1}, schedule={"name": "CosineDecay", "options": {"initial_learning_rate": 0.01, "decay_steps": 6, "alpha": 0.1, "warmup_target": 0.1, "warmup_steps": 3}})  # fmt: skip
    k("Adamax")
    k("Adamax", {"beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3, **decay})
    k("Nadam")
    k("Nadam", {"beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3, **decay})
    k("Lion")
    k("Lion", {"beta_1": 0.8, "beta_2": 0.7, **decay})
    k("SGD", {"learning_rate": 0.1, "use_ema": True, "ema_momentum": 0.8})
    k("Adam", {"learning_rate": 0.1, "use_ema": True, "ema_overwrite_frequency": 3})
    k("Adam", {"learning_rate": 0.1, "gradient_accumulation_steps": 3, "clipnorm": 0.5})

    decay = {"weight_decay": 0.1, "lr": 0.05}
    t("SGD", {"lr": 0.1})
    t("SGD", {"momentum": 0.9, **decay})
    t("SGD", {"momentum": 0.9, "nesterov": True, **decay})
    t("SGD", {"lr": 0.1, "momentum": 0.9}, step_lr={"step_size": 3, "gamma": 0.5})
    t("SGD", {"lr": 0.1}, clip=["clip_grad_norm_", 2.0])
    t("SGD", {"lr": 0.1}, clip=["clip_grad_norm_", 1e3])
    t("SGD", {"momentum": 0.9, **decay}, clip=["clip_grad_value_", 0.5])
    t("SGD", {"momentum": 0.9, **decay}, bias={"lr": 0.005, "weight_decay": 0.0})
    t("Adagrad", {"lr": 0.01})
    t("Adagrad", {"initial_accumulator_value": 0.2, "eps": 1e-3, **decay})
    t("Adadelta", {"lr": 1.0})
    t("Adadelta", {"rho": 0.8, "eps": 1e-4, **decay})
    t("RMSprop", {"lr": 0.01})
    t("RMSprop", {"alpha": 0.8, "eps": 1e-4, **decay})
    t("RMSprop", {"lr": 0.01, "momentum": 0.9}, step_lr={"step_size": 3, "gamma": 0.5})
    t("RMSprop", {"lr": 0.01, "centered": True})
    t("RMSprop", {"lr": 0.01, "centered": True, "momentum": 0.8, "eps": 1e-4})
    t("Adam", {"lr": 0.001})
    t("Adam", {"betas": [0.8, 0.9], "eps": 1e-3, **decay})
    t("Adam", {"lr": 0.05, "betas": [0.9, 0.6], "amsgrad": True})
    t("AdamW", {"lr": 0.001})
    t("AdamW", {"betas": [0.9, 0.6], "amsgrad": True, **decay})
    t("AdamW", {**decay}, bias={"lr": 0.005, "weight_decay": 0.0})
    t("Adamax", {"lr": 0.002})
    t("Adamax", {"betas": [0.8, 0.9], "eps": 1e-3, **decay})
    t("NAdam", {"lr": 0.002})
    t("NAdam", {"betas": [0.8, 0.9], "eps": 1e-3, "momentum_decay": 0.1, **decay})
    write("optimizers_more", cases)


def schedules():
    cases = []

    def k(name, options, steps):
        schedule = getattr(keras.optimizers.schedules, name)(**options)
        rates = [float(keras.ops.convert_to_numpy(schedule(np.float64(step)))) for step in steps]
        cases.append({"name": name, "options": options, "steps": list(steps), "rates": rates})

    def t(name, options, make, count, initial=1.0):
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=initial)
        scheduler, rates = make(optimizer), []
        for _ in range(count):
            rates.append(float(optimizer.param_groups[0]["lr"]))
            optimizer.step()
            scheduler.step()
        cases.append({"name": name, "options": options, "steps": list(range(count)), "rates": rates})

    some = [0, 1, 3, 4, 7, 8, 9, 15, 16, 17, 40, 1000]
    base = {"initial_learning_rate": 0.3, "decay_steps": 8}
    for staircase in [False, True]:
        k("ExponentialDecay", {**base, "decay_rate": 0.7, "staircase": staircase}, some)
        k("InverseTimeDecay", {**base, "decay_rate": 0.7, "staircase": staircase}, some)
    k("PiecewiseConstantDecay", {"boundaries": [4, 16], "values": [0.3, 0.1, 0.02]}, some)
    k("PolynomialDecay", base, some)
    k("PolynomialDecay", {**base, "end_learning_rate": 0.05, "power": 2.5}, some)
    k("PolynomialDecay", {**base, "end_learning_rate": 0.05, "power": 0.5, "cycle": True}, some)
    k("CosineDecay", base, some)
    k("CosineDecay", {**base, "alpha": 0.2, "warmup_target": 0.9, "warmup_steps": 5}, some)
    base = {"initial_learning_rate": 0.3, "first_decay_steps": 8}
    k("CosineDecayRestarts", base, some)
    k("CosineDecayRestarts", {**base, "t_mul": 1.0, "m_mul": 0.8, "alpha": 0.1}, some)
    k("CosineDecayRestarts", {**base, "t_mul": 1.5, "m_mul": 0.8, "alpha": 0.1}, some)

    one_cycle = torch.optim.lr_scheduler.OneCycleLR
    for options in [{}, {"anneal_strategy": "linear", "pct_start": 0.25}, {"three_phase": True, "div_factor": 5.0, "final_div_factor": 50.0}]:  # fmt: skip
        t("OneCycleLR", options, lambda o: one_cycle(o, max_lr=0.4, total_steps=20, **options), 20)  # noqa: B023
    t("StepLR", {}, lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=4, gamma=0.3), 14, initial=0.3)
    t("Noam", {}, lambda o: torch.optim.lr_scheduler.LambdaLR(o, lambda n: 2.0 * 64**-0.5 * min((n + 1) ** -0.5, (n + 1) * 6**-1.5)), 14)
    write("schedules", cases)


if __name__ == "__main__":
    configure()
    optimizers()
    schedules()
