"""Writes tests/models/torch_values/svg.json: losses of tiny video models as PyTorch computes them in float64.

Run by hand (`/path/to/python bench/peers/torch/make_svg_values.py`) when a case is added; see make_values.py
for the format. Outputs: "value" is the loss, "mse" and "kl" its parts, then the gradient of the loss by each
parameter, and what batch norms remember afterwards as "buffer <name>". Frames are 0.5 + 0.5 waves.
"""

import json
from pathlib import Path

import torch

from make_image_values import MOST_SAMPLES, scale_of
from make_values import nchw, summary, waves
from svg_networks import loss_of

TARGET = Path(__file__).resolve().parents[3] / "tests" / "models" / "torch_values" / "svg.json"
BATCH = 3
BETA = 0.25
# Whether clips see true frames, by frame.
FORCED = {2: [1, 0, 1]}


def parameter_shapes(config):
    """As models/svg/ declares them."""
    frames, hidden, z = config["frames"], config["hidden"], config["latent"]
    widths, code, channels = frames["widths"], frames["code"], frames["channels"]
    edge = 3 if frames["kind"] == "vgg" else 4
    bottom = [frames["height"] // 2 ** len(widths), frames["width"] // 2 ** len(widths)]
    shapes, norms = {}, {}

    def normed(name, kernel, outputs):
        shapes.update({f"{name}.conv.kernel": kernel, f"{name}.conv.bias": [outputs]})
        shapes.update({f"{name}.norm.scale": [outputs], f"{name}.norm.shift": [outputs]})
        norms.update({f"{name}.norm.mean": [outputs], f"{name}.norm.variance": [outputs]})

    for level, width in enumerate(widths):
        before = widths[level - 1] if level > 0 else channels
        if edge == 4:
            normed(f"encoder.down.{level}", [4, 4, before, width], width)
            if level > 0:
                normed(f"decoder.up.{level}", [4, 4, before, 2 * width], before)
            continue
        count = 2 if level < 2 else 3
        for j in range(count):
            normed(f"encoder.down.{level}.{j}", [3, 3, before if j == 0 else width, width], width)
        ups = count - 1 if level == 0 else count
        for j in range(ups):
            out = before if level > 0 and j == ups - 1 else width
            normed(f"decoder.up.{level}.{j}", [3, 3, 2 * width if j == 0 else width, out], out)
    normed("encoder.code", [*bottom, widths[-1], code], code)
    normed("decoder.enter", [*bottom, widths[-1], code], widths[-1])
    last = [4, 4, channels, 2 * widths[0]] if edge == 4 else [3, 3, widths[0], channels]
    shapes.update({"decoder.out.kernel": last, "decoder.out.bias": [channels]})

    def stack(name, inputs, layers):
        shapes.update({f"{name}.embed.kernel": [inputs, hidden], f"{name}.embed.bias": [hidden]})
        for i in range(layers):
            for kind in ["weightInput", "weightHidden"]:
                shapes[f"{name}.cell.{i}.{kind}"] = [hidden, 4 * hidden]
            for kind in ["biasInput", "biasHidden"]:
                shapes[f"{name}.cell.{i}.{kind}"] = [4 * hidden]

    stack("predictor", code + z + config["conditions"], config["predictorLayers"])
    shapes.update({"predictor.out.kernel": [hidden, code], "predictor.out.bias": [code]})
    for name in ["posterior", *(["prior"] if config["prior"] == "learned" else [])]:
        stack(name, code, config["gaussianLayers"])
        for head in ["mean", "log_variance"]:
            shapes.update({f"{name}.{head}.kernel": [hidden, z], f"{name}.{head}.bias": [z]})
    return shapes, norms


def weight_scale(name, shape):
    if "weight" in name:
        return round(1.4 / shape[0] ** 0.5, 4)
    return scale_of(name, shape)


def case(config, frames, context, scope, is_free):
    shapes, norms = parameter_shapes(config)
    sizes = config["frames"]
    inputs, parameters, batch = [], {}, {}

    def take(name, shape, scale, salt):
        inputs.append({"name": name, "shape": shape, "scale": scale, "salt": salt})
        return waves(shape, salt, scale)

    for salt, name in enumerate(sorted(shapes), start=1):
        shape = shapes[name]
        parameters[name] = take(name, shape, weight_scale(name, shape), salt).requires_grad_()
    for t in range(frames):
        shape = [BATCH, sizes["height"], sizes["width"], sizes["channels"]]
        batch[f"frame{t}"] = nchw(0.5 + take(f"frame{t}", shape, 0.5, 200 + t))
        if t > 0:
            batch[f"noise{t}"] = take(f"noise{t}", [BATCH, config["latent"]], 1.0, 300 + t)
        if config["conditions"] > 0 and t < frames - 1:
            batch[f"condition{t}"] = take(f"condition{t}", [BATCH, config["conditions"]], 1.0, 400 + t)
        if is_free and context <= t < frames - 1:
            batch[f"forced{t}"] = torch.tensor(FORCED[t]).double().reshape(BATCH, 1, 1, 1)
    buffers = {
        name: (torch.ones if name.endswith("variance") else torch.zeros)(shape).double()
        for name, shape in norms.items()
    }
    loss, mse, kl = loss_of(config, parameters, buffers, batch, context, scope, BETA)
    loss.backward()
    outputs = {"value": summary(loss), "mse": summary(mse), "kl": summary(kl)}
    for name, p in parameters.items():
        outputs[name] = summary(p.grad, MOST_SAMPLES)
    for name, buffer in buffers.items():
        outputs[f"buffer {name}"] = summary(buffer, MOST_SAMPLES)
    options = {"context": context, "scope": scope, "beta": BETA, "forced": FORCED if is_free else {}}
    return {"parameters": {"kind": "svg", "config": config, **options}, "inputs": inputs, "outputs": outputs}


def config_of(kind, channels, widths, prior, conditions, last_frame_skip):
    edge = 4 * 2 ** (len(widths) - 1)
    return {
        "frames": {
            "kind": kind,
            "height": edge,
            "width": 2 * edge,
            "channels": channels,
            "widths": widths,
            "code": 5,
        },
        "latent": 2,
        "hidden": 4,
        "predictorLayers": 2,
        "gaussianLayers": 1,
        "prior": prior,
        "conditions": conditions,
        "lastFrameSkip": last_frame_skip,
    }


def main():
    dcgan = config_of("dcgan", 1, [3, 4], "learned", 0, False)
    vgg = config_of("vgg", 3, [2, 3, 4], "fixed", 3, True)
    cases = {
        "dcgan, learned prior, forced, norms by frame": case(dcgan, 3, 1, "frame", False),
        "dcgan, learned prior, forced, norms by clip": case(dcgan, 3, 1, "clip", False),
        "dcgan, learned prior, half free, norms by clip": case(dcgan, 4, 2, "clip", True),
        "vgg, N(0, 1), conditions, last frame's maps, half free": case(vgg, 4, 2, "frame", True),
    }
    document = {"madeBy": f"PyTorch {torch.__version__}, float64", "cases": cases}
    TARGET.write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
