"""Writes tests/engine/torch_values/*.json: values and gradients as PyTorch computes them in float64.

Run by hand (`/path/to/python bench/peers/torch/make_values.py`) when a case is added; the files are
committed, and the tests never need Python. Inputs come from a formula that the tests repeat, rounded
to float32 first, so that both sides start from the same numbers. Layouts are those of the project:
images [batch, height, width, channel], filters [height, width, in, out].
"""

import json
import math
import struct
from pathlib import Path

import torch
import torch.nn.functional as F

FOLDER = Path(__file__).resolve().parents[3] / "tests" / "engine" / "torch_values"
MOST_SAMPLES = 150


def float32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def waves(shape, salt, scale=1.0):
    """Element i is scale * sin(0.37 * (i * i mod 1009) + salt), rounded to float32."""
    values = [float32(scale * math.sin(0.37 * (i * i % 1009) + salt)) for i in range(math.prod(shape))]
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def summary(tensor, most_samples=MOST_SAMPLES):
    """Every step-th element, and two sums over all of them."""
    flat = tensor.detach().reshape(-1)
    step = max(1, math.ceil(len(flat) / most_samples)) | 1  # Odd, so that samples visit all channels.
    return {
        "shape": list(tensor.shape),
        "step": step,
        # One string, because the formatter would put every number of an array on its own line.
        "samples": " ".join(f"{v:.9g}" for v in flat[::step].tolist()),
        "sum": float(f"{flat.sum().item():.12g}"),
        "sumOfSquares": float(f"{(flat * flat).sum().item():.12g}"),
    }


def case(parameters, inputs, function):
    """inputs: name -> (shape, scale). The cotangent is waves(shape of the value, salt 100)."""
    tensors = {
        name: waves(shape, salt, scale).requires_grad_()
        for salt, (name, (shape, scale)) in enumerate(inputs.items())
    }
    value = function(**tensors)
    (value * waves(tuple(value.shape), 100)).sum().backward()
    outputs = {"value": summary(value)}
    outputs.update({name: summary(tensor.grad) for name, tensor in tensors.items()})
    listed = [
        {"name": name, "shape": list(shape), "scale": scale, "salt": salt}
        for salt, (name, (shape, scale)) in enumerate(inputs.items())
    ]
    return {"parameters": parameters, "inputs": listed, "outputs": outputs}


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def same_padding(size, kernel, stride):
    total = max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def conv(x, w, stride=1, padding="same"):
    """TensorFlow's padding rules: "same" puts the odd row at the end."""
    if padding == "valid":
        rows = columns = (0, 0)
    elif padding == "same":
        rows = same_padding(x.shape[1], w.shape[0], stride)
        columns = same_padding(x.shape[2], w.shape[1], stride)
    else:
        rows, columns = padding
    padded = F.pad(nchw(x), (*columns, *rows))
    return nhwc(F.conv2d(padded, w.permute(3, 2, 0, 1), stride=stride))


def conv_transpose(x, w, stride):
    """Filter [height, width, out, in]; the result is stride times as large ("same")."""
    full = F.conv_transpose2d(nchw(x), w.permute(3, 2, 0, 1), stride=stride)
    top = max(w.shape[0] - stride, 0) // 2
    left = max(w.shape[1] - stride, 0) // 2
    height, width = x.shape[1] * stride, x.shape[2] * stride
    return nhwc(full[:, :, top : top + height, left : left + width])


def convolutions():
    cases = {}
    geometries = [
        ([2, 5, 6, 3], [3, 3, 3, 4], 1, "same"),
        ([2, 4, 6, 16], [3, 3, 16, 16], 1, "same"),
        ([2, 4, 6, 16], [3, 3, 16, 32], 2, "same"),
        ([2, 5, 7, 17], [3, 3, 17, 16], 2, "same"),
        ([16, 4, 4, 16], [3, 3, 16, 16], 1, "same"),
        ([16, 4, 4, 32], [3, 3, 32, 16], 2, [[1, 1], [1, 1]]),
        ([2, 8, 8, 16], [4, 4, 16, 16], 2, [[1, 1], [1, 1]]),
        ([2, 5, 6, 16], [5, 5, 16, 3], 1, "valid"),
        ([1, 6, 6, 48], [1, 1, 48, 16], 1, "valid"),
        ([2, 5, 5, 16], [1, 1, 16, 32], 2, "valid"),
        ([2, 7, 5, 1], [7, 7, 1, 16], 2, "same"),
        ([2, 5, 4, 15], [3, 2, 15, 16], 1, [[2, 0], [0, 1]]),
    ]
    for x, w, stride, padding in geometries:
        name = f"conv2d {x} {w} stride {stride} padding {padding}"
        cases[name] = case(
            {"kind": "conv2d", "stride": stride, "padding": padding},
            {"x": (x, 1.0), "w": (w, 0.5)},
            lambda x, w, stride=stride, padding=padding: conv(x, w, stride, padding),
        )
    for x, w, stride in [
        ([2, 4, 4, 16], [4, 4, 16, 16], 2),
        ([2, 3, 4, 16], [3, 3, 3, 16], 2),
        ([2, 4, 3, 3], [3, 3, 16, 3], 1),
        ([2, 3, 3, 32], [2, 2, 16, 32], 2),
    ]:
        cases[f"conv2dTranspose {x} {w} stride {stride}"] = case(
            {"kind": "conv2dTranspose", "stride": stride},
            {"x": (x, 1.0), "w": (w, 0.5)},
            lambda x, w, stride=stride: conv_transpose(x, w, stride),
        )
    cases["conv3d kernel 4 stride 2"] = case(
        {"kind": "conv3d", "stride": 2},
        {"x": ([2, 4, 4, 4, 3], 1.0), "w": ([4, 4, 4, 3, 8], 0.2)},
        lambda x, w: F.conv3d(
            x.permute(0, 4, 1, 2, 3), w.permute(4, 3, 0, 1, 2), stride=2, padding=1
        ).permute(0, 2, 3, 4, 1),
    )
    return cases


def group_norm(x, scale, offset, groups):
    return nhwc(F.group_norm(nchw(x), groups, scale, offset, eps=1e-5))


def normalisations():
    cases = {}
    for shape, groups in [([2, 4, 4, 16], 4), ([2, 3, 5, 6], 3), ([3, 4, 4, 32], 8)]:
        channels = shape[3]
        cases[f"GroupNorm and SiLU {shape} in {groups} groups"] = case(
            {"kind": "groupNormSilu", "groups": groups},
            {"x": (shape, 2.0), "scale": ([channels], 1.0), "offset": ([channels], 1.0)},
            lambda x, scale, offset, groups=groups: F.silu(group_norm(x, scale, offset, groups)),
        )
    cases["softmax"] = case(
        {"kind": "softmax"}, {"x": ([3, 4, 9], 5.0)}, lambda x: F.softmax(x, -1)
    )
    cases["logSoftmax"] = case(
        {"kind": "logSoftmax"}, {"x": ([5, 10], 5.0)}, lambda x: F.log_softmax(x, -1)
    )
    return cases


def attention_block(x, scale, offset, qkv, qkvBias, out, outBias, heads):
    batch, height, width, channels = x.shape
    h = group_norm(x, scale, offset, 4).reshape(batch, height * width, channels)
    # [batch, token, part, head, depth] -> [part][batch, head, token, depth]
    parts = (h @ qkv + qkvBias).reshape(batch, height * width, 3, heads, -1).permute(2, 0, 3, 1, 4)
    mixed = F.scaled_dot_product_attention(*parts).transpose(1, 2).reshape(h.shape)
    return x + (mixed @ out + outBias).reshape(x.shape)


def attentions():
    shape, channels = [2, 4, 4, 16], 16
    return {
        f"self-attention block, {heads} heads": case(
            {"kind": "attention", "groups": 4, "heads": heads},
            {
                "x": (shape, 1.0),
                "scale": ([channels], 1.0),
                "offset": ([channels], 1.0),
                "qkv": ([channels, 3 * channels], 0.5),
                "qkvBias": ([3 * channels], 0.5),
                "out": ([channels, channels], 0.5),
                "outBias": ([channels], 0.5),
            },
            lambda heads=heads, **inputs: attention_block(**inputs, heads=heads),
        )
        for heads in (1, 2)
    }


def conv_gru(clip, gates, gatesBias, candidate, candidateBias):
    """Reset before the convolution; update z keeps h where it is 0: h' = (1 - z) h + z n."""
    hidden = candidate.shape[3]
    h = torch.zeros(*clip.shape[:1], *clip.shape[2:4], hidden, dtype=clip.dtype)
    for frame in clip.unbind(1):
        both = torch.sigmoid(conv(torch.cat([frame, h], 3), gates) + gatesBias)
        r, z = both[..., :hidden], both[..., hidden:]
        n = torch.tanh(conv(torch.cat([frame, r * h], 3), candidate) + candidateBias)
        h = (1 - z) * h + z * n
    return h


def conv_grus():
    cases = {}
    for channels, hidden in [(1, 16), (16, 16), (2, 5)]:
        joined = channels + hidden
        cases[f"ConvGRU {channels} to {hidden} channels, three steps"] = case(
            {"kind": "convGru"},
            {
                "clip": ([2, 3, 4, 5, channels], 1.0),
                "gates": ([3, 3, joined, 2 * hidden], 0.4),
                "gatesBias": ([2 * hidden], 0.5),
                "candidate": ([3, 3, joined, hidden], 0.4),
                "candidateBias": ([hidden], 0.5),
            },
            conv_gru,
        )
    return cases


def resamplings():
    cases = {}
    for channels in (3, 16):
        for size, stride, padding in [(2, 2, 0), (3, 2, 0), (3, 1, 1)]:
            shape = [2, 5 if padding == 0 and size == 3 else 4, 6, channels]
            if size == 3 and stride == 2:
                shape = [2, 5, 7, channels]
            x = {"x": (shape, 1.0)}
            kind = {"size": size, "stride": stride, "padding": "same" if padding else "valid"}
            cases[f"maxPool {size} stride {stride} {shape}"] = case(
                {"kind": "maxPool", **kind},
                x,
                lambda x, a=(size, stride, padding): nhwc(F.max_pool2d(nchw(x), *a)),
            )
            cases[f"avgPool {size} stride {stride} {shape}"] = case(
                {"kind": "avgPool", **kind},
                x,
                # tfjs divides by the pixels inside the image.
                lambda x, a=(size, stride, padding): nhwc(
                    F.avg_pool2d(nchw(x), *a, count_include_pad=False)
                ),
            )
        for factor in (2, 3):
            cases[f"nearest upsampling by {factor}, {channels} channels"] = case(
                {"kind": "nearest", "factor": factor},
                {"x": ([3, 3, 4, channels], 1.0)},
                lambda x, factor=factor: nhwc(
                    F.interpolate(nchw(x), scale_factor=factor, mode="nearest")
                ),
            )
    return cases


def main():
    families = {
        "convolution": convolutions(),
        "normalisation": normalisations(),
        "attention": attentions(),
        "conv_gru": conv_grus(),
        "resampling": resamplings(),
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, cases in families.items():
        document = {"madeBy": f"PyTorch {torch.__version__}, float64", "cases": cases}
        (FOLDER / f"{name}.json").write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
