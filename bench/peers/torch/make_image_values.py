"""Writes tests/models/torch_values/*.json: small denoisers of images as PyTorch computes them in float64.

Run by hand (`/path/to/python bench/peers/torch/make_image_values.py`) when a case is added; see
make_values.py for the format. Names and layouts of parameters are those of models/, so the values are
too: outputs hold the value, the gradient of each parameter and of "noisy", and what batch norms
remember afterwards as "buffer <name>".
"""

import json
import math
from pathlib import Path

import torch

from image_networks import DoubleConvUnet, SimpleUnet
from make_values import nchw, nhwc, summary, waves

FOLDER = Path(__file__).resolve().parents[3] / "tests" / "models" / "torch_values"
MOST_SAMPLES = 9
TIMESTEPS = [0, 7, 250]
LABELS = [1, 2, 0]

# PyTorch's last words of a name -> ours.
ENDINGS = {
    "attention.in_proj_weight": "attention.qkv.kernel",
    "attention.in_proj_bias": "attention.qkv.bias",
    "attention.out_proj.weight": "attention.out.kernel",
    "attention.out_proj.bias": "attention.out.bias",
    "label.weight": "label.table",
    "running_mean": "mean",
    "running_var": "variance",
}


def own_name(name, tensor):
    for theirs, ours in ENDINGS.items():
        if name.endswith(theirs):
            return name[: -len(theirs)] + ours
    stem, kind = name.rsplit(".", 1)
    is_norm = stem.rsplit(".", 1)[-1].startswith("norm")
    return stem + "." + {"weight": "scale" if is_norm else "kernel", "bias": "shift" if is_norm else "bias"}[kind]


def own_layout(name, tensor):
    """[out, in, height, width] -> [height, width, in, out]; [out, in] -> [in, out]."""
    if tensor.dim() == 4:
        return tensor.permute(2, 3, 1, 0)
    return tensor.T if name.endswith(".kernel") else tensor


def their_layout(name, tensor):
    if tensor.dim() == 4:
        return tensor.permute(3, 2, 0, 1)
    return tensor.T if name.endswith(".kernel") else tensor


def scale_of(name, shape):
    """Keeps activations near 1, so that no part of the network is hidden by rounding."""
    if name.endswith("kernel"):
        return round(1.4 / math.sqrt(math.prod(shape[:-1])), 4)
    return 1.0 if name.endswith("scale") or name.endswith("table") else 0.3


def case(kind, config, network, image, mode="train"):
    network = network.double()
    network.train(mode == "train")
    named = {own_name(name, p): p for name, p in network.named_parameters()}
    inputs = [{"name": "noisy", "shape": image, "scale": 1.0, "salt": 0}]
    with torch.no_grad():
        for salt, (name, p) in enumerate(sorted(named.items()), start=1):
            shape = list(own_layout(name, p).shape)
            scale = scale_of(name, shape)
            inputs.append({"name": name, "shape": shape, "scale": scale, "salt": salt})
            p.copy_(their_layout(name, waves(shape, salt, scale)))
    buffers = {
        own_name(name, b): b
        for name, b in network.named_buffers()
        if not name.endswith("num_batches_tracked")
    }
    if mode == "eval":
        for name, buffer in buffers.items():
            buffer.copy_(waves(list(buffer.shape), 1, 0.2) + (1 if name.endswith("variance") else 0))
    noisy = waves(image, 0).requires_grad_()
    value = nhwc(network(nchw(noisy), torch.tensor(TIMESTEPS).double(), torch.tensor(LABELS)))
    (value * waves(tuple(value.shape), 100)).sum().backward()
    outputs = {"value": summary(value, 60), "noisy": summary(noisy.grad, 60)}
    for name, p in named.items():
        outputs[name] = summary(own_layout(name, p.grad), MOST_SAMPLES)
    if mode == "train":
        for name, buffer in buffers.items():
            outputs[f"buffer {name}"] = summary(buffer, MOST_SAMPLES)
    return {
        "parameters": {
            "kind": kind,
            "config": config,
            "mode": mode,
            "timesteps": TIMESTEPS,
            "labels": LABELS,
        },
        "inputs": inputs,
        "outputs": outputs,
    }


def double_conv_unets():
    cases = {}
    for form, channels, classes, widths, levels in [
        ("seed", 3, 0, [8, 16, 16], [0, 1, 2]),
        ("original", 1, 2, [8, 8, 16], [1, 2]),
    ]:
        config = {
            "channels": channels,
            "outputs": channels,
            "classes": classes,
            "form": form,
            "widths": widths,
            "attentionLevels": levels,
        }
        network = DoubleConvUnet(channels, channels, classes, form, widths, levels)
        # In mode "eval": the reference has no dropout.
        cases[f"{form}, widths {widths}, attention {levels}, {classes} classes"] = case(
            "double_conv_unet", config, network, [3, 8, 12, channels], "eval"
        )
    return cases


def simple_unets():
    cases = {}
    for skips, classes, mode in [("seed", 0, "train"), ("repaired", 2, "train"), ("seed", 2, "eval")]:
        widths = [4, 8, 16]
        config = {"channels": 3, "outputs": 3, "classes": classes, "widths": widths, "skips": skips}
        network = SimpleUnet(3, 3, classes, widths, skips)
        cases[f"{skips} skips, {classes} classes, {mode}"] = case(
            "simple_unet", config, network, [3, 8, 12, 3], mode
        )
    return cases


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, cases in {
        "double_conv_unet": double_conv_unets(),
        "simple_unet": simple_unets(),
    }.items():
        document = {"madeBy": f"PyTorch {torch.__version__}, float64", "cases": cases}
        (FOLDER / f"{name}.json").write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
