"""Writes tests/fixtures/pytorch_files.json: small files of torch.save, and what they hold.

Run by hand when a case is added; the file is committed, and the tests never need Python.
"""

import io
import json
from collections import OrderedDict
from pathlib import Path

import torch
from torch import nn

TARGET = Path(__file__).resolve().parents[3] / "tests" / "fixtures" / "pytorch_files.json"


def numbered_module():
    """A convolution and a batch normalisation whose tensors hold 0, 1, 2, ... in units of 1/8."""
    module = nn.Sequential(nn.Conv2d(2, 3, 2, bias=False), nn.BatchNorm2d(3))
    start = 0
    for tensor in module.state_dict().values():
        numbers = torch.arange(start, start + tensor.numel(), dtype=torch.float64) / 8
        tensor.copy_(numbers.reshape(tensor.shape))
        start += tensor.numel()
    return module


def views():
    base = torch.arange(24, dtype=torch.float32)
    matrix = base.reshape(4, 6)
    return {
        "whole": matrix,
        "transposed": matrix.T,
        "columns": matrix[1:3, ::2],
        "block": base.reshape(2, 3, 4).permute(2, 0, 1)[1:, :, 1:],
        "channels_last": torch.arange(12.0).reshape(1, 2, 2, 3).to(memory_format=torch.channels_last),
        "expanded": torch.tensor([1.0, 2.0])[:, None].expand(2, 3),
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 3),
        "parameter": nn.Parameter(torch.tensor([1.0, -2.0])),
    }


def dtypes():
    return {
        "float64": torch.tensor([0.1, 1e300, -2.5], dtype=torch.float64),
        "float32": torch.tensor([0.1, float("inf"), -0.0]),
        "float16": torch.tensor([0.1, 65504.0, 5.960464477539063e-08], dtype=torch.float16),
        "bfloat16": torch.tensor([0.1, -2.5, 3e38], dtype=torch.bfloat16),
        "int64": torch.tensor([-(2**24), 2**24, 7]),
        "int32": torch.tensor([-5, 2**24, 0], dtype=torch.int32),
        "int16": torch.tensor([-32768, 32767], dtype=torch.int16),
        "int8": torch.tensor([-128, 127], dtype=torch.int8),
        "uint8": torch.tensor([0, 255], dtype=torch.uint8),
        "bool": torch.tensor([True, False]),
    }


def checkpoint():
    return {
        "state_dict": OrderedDict(weight=torch.tensor([[1.0, 2.0]]), deep={"er": torch.ones(2)}),
        "list": [torch.zeros(1), (torch.ones(1), "text")],
        "epoch": 3,
        "learning_rate": 0.125,
        "large": 2**40,
        "larger": -(2**70),
        "best": None,
        "done": True,
        7: "seven",
    }


def flatten(value, name=""):
    """Names as the reader gives them."""
    if isinstance(value, torch.Tensor):
        data = value.detach().to(torch.float32).reshape(-1)
        # JSON has no infinity; shape and the float32 numbers as text.
        yield name, {"shape": list(value.shape), "values": " ".join(f"{x:.9g}" for x in data.tolist())}
        return
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    for key, item in items:
        yield from flatten(item, f"{name}.{key}" if name else str(key))


def main():
    module = numbered_module().state_dict()
    files = {}
    for name, value, zipped in [
        ("state_dict", module, True),
        ("state_dict before 1.6", module, False),
        ("views", views(), True),
        ("views before 1.6", views(), False),
        ("dtypes", dtypes(), True),
        ("checkpoint", checkpoint(), True),
    ]:
        buffer = io.BytesIO()
        torch.save(value, buffer, _use_new_zipfile_serialization=zipped)
        files[name] = {"file": buffer.getvalue().hex(), "tensors": dict(flatten(value))}
    document = {"madeBy": f"PyTorch {torch.__version__}", "files": files}
    TARGET.write_text(json.dumps(document, indent=1) + "\n")


main()
