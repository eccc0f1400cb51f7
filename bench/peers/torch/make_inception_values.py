"""Writes tests/fixtures/inception_v3.json: features of rule-made weights and images, in float64.

Run by hand; the file is committed, and the tests never need Python. Weights and images come from a hash
that the tests repeat, rounded to float32. Needs torch; torchvision and Pillow check the common parts.
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from inception import Inception, Variant

TARGET = Path(__file__).resolve().parents[3] / "tests" / "fixtures" / "inception_v3.json"


def hash_uniform(count, j, s):
    """`hashUniform(i, j, s)` of tests/support/hash_uniform.ts for i = 0, 1, ..., count - 1."""
    with np.errstate(over="ignore"):
        i = np.arange(count, dtype=np.uint32)
        seed = np.uint32((j + 1) * 19349663 & 0xFFFFFFFF) ^ np.uint32((s + 1) * 83492791 & 0xFFFFFFFF)
        h = (i + np.uint32(1)) * np.uint32(73856093) ^ seed
        h ^= h >> np.uint32(16)
        h *= np.uint32(0x85EBCA6B)
        h ^= h >> np.uint32(13)
        h *= np.uint32(0xC2B2AE35)
        h ^= h >> np.uint32(16)
    return (h + 0.5) / 2**32


def range_of(name, shape):
    """Uniform between these: filters as of He et al., so that activations keep their size."""
    if name.endswith("conv.weight") or name == "fc.weight":
        bound = (6 / np.prod(shape[1:])) ** 0.5
        return -bound, bound
    if name.endswith("bn.weight"):
        return 0.8, 1.2
    if name.endswith("running_var"):
        return 0.5, 1.5
    return -0.3, 0.3


def rule_made(network):
    """Tensor j, by the order of names, has the numbers of hash (element, j, 11)."""
    names = sorted(name for name in network.state_dict() if "num_batches" not in name)
    state = {}
    for j, name in enumerate(names):
        shape = tuple(network.state_dict()[name].shape)
        low, high = range_of(name, shape)
        values = low + (high - low) * hash_uniform(int(np.prod(shape)), j, 11)
        state[name] = torch.tensor(values.astype(np.float32).reshape(shape))
    return state


def image(height, width, channels, salt):
    """`[1, channels, height, width]` of bytes over 255: hashes around a slope, so neither flat nor noise."""
    values = hash_uniform(height * width * channels, salt, 12).reshape(height, width, channels)
    rows = np.arange(height).reshape(-1, 1, 1) / height
    bytes_ = np.floor(128 * values + 127 * rows)
    return torch.tensor(bytes_ / 255).permute(2, 0, 1)[None]


def legacy_bilinear(x, size=299):
    """TensorFlow 1: result i lies at i * in / out."""
    for axis in (2, 3):
        n = x.shape[axis]
        position = torch.arange(size, dtype=torch.float64) * n / size
        low = position.floor().long().clamp(max=n - 1)
        high = (low + 1).clamp(max=n - 1)
        share = (position - low).reshape([-1 if a == axis else 1 for a in range(4)])
        x = x.index_select(axis, low) * (1 - share) + x.index_select(axis, high) * share
    return x


def clean(x, size=299):
    """clean-fid: Pillow in float, channel by channel, clipped to bytes' range."""
    planes = [
        np.asarray(Image.fromarray((255 * plane).numpy().astype(np.float32)).resize((size, size), Image.BICUBIC))
        for plane in x[0]
    ]
    return torch.tensor(np.stack(planes).clip(0, 255), dtype=torch.float64)[None]


def network_input(x, resize):
    if resize == "pytorch":
        x = F.interpolate(x, (299, 299), mode="bilinear", align_corners=False) * 2 - 1
    elif resize == "tensorflow":
        x = (255 * legacy_bilinear(x) - 128) / 128
    else:
        x = (clean(x) - 128) / 128
    return x.expand(-1, 3, -1, -1)


def written(tensor, count):
    """Every n-th number, about `count` of them, nine digits."""
    flat = tensor.reshape(-1)
    step = max(1, len(flat) // count)
    return {"step": step, "values": " ".join(f"{x:.9g}" for x in flat[::step].tolist())}


def check_against_torchvision(state, x):
    """Torchvision's network with our three deviations set back must give the same features."""
    from torchvision.models import inception_v3

    peer = inception_v3(weights=None, aux_logits=False, num_classes=1008, init_weights=False)
    peer.load_state_dict(state, strict=False)
    peer.double().eval().fc = torch.nn.Identity()
    own = Inception(Variant(count_include_pad=True, last_pool="average"))
    own.load_state_dict(state, strict=False)
    with torch.no_grad():
        difference = (peer(x) - own.double()(x)[2048]).abs().max().item()
    assert difference < 1e-12, difference
    print("torchvision agrees, largest difference", difference)


def check_against_pytorch_fid(state, x):
    """pytorch-fid's own blocks, with these weights in the place of the published ones."""
    from pytorch_fid import inception as peer_module

    peer_module.load_state_dict_from_url = lambda *_, **__: state
    strict = torch.nn.Module.load_state_dict
    torch.nn.Module.load_state_dict = lambda self, given: strict(self, given, strict=False)
    peer = peer_module.InceptionV3([0, 1, 2, 3], resize_input=False, normalize_input=False).double().eval()
    torch.nn.Module.load_state_dict = strict
    own = Inception()
    own.load_state_dict(state, strict=False)
    with torch.no_grad():
        expected = [block.mean((2, 3)) for block in peer(x)]
        found = own.double()(x).values()
    difference = max((a - b).abs().max().item() for a, b in zip(expected, found))
    assert difference < 1e-12, difference
    print("pytorch-fid agrees, largest difference", difference)


def main():
    state = rule_made(Inception())
    document = {"madeBy": f"PyTorch {torch.__version__} in float64", "cases": [], "variants": {}}
    images = {
        "pytorch": ((64, 64, 3), 1),
        "tensorflow": ((48, 65, 1), 2),
        "clean": ((330, 300, 3), 3),
    }
    own = Inception()
    own.load_state_dict(state, strict=False)
    with torch.no_grad():
        single = own(network_input(image(64, 64, 3, 1), "pytorch").float())[2048]
        own.double()
        for resize, (shape, salt) in images.items():
            x = network_input(image(*shape, salt), resize)
            features = own(x)
            for layer, values in features.items():
                print(resize, layer, "mean", values.mean().item(), "largest", values.max().item(), "zeros", (values == 0).sum().item())
            document["cases"].append({
                "resize": resize,
                "image": {"shape": list(shape), "salt": salt},
                "input": written(x.permute(0, 2, 3, 1), 300),
                "features": {str(layer): written(values, 256) for layer, values in features.items()},
            })
        x = network_input(image(64, 64, 3, 1), "pytorch")
        exact = own(x)[2048]
        print("float32 torch is off by", ((single - exact).abs().max() / exact.abs().max()).item(), "of the largest feature")
        check_against_torchvision(state, x)
        check_against_pytorch_fid(state, x)
        for name, variant in {
            "padding counts in averages": Variant(count_include_pad=True),
            "Mixed_7c averages": Variant(last_pool="average"),
            "batch normalisation adds 1e-5": Variant(eps=1e-5),
        }.items():
            other = Inception(variant)
            other.load_state_dict(state, strict=False)
            features = other.double()(x)[2048]
            document["variants"][name] = written(features, 256)
            print(name, "changes features by up to", ((features - exact).abs().max() / exact.abs().max()).item())
    TARGET.write_text(json.dumps(document, indent=1) + "\n")


main()
