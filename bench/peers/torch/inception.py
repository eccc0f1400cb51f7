"""The Inception-v3 network of the Fréchet Inception distance, written from its description.

Names of modules are those of the published state_dict. `Variant` switches single deviations from
torchvision's network off, to show that each matters.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass(frozen=True)
class Variant:
    """The defaults are the published network."""

    eps: float = 0.001
    count_include_pad: bool = False
    last_pool: str = "max"


class Conv(nn.Module):
    """Convolution without bias, batch normalisation, ReLU."""

    def __init__(self, variant, inputs, outputs, kernel, stride=1, padding=0):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=variant.eps)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


class Block(nn.Module):
    """Paths given as lists of names: `+` joins two convolutions of the same input."""

    def __init__(self, variant, pool, paths, convs):
        super().__init__()
        self.variant, self.pool, self.paths = variant, pool, paths
        for name, sizes in convs.items():
            setattr(self, name, Conv(variant, *sizes))

    def forward(self, x):
        return torch.cat([self.path(path, x) for path in self.paths], 1)

    def path(self, names, x):
        for name in names:
            if name == "pool":
                x = self.pooled(x)
            else:
                x = torch.cat([getattr(self, part)(x) for part in name.split("+")], 1)
        return x

    def pooled(self, x):
        if self.pool == "halve":
            return F.max_pool2d(x, 3, 2)
        if self.pool == "max":
            return F.max_pool2d(x, 3, 1, 1)
        return F.avg_pool2d(x, 3, 1, 1, count_include_pad=self.variant.count_include_pad)


def block_a(v, inputs, pool):
    return Block(
        v,
        "average",
        [
            ["branch1x1"],
            ["branch5x5_1", "branch5x5_2"],
            ["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"],
            ["pool", "branch_pool"],
        ],
        {
            "branch1x1": (inputs, 64, 1),
            "branch5x5_1": (inputs, 48, 1),
            "branch5x5_2": (48, 64, 5, 1, 2),
            "branch3x3dbl_1": (inputs, 64, 1),
            "branch3x3dbl_2": (64, 96, 3, 1, 1),
            "branch3x3dbl_3": (96, 96, 3, 1, 1),
            "branch_pool": (inputs, pool, 1),
        },
    )


def block_b(v, inputs):
    return Block(
        v,
        "halve",
        [["branch3x3"], ["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"], ["pool"]],
        {
            "branch3x3": (inputs, 384, 3, 2),
            "branch3x3dbl_1": (inputs, 64, 1),
            "branch3x3dbl_2": (64, 96, 3, 1, 1),
            "branch3x3dbl_3": (96, 96, 3, 2),
        },
    )


def block_c(v, inputs, width):
    across, down = ((1, 7), 1, (0, 3)), ((7, 1), 1, (3, 0))
    return Block(
        v,
        "average",
        [
            ["branch1x1"],
            ["branch7x7_1", "branch7x7_2", "branch7x7_3"],
            [f"branch7x7dbl_{i}" for i in range(1, 6)],
            ["pool", "branch_pool"],
        ],
        {
            "branch1x1": (inputs, 192, 1),
            "branch7x7_1": (inputs, width, 1),
            "branch7x7_2": (width, width, *across),
            "branch7x7_3": (width, 192, *down),
            "branch7x7dbl_1": (inputs, width, 1),
            "branch7x7dbl_2": (width, width, *down),
            "branch7x7dbl_3": (width, width, *across),
            "branch7x7dbl_4": (width, width, *down),
            "branch7x7dbl_5": (width, 192, *across),
            "branch_pool": (inputs, 192, 1),
        },
    )


def block_d(v, inputs):
    return Block(
        v,
        "halve",
        [
            ["branch3x3_1", "branch3x3_2"],
            [f"branch7x7x3_{i}" for i in range(1, 5)],
            ["pool"],
        ],
        {
            "branch3x3_1": (inputs, 192, 1),
            "branch3x3_2": (192, 320, 3, 2),
            "branch7x7x3_1": (inputs, 192, 1),
            "branch7x7x3_2": (192, 192, (1, 7), 1, (0, 3)),
            "branch7x7x3_3": (192, 192, (7, 1), 1, (3, 0)),
            "branch7x7x3_4": (192, 192, 3, 2),
        },
    )


def block_e(v, inputs, pool):
    across, down = ((1, 3), 1, (0, 1)), ((3, 1), 1, (1, 0))
    return Block(
        v,
        pool,
        [
            ["branch1x1"],
            ["branch3x3_1", "branch3x3_2a+branch3x3_2b"],
            ["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3a+branch3x3dbl_3b"],
            ["pool", "branch_pool"],
        ],
        {
            "branch1x1": (inputs, 320, 1),
            "branch3x3_1": (inputs, 384, 1),
            "branch3x3_2a": (384, 384, *across),
            "branch3x3_2b": (384, 384, *down),
            "branch3x3dbl_1": (inputs, 448, 1),
            "branch3x3dbl_2": (448, 384, 3, 1, 1),
            "branch3x3dbl_3a": (384, 384, *across),
            "branch3x3dbl_3b": (384, 384, *down),
            "branch_pool": (inputs, 192, 1),
        },
    )


class Inception(nn.Module):
    """Input `[batch, 3, 299, 299]`, scaled already; features by layer, each `[batch, layer]`."""

    def __init__(self, v=Variant()):
        super().__init__()
        self.Conv2d_1a_3x3 = Conv(v, 3, 32, 3, 2)
        self.Conv2d_2a_3x3 = Conv(v, 32, 32, 3)
        self.Conv2d_2b_3x3 = Conv(v, 32, 64, 3, 1, 1)
        self.Conv2d_3b_1x1 = Conv(v, 64, 80, 1)
        self.Conv2d_4a_3x3 = Conv(v, 80, 192, 3)
        self.Mixed_5b = block_a(v, 192, 32)
        self.Mixed_5c = block_a(v, 256, 64)
        self.Mixed_5d = block_a(v, 288, 64)
        self.Mixed_6a = block_b(v, 288)
        self.Mixed_6b = block_c(v, 768, 128)
        self.Mixed_6c = block_c(v, 768, 160)
        self.Mixed_6d = block_c(v, 768, 160)
        self.Mixed_6e = block_c(v, 768, 192)
        self.Mixed_7a = block_d(v, 768)
        self.Mixed_7b = block_e(v, 1280, "average")
        self.Mixed_7c = block_e(v, 2048, v.last_pool)
        self.fc = nn.Linear(2048, 1008)
        self.eval()

    def forward(self, x):
        features = {}
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        x = F.max_pool2d(x, 3, 2)
        features[64] = x.mean((2, 3))
        x = F.max_pool2d(self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(x)), 3, 2)
        features[192] = x.mean((2, 3))
        for name in ["5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e"]:
            x = getattr(self, f"Mixed_{name}")(x)
        features[768] = x.mean((2, 3))
        for name in ["7a", "7b", "7c"]:
            x = getattr(self, f"Mixed_{name}")(x)
        features[2048] = x.mean((2, 3))
        return features
