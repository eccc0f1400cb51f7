"""Writes tests/models/torch_values/mocogan.json: MoCoGAN's small networks as PyTorch computes them in float64.

Run by hand (`/path/to/python bench/peers/torch/make_mocogan_values.py`) when a case is added; see make_values.py
for the format. Networks are written with torch.nn.functional on parameters of our names and layouts, so the values
are ours too: outputs hold the value, the gradient of each parameter and of the input, and what batch norms remember
afterwards as "buffer <name>".
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

from make_values import nchw, nhwc, summary, waves

FILE = Path(__file__).resolve().parents[3] / "tests" / "models" / "torch_values" / "mocogan.json"
MOST_SAMPLES = 9
LEVELS = 2  # of frames of 16 pixels
BASE = 4
WIDTH = 3


def norm(p, buffers, name, x, channels):
    """Batch norm in training, channels in axis 1; without scale and shift where there are none."""
    mean, variance = torch.zeros(channels).double(), torch.ones(channels).double()
    y = F.batch_norm(x, mean, variance, p.get(f"{name}.scale"), p.get(f"{name}.shift"), training=True)
    buffers[f"{name}.mean"], buffers[f"{name}.variance"] = mean, variance
    return y


def generator(p, buffers, x):
    maps = (x @ p["enter.kernel"]).reshape(-1, BASE, BASE, WIDTH * 2 ** (LEVELS - 1)).permute(0, 3, 1, 2)
    for i in range(LEVELS):
        maps = F.relu(norm(p, buffers, f"norm.{i}", maps, maps.shape[1]))
        # [height, width, out, in] -> [in, out, height, width]
        maps = F.conv_transpose2d(maps, p[f"up.{i}.kernel"].permute(3, 2, 0, 1).contiguous(), stride=2, padding=1)
    return nhwc(torch.tanh(maps))


def generator_shapes(codes):
    widths = [WIDTH * 2 ** (LEVELS - 1 - i) for i in range(LEVELS)] + [3]
    shapes = {"enter.kernel": [codes, BASE * BASE * widths[0]]}
    for i in range(LEVELS):
        shapes[f"norm.{i}.scale"] = shapes[f"norm.{i}.shift"] = [widths[i]]
        shapes[f"up.{i}.kernel"] = [4, 4, widths[i + 1], widths[i]]
    return shapes


def image_discriminator(kind):
    levels = LEVELS - (kind == "patch")

    def run(p, buffers, x):
        maps = nchw(x)
        for i in range(levels):
            maps = F.conv2d(maps, p[f"conv.{i}.kernel"].permute(3, 2, 0, 1).contiguous(), stride=2, padding=1)
            if i > 0:
                maps = norm(p, buffers, f"norm.{i}", maps, maps.shape[1])
            maps = F.leaky_relu(maps, 0.2)
        if kind == "patch":
            return F.conv2d(maps, p["head.kernel"].permute(3, 2, 0, 1).contiguous(), stride=2, padding=1)[:, 0]
        return (nhwc(maps).reshape(x.shape[0], -1) @ p["head.kernel"])[:, 0]

    widths = [3] + [WIDTH * 2**i for i in range(levels)]
    shapes = {f"conv.{i}.kernel": [4, 4, widths[i], widths[i + 1]] for i in range(levels)}
    for i in range(1, levels):
        shapes[f"norm.{i}.scale"] = shapes[f"norm.{i}.shift"] = [widths[i + 1]]
    shapes["head.kernel"] = [4, 4, widths[-1], 1] if kind == "patch" else [BASE * BASE * widths[-1], 1]
    return run, shapes


def video_discriminator(kind, time, frames, categories):
    levels = LEVELS - (kind == "patch")
    step = dict(stride=(1, 2, 2), padding=(0, 1, 1)) if time == "valid" else dict(stride=2, padding=1)

    def conv(maps, kernel):
        # [time, height, width, in, out] -> [out, in, time, height, width]
        return F.conv3d(maps, kernel.permute(4, 3, 0, 1, 2).contiguous(), **step)

    def run(p, buffers, x):
        maps = x.permute(0, 4, 1, 2, 3)
        for i in range(levels):
            maps = conv(maps, p[f"conv.{i}.kernel"])
            if i > 0:
                maps = norm(p, buffers, f"norm.{i}", maps, maps.shape[1])
            maps = F.leaky_relu(maps, 0.2)
        if kind == "patch":
            return conv(maps, p["head.kernel"])[:, 0]
        rows = maps.permute(0, 2, 3, 4, 1).reshape(x.shape[0], -1)
        return rows @ p["head.kernel"] + p.get("head.bias", 0)

    widths = [3] + [WIDTH * 2**i for i in range(levels)]
    shapes = {f"conv.{i}.kernel": [4, 4, 4, widths[i], widths[i + 1]] for i in range(levels)}
    for i in range(1, levels):
        shapes[f"norm.{i}.scale"] = shapes[f"norm.{i}.shift"] = [widths[i + 1]]
    left = frames
    for _ in range(levels):
        left = left - 3 if time == "valid" else left // 2
    outputs = 1 + categories if kind == "categorical" else 1
    if kind == "patch":
        shapes["head.kernel"] = [4, 4, 4, widths[-1], 1]
    else:
        shapes["head.kernel"] = [left * BASE * BASE * widths[-1], outputs]
        if time == "halved":
            shapes["head.bias"] = [outputs]
    return run, shapes


def motion(cell, size, hidden, noise, frames):
    gates = {"gru": 3, "lstm": 4}[cell]
    width = hidden or size

    def run(p, buffers, x):
        flat = {
            "weight_ih": p["cell.weightInput"].T,
            "weight_hh": p["cell.weightHidden"].T,
            "bias_ih": p["cell.biasInput"],
            "bias_hh": p["cell.biasHidden"],
        }
        module = (torch.nn.GRUCell if cell == "gru" else torch.nn.LSTMCell)(size, width).double()
        call = lambda *state: torch.func.functional_call(module, flat, state)
        batch = x.shape[0]
        # The first moment is the start, where the state is the code.
        h = x[:, 0] if hidden is None else torch.zeros(batch, width).double()
        c = torch.zeros(batch, width).double()
        mean, variance = torch.zeros(size).double(), torch.ones(size).double()
        codes = []
        for t in range(frames):
            moment = x[:, 1 if noise == "same" else 1 + t]
            if cell == "gru":
                h = call(moment, h)
            else:
                h, c = call(moment, (h, c))
            if hidden is None:
                codes.append(h)
                continue
            code = h @ p["head.linear.kernel"] + p["head.linear.bias"]
            codes.append(F.batch_norm(code, mean, variance, training=True))
        if hidden is not None:
            buffers["head.norm.mean"], buffers["head.norm.variance"] = mean, variance
        return torch.stack(codes, 1)

    shapes = {
        "cell.weightInput": [size, gates * width],
        "cell.weightHidden": [width, gates * width],
        "cell.biasInput": [gates * width],
        "cell.biasHidden": [gates * width],
    }
    if hidden is not None:
        shapes["head.linear.kernel"] = [hidden, size]
        shapes["head.linear.bias"] = [size]
    return run, shapes


def scale_of(name, shape):
    """Keeps activations near 1, so that no part of the network is hidden by rounding."""
    if name.endswith("kernel") or ".weight" in name:
        fan = math.prod(shape[:-1])
        return round(1.4 / math.sqrt(fan), 4)
    return 1.0 if name.endswith("scale") else 0.3


def case(parameters, run, shapes, image):
    listed = [{"name": "x", "shape": image, "scale": 1.0, "salt": 0}]
    for salt, (name, shape) in enumerate(sorted(shapes.items()), start=1):
        listed.append({"name": name, "shape": shape, "scale": scale_of(name, shape), "salt": salt})
    tensors = {
        entry["name"]: waves(entry["shape"], entry["salt"], entry["scale"]).requires_grad_() for entry in listed
    }
    own = {name: tensor for name, tensor in tensors.items() if name != "x"}
    buffers = {}
    value = run(own, buffers, tensors["x"])
    (value * waves(tuple(value.shape), 100)).sum().backward()
    outputs = {"value": summary(value, 40), "x": summary(tensors["x"].grad, 40)}
    outputs.update({name: summary(tensor.grad, MOST_SAMPLES) for name, tensor in own.items()})
    outputs.update({f"buffer {name}": summary(buffer, MOST_SAMPLES) for name, buffer in buffers.items()})
    return {"parameters": parameters, "inputs": listed, "outputs": outputs}


def main():
    cases = {
        "generator": case({"kind": "generator"}, generator, generator_shapes(9), [3, 9]),
    }
    for kind in ["full", "patch"]:
        run, shapes = image_discriminator(kind)
        cases[f"image discriminator, {kind}"] = case({"kind": "image", "of": kind}, run, shapes, [3, 16, 16, 3])
    for kind, time, frames in [("categorical", "valid", 8), ("patch", "valid", 8), ("full", "halved", 8)]:
        run, shapes = video_discriminator(kind, time, frames, 2)
        settings = {"kind": "video", "of": kind, "time": time}
        cases[f"video discriminator, {kind}, {time}"] = case(settings, run, shapes, [2, frames, 16, 16, 3])
    for cell, hidden, noise in [("gru", None, "fresh"), ("lstm", None, "fresh"), ("gru", 6, "fresh"), ("lstm", 6, "same")]:
        run, shapes = motion(cell, 4, hidden, noise, 3)
        settings = {"kind": "motion", "cell": cell, "hidden": hidden, "noise": noise}
        # The start and the moments in one tensor.
        image = [5, 2 if noise == "same" else 4, 4]
        cases[f"motion, {cell}, hidden {hidden}, {noise} noise"] = case(settings, run, shapes, image)
    document = {"madeBy": f"PyTorch {torch.__version__}, float64", "cases": cases}
    FILE.write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
