"""Makes transformer.json: norms, attention and the blocks of a transformer.

    pip install torch keras numpy
    python tests/goldens/transformer.py

As in generate.py, of which this uses the helpers: float64 on the CPU, Keras 3 on its PyTorch backend, gradients by autograd. Norms and
attention are Keras's, and asserted to be PyTorch's as well; the blocks, which Keras does not have, are PyTorch's
nn.TransformerEncoderLayer and nn.TransformerDecoderLayer; rotary positions are written out.
"""

# First: it chooses Keras's backend.
from generate import configure, flat, leaf, shaped, write  # isort: skip

import keras
import numpy as np
import torch
from torch.nn import functional

CASES = []


class Rounded:
    """Random numbers of three digits: the file stays small."""

    source = np.random.default_rng(909)

    def normal(self, size):
        return self.source.normal(size=size).round(3)

    def uniform(self, low, high, size):
        return self.source.uniform(low, high, size=size).round(3)


RNG = Rounded()


def half(*size):
    """A parameter, of half the size of the inputs."""
    return leaf((RNG.normal(size=size) * 0.5).round(3))


def digits(values):
    """Results, to twelve digits: they are compared to nine."""
    return [float(f"{v:.12g}") for v in flat(values)]


def case(name, options, inputs, params, call, ids=None):
    """Runs `call` and differentiates it with respect to the inputs (named leaves) and the parameters (named leaves)."""
    y = call()
    dy = RNG.normal(size=tuple(y.shape))
    wanted = list(inputs.values()) + list(params.values())
    gradients = [g.reshape(w.shape) for g, w in zip(torch.autograd.grad(y, wanted, torch.tensor(dy)), wanted, strict=True)]
    result = {"layer": name, "options": options, "input_shape": list(next(iter(inputs.values())).shape)}
    result |= {key: flat(value) for key, value in inputs.items()}
    if ids is not None:
        result["ids"] = ids.ravel().tolist()
    result |= {"params": {key: shaped(value.detach().numpy()) for key, value in params.items()}, "dy": flat(dy), "y": digits(y)}
    result |= {f"d{key}": digits(g) for key, g in zip(inputs, gradients)}
    result["dparams"] = {key: digits(g) for key, g in zip(params, gradients[len(inputs) :])}
    CASES.append(result)
    return y


def name_of(variable):
    """`multi_head_attention_3/query/kernel` to `query.kernel`."""
    return ".".join(variable.path.split("/")[1:])


def keras_case(name, options, layer, inputs, call, ids=None):
    """The same of a Keras layer, with random parameters."""
    call()
    for variable in layer.weights:
        variable.assign((RNG.normal(size=variable.shape) * 0.5).round(3) + (1.0 if name_of(variable) in ("gamma", "scale") else 0.0))
    params = {name_of(v): v.value for v in layer.trainable_weights}
    return case(name, options, inputs, params, call, ids), params


def norms():
    for center in (True, False):
        for eps, shape in ((1e-3, (3, 5)), (1e-5, (2, 3, 19))):
            x = leaf(RNG.normal(size=shape) + 3.0)
            layer = keras.layers.LayerNormalization(epsilon=eps, center=center)
            y, p = keras_case("LayerNorm", {"eps": eps, "center": center}, layer, {"x": x}, lambda: layer(x))
            theirs = functional.layer_norm(x, shape[-1:], p["gamma"], p.get("beta"), eps)
            np.testing.assert_allclose(flat(y), flat(theirs), atol=1e-12)
    for eps, shape in ((1e-6, (3, 5)), (0.1, (2, 3, 19))):
        x = leaf(RNG.normal(size=shape) + 1.0)
        layer = keras.layers.RMSNormalization(epsilon=eps)
        y, p = keras_case("RmsNorm", {"eps": eps}, layer, {"x": x}, lambda: layer(x))
        np.testing.assert_allclose(flat(y), flat(functional.rms_norm(x, shape[-1:], p["scale"], eps)), atol=1e-12)
    for groups, eps, shape in ((2, 1e-3, (2, 4, 6)), (3, 1e-5, (2, 3, 2, 6)), (-1, 1e-3, (2, 4, 6)), (-1, 1e-5, (2, 3, 2, 6))):
        x = leaf(RNG.normal(size=shape) * 2.0 - 1.0)
        layer = keras.layers.GroupNormalization(groups=groups, epsilon=eps)
        options = {"groups": groups if groups > 0 else shape[-1], "eps": eps}
        y, p = keras_case("GroupNorm", options, layer, {"x": x}, lambda: layer(x))
        theirs = functional.group_norm(torch.movedim(x, -1, 1), options["groups"], p["gamma"], p["beta"], eps)
        np.testing.assert_allclose(flat(y), flat(torch.movedim(theirs, 1, -1)), atol=1e-12)


def torch_attention(p, x, memory, heads, causal, visible):
    """PyTorch's own attention from Keras's parameters."""
    def project(name, source):
        y = torch.einsum("bte,ehk->bhtk", source, p[f"{name}.kernel"])
        return y + p[f"{name}.bias"][None, :, None, :] if f"{name}.bias" in p else y

    q, k, v = project("query", x), project("key", memory), project("value", memory)
    k, v = (t.repeat_interleave(heads // t.shape[1], dim=1) for t in (k, v))
    mask = torch.ones(x.shape[1], memory.shape[1], dtype=torch.bool)
    mask = (torch.tril(mask) if causal else mask)[None, None]
    if visible is not None:
        mask = mask & visible[:, None, None, :]
    o = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    y = torch.einsum("bhtv,hve->bte", o, p["attention_output.kernel"])
    return y + p["attention_output.bias"] if "attention_output.bias" in p else y


def attention():
    ids7 = np.array([[3, 0, 5, 1, 0, 0, 2], [0, 0, 9, 9, 9, 0, 0]])
    # With causal attention the first step must not be padding here: Keras defines no row without a step to see.
    ids5 = np.array([[3, 0, 5, 1, 0], [7, 0, 0, 9, 9]])
    for options in (
        {"bias": True, "causal": False},
        {"bias": False, "causal": True},
        {"bias": True, "causal": True, "mask": True},
        {"bias": True, "causal": False, "memory": True},
        {"bias": False, "causal": False, "memory": True, "mask": True},
    ):
        x = leaf(RNG.normal(size=(2, 5, 6)))
        layer = keras.layers.MultiHeadAttention(3, 4, value_dim=2, use_bias=options["bias"])
        inputs = {"x": x} | ({"memory": leaf(RNG.normal(size=(2, 7, 3)))} if "memory" in options else {})
        memory = inputs.get("memory", x)
        ids = None if "mask" not in options else ids7 if "memory" in options else ids5
        visible = None if ids is None else torch.tensor(ids != 0)
        mask = None if ids is None else visible[:, None, :].expand(2, 5, memory.shape[1])

        def call():
            return layer(x, memory, attention_mask=mask, use_causal_mask=options["causal"])

        y, p = keras_case("MultiHeadAttention", options, layer, inputs, call, ids)
        np.testing.assert_allclose(flat(y), flat(torch_attention(p, x, memory, 3, options["causal"], visible)), atol=1e-12)
    x = leaf(RNG.normal(size=(2, 5, 6)))
    layer = keras.layers.GroupQueryAttention(4, 4, 2)
    options = {"bias": True, "causal": True, "kv_heads": 2}
    y, p = keras_case("GroupedAttention", options, layer, {"x": x}, lambda: layer(x, x, use_causal_mask=True))
    np.testing.assert_allclose(flat(y), flat(torch_attention(p, x, x, 4, True, None)), atol=1e-12)


def rotated(x):
    """[batch, time, heads, n]: pairs (i, i + n / 2) turned by time * 10000^(-2 i / n), as in KerasHub's RotaryEmbedding."""
    n = x.shape[-1]
    angles = torch.arange(x.shape[1])[:, None] * 10000.0 ** (-2.0 * torch.arange(n // 2) / n)
    cosine, sine = torch.cos(angles)[None, :, None, :], torch.sin(angles)[None, :, None, :]
    a, b = x[..., : n // 2], x[..., n // 2 :]
    return torch.cat([a * cosine - b * sine, b * cosine + a * sine], dim=-1)


def rotary():
    x = leaf(RNG.normal(size=(2, 5, 6)))
    shapes = {"query": (6, 3, 4), "key": (6, 3, 4), "value": (6, 3, 2)}
    p = {f"{key}.kernel": half(*shape) for key, shape in shapes.items()}
    p["attention_output.kernel"] = half(3, 2, 6)

    def call():
        q, k, v = (torch.einsum("bte,ehk->bthk", x, p[f"{key}.kernel"]) for key in shapes)
        q, k = rotated(q), rotated(k)
        scores = torch.einsum("bthk,bshk->bhts", q, k) / 2.0
        scores = scores.masked_fill(~torch.tril(torch.ones(5, 5, dtype=torch.bool)), -torch.inf)
        o = torch.einsum("bhts,bshv->bthv", torch.softmax(scores, dim=-1), v)
        return torch.einsum("bthv,hve->bte", o, p["attention_output.kernel"])

    case("MultiHeadAttention", {"bias": False, "causal": True, "rotary": True}, {"x": x}, p, call)


def block_parameters(block, heads, e):
    """Our names and layouts, and what to copy into PyTorch's block so that autograd reaches ours."""
    k, params, theirs = e // heads, {}, {}
    attentions = {"self_attention": ("self_attn", e)} | ({"cross_attention": ("multihead_attn", e)} if hasattr(block, "multihead_attn") else {})
    for ours, (name, width) in attentions.items():
        for part in ("query", "key", "value"):
            params[f"{ours}.{part}.kernel"] = half(width, heads, k)
            params[f"{ours}.{part}.bias"] = half(heads, k)
        params[f"{ours}.attention_output.kernel"] = half(heads, k, e)
        params[f"{ours}.attention_output.bias"] = half(e)

        def attention(ours=ours, name=name):
            parts = [params[f"{ours}.{part}.kernel"].reshape(-1, e).T for part in ("query", "key", "value")]
            theirs[f"{name}.in_proj_weight"] = torch.cat(parts)
            theirs[f"{name}.in_proj_bias"] = torch.cat([params[f"{ours}.{part}.bias"].reshape(-1) for part in ("query", "key", "value")])
            theirs[f"{name}.out_proj.weight"] = params[f"{ours}.attention_output.kernel"].reshape(e, e).T
            theirs[f"{name}.out_proj.bias"] = params[f"{ours}.attention_output.bias"]

        attention()
    ffn = block.linear1.out_features
    for ours, name, shape in (("feedforward_intermediate", "linear1", (e, ffn)), ("feedforward_output", "linear2", (ffn, e))):
        params[f"{ours}.kernel"], params[f"{ours}.bias"] = half(*shape), half(shape[1])
        theirs[f"{name}.weight"], theirs[f"{name}.bias"] = params[f"{ours}.kernel"].T, params[f"{ours}.bias"]
    norms = ("self_attention_norm", "cross_attention_norm", "feedforward_norm") if len(attentions) > 1 else ("self_attention_norm", "feedforward_norm")
    for i, ours in enumerate(norms):
        params[f"{ours}.gamma"], params[f"{ours}.beta"] = leaf(RNG.uniform(0.5, 1.5, size=e)), half(e)
        theirs[f"norm{i + 1}.weight"], theirs[f"norm{i + 1}.bias"] = params[f"{ours}.gamma"], params[f"{ours}.beta"]
    return params, theirs


def blocks():
    ids = np.array([[3, 0, 5, 1, 0], [0, 0, 9, 9, 9]])
    for norm, activation, causal, masked in (("Post", "relu", False, False), ("Pre", "gelu", True, False), ("Post", "gelu", False, True)):
        block = torch.nn.TransformerEncoderLayer(6, 3, 7, 0.0, activation, norm_first=norm == "Pre", batch_first=True)
        params, theirs = block_parameters(block, 3, 6)
        x = leaf(RNG.normal(size=(2, 5, 6)))
        mask = torch.triu(torch.ones(5, 5, dtype=torch.bool), 1) if causal else None
        padding = torch.tensor(ids == 0) if masked else None

        def call():
            arguments = (x,), {"src_mask": mask, "src_key_padding_mask": padding}
            return torch.func.functional_call(block, theirs, *arguments)

        options = {"norm": norm, "activation": activation, "causal": causal, "mask": masked}
        case("TransformerEncoder", options, {"x": x}, params, call, ids if masked else None)
    for norm, activation, masked in (("Post", "gelu", True), ("Pre", "relu", False)):
        block = torch.nn.TransformerDecoderLayer(6, 3, 7, 0.0, activation, norm_first=norm == "Pre", batch_first=True)
        params, theirs = block_parameters(block, 3, 6)
        x, memory = leaf(RNG.normal(size=(2, 4, 6))), leaf(RNG.normal(size=(2, 5, 6)))
        mask = torch.triu(torch.ones(4, 4, dtype=torch.bool), 1)
        padding = torch.tensor(ids == 0) if masked else None

        def call():
            arguments = (x, memory), {"tgt_mask": mask, "memory_key_padding_mask": padding}
            return torch.func.functional_call(block, theirs, *arguments)

        options = {"norm": norm, "activation": activation, "mask": masked}
        case("TransformerDecoder", options, {"x": x, "memory": memory}, params, call, ids if masked else None)


if __name__ == "__main__":
    configure()
    norms()
    attention()
    rotary()
    blocks()
    write("transformer", CASES)
