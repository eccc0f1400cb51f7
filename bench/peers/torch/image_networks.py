"""The denoisers of systems D and E in PyTorch's own layers, written from their descriptions.

Parts bear the names of models/double_conv_unet.ts and models/simple_unet.ts; layouts are PyTorch's.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn


def double_conv(inputs, outputs, middle=None):
    middle = middle or outputs
    return nn.ModuleDict(
        {
            "conv1": nn.Conv2d(inputs, middle, 3, padding=1, bias=False),
            "norm1": nn.GroupNorm(1, middle),
            "conv2": nn.Conv2d(middle, outputs, 3, padding=1, bias=False),
            "norm2": nn.GroupNorm(1, outputs),
        }
    )


def run_double_conv(part, x, residual=False):
    y = F.gelu(part["norm1"](part["conv1"](x)))
    y = part["norm2"](part["conv2"](y))
    return F.gelu(x + y) if residual else y


class TransformerLayer(nn.Module):
    def __init__(self, channels, hidden):
        super().__init__()
        self.norm1 = nn.LayerNorm(channels)
        self.attention = nn.MultiheadAttention(channels, 4, batch_first=True)
        self.norm2 = nn.LayerNorm(channels)
        self.expand = nn.Linear(channels, hidden)
        self.contract = nn.Linear(hidden, channels)

    def forward(self, x):
        batch, channels, height, width = x.shape
        tokens = x.view(batch, channels, height * width).swapaxes(1, 2)
        normal = self.norm1(tokens)
        attended = self.attention(normal, normal, normal)[0] + tokens
        out = self.contract(F.gelu(self.expand(self.norm2(attended)))) + attended
        return out.swapaxes(2, 1).reshape(batch, channels, height, width)


class Half(nn.Module):
    def __init__(self, inputs, outputs, middle, embedding, feed_forward, attends):
        super().__init__()
        self.first = double_conv(inputs, inputs)
        self.second = double_conv(inputs, outputs, middle)
        self.time = nn.Linear(embedding, outputs)
        self.attention = TransformerLayer(outputs, feed_forward * outputs) if attends else None

    def forward(self, x, time):
        x = run_double_conv(self.second, run_double_conv(self.first, x, residual=True))
        x = x + self.time(F.silu(time))[:, :, None, None]
        return x if self.attention is None else self.attention(x)


class DoubleConvUnet(nn.Module):
    """System D. The published one has widths 64, 128, 256, 256 and attends on all levels."""

    def __init__(self, channels, outputs, classes, form, widths, attention_levels):
        super().__init__()
        self.embedding, feed_forward = {"seed": (128, 2), "original": (256, 1)}[form]
        if classes:
            self.label = nn.Embedding(classes, self.embedding)
        self.classes = classes
        self.enter = double_conv(channels, widths[0])

        def half(level, inputs, outputs, middle):
            attends = level in attention_levels
            return Half(inputs, outputs, middle, self.embedding, feed_forward, attends)

        last = len(widths) - 1
        self.down = nn.ModuleDict(
            {str(i): half(i, widths[i - 1], widths[i], widths[i]) for i in range(1, last + 1)}
        )
        deep = 2 * widths[-1]
        self.middle = nn.ModuleList(
            [double_conv(widths[-1], deep), double_conv(deep, deep), double_conv(deep, widths[-2])]
        )
        self.up = nn.ModuleDict(
            {
                str(i): half(i, 2 * widths[i], widths[max(i - 1, 0)], widths[i])
                for i in range(last)
            }
        )
        self.out = nn.Conv2d(widths[0], outputs, 1)
        self.levels = len(widths)

    def forward(self, x, t, labels=None):
        inv_freq = 1.0 / (10000 ** (torch.arange(0, self.embedding, 2).double() / self.embedding))
        time = torch.cat([torch.sin(t[:, None] * inv_freq), torch.cos(t[:, None] * inv_freq)], -1)
        if self.classes:
            known = (labels < self.classes)[:, None]
            time = time + known * self.label(labels.clamp(max=self.classes - 1))
        x = run_double_conv(self.enter, x)
        skips = []
        for i in range(1, self.levels):
            skips.append(x)
            x = self.down[str(i)](F.max_pool2d(x, 2), time)
        for part in self.middle:
            x = run_double_conv(part, x)
        for i in reversed(range(self.levels - 1)):
            up = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
            x = self.up[str(i)](torch.cat([skips[i], up], 1), time)
        return self.out(x)


class Block(nn.Module):
    def __init__(self, inputs, outputs, resample):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.time = nn.Linear(32, outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.resample = resample(outputs, outputs, 4, stride=2, padding=1)

    def forward(self, x, time):
        x = self.norm1(F.relu(self.conv1(x)))
        x = x + F.relu(self.time(time))[:, :, None, None]
        return self.resample(self.norm2(F.relu(self.conv2(x))))


class SimpleUnet(nn.Module):
    """System E. The published one has widths 64 to 1024 and the skips "seed"."""

    def __init__(self, channels, outputs, classes, widths, skips):
        super().__init__()
        self.skips = skips
        self.classes = classes
        self.time = nn.Linear(32, 32)
        if classes:
            self.label = nn.Embedding(classes, 32)
        self.enter = nn.Conv2d(channels, widths[0], 3, padding=1)
        pairs = list(zip(widths, widths[1:]))
        self.down = nn.ModuleList([Block(a, b, nn.Conv2d) for a, b in pairs])
        self.up = nn.ModuleList(
            [
                Block(b if skips == "repaired" and i == 0 else 2 * b, a, nn.ConvTranspose2d)
                for i, (a, b) in enumerate(reversed(pairs))
            ]
        )
        self.out = nn.Conv2d(widths[0] * (2 if skips == "repaired" else 1), outputs, 1)

    def forward(self, x, t, labels=None):
        frequencies = torch.exp(torch.arange(16).double() * -(math.log(10000) / 15))
        angles = t[:, None] * frequencies[None, :]
        time = F.relu(self.time(torch.cat([angles.sin(), angles.cos()], -1)))
        if self.classes:
            known = (labels < self.classes)[:, None]
            time = time + known * self.label(labels.clamp(max=self.classes - 1))
        first = x = self.enter(x)
        residuals = []
        for block in self.down:
            x = block(x, time)
            residuals.append(x)
        for i, block in enumerate(self.up):
            residual = residuals.pop()
            seed = self.skips == "seed"
            x = block(torch.cat([x, residual], 1) if seed or i > 0 else x, time)
        return self.out(torch.cat([x, first], 1) if self.skips == "repaired" else x)
