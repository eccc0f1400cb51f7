"""The reference networks of bench/networks/ as a PyTorch user would write them (NCHW)."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class ConvStack(nn.Module):
    """(a) Six times convolution 3x3 and SiLU."""

    def __init__(self, channels=64, layers=6):
        super().__init__()
        self.convs = nn.ModuleList(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False) for _ in range(layers)
        )

    def forward(self, x):
        for conv in self.convs:
            x = F.silu(conv(x))
        return x

    def loss(self, x, y):
        return F.mse_loss(self(x), y)

    @staticmethod
    def batch(memory_format):
        shape = (8, 64, 32, 32)
        return [torch.randn(shape).to(memory_format=memory_format) for _ in range(2)]


class Block(nn.Module):
    """The residual block of DDPM."""

    def __init__(self, inputs, outputs, embedding, groups):
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.time = nn.Linear(embedding, outputs)
        self.norm2 = nn.GroupNorm(groups, outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.shortcut = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1)

    def forward(self, x, time):
        h = self.conv1(F.silu(self.norm1(x))) + self.time(F.silu(time))[:, :, None, None]
        return self.conv2(F.silu(self.norm2(h))) + self.shortcut(x)


class Attention(nn.Module):
    def __init__(self, channels, groups):
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels)
        self.qkv = nn.Linear(channels, 3 * channels)
        self.out = nn.Linear(channels, channels)

    def forward(self, x):
        batch, channels, height, width = x.shape
        h = self.norm(x).permute(0, 2, 3, 1).reshape(batch, 1, height * width, channels)
        mixed = F.scaled_dot_product_attention(*self.qkv(h).chunk(3, dim=-1))
        out = self.out(mixed).view(batch, height, width, channels)
        return x + out.permute(0, 3, 1, 2)


class UNet(nn.Module):
    """(b) DDPM U-Net; attention at the coarsest scale."""

    def __init__(self, widths=(32, 64, 128), groups=8, blocks=2, embedding=128):
        super().__init__()
        self.widths, self.blocks = widths, blocks
        last = len(widths) - 1

        def stage(inputs, outputs, level):
            parts = [Block(inputs, outputs, embedding, groups)]
            if level == last:
                parts.append(Attention(outputs, groups))
            return nn.ModuleList(parts)

        self.time1, self.time2 = nn.Linear(widths[0], embedding), nn.Linear(embedding, embedding)
        self.first = nn.Conv2d(3, widths[0], 3, padding=1)
        self.downs, self.shrinks = nn.ModuleList(), nn.ModuleList()
        current, skips = widths[0], [widths[0]]
        for level, width in enumerate(widths):
            for _ in range(blocks):
                self.downs.append(stage(current, width, level))
                current = width
                skips.append(current)
            if level < last:
                self.shrinks.append(nn.Conv2d(width, width, 3, 2, 1))
                skips.append(current)
        self.middle1 = Block(current, current, embedding, groups)
        self.middle_attention = Attention(current, groups)
        self.middle2 = Block(current, current, embedding, groups)
        self.ups, self.grows = nn.ModuleList(), nn.ModuleList()
        for level in reversed(range(len(widths))):
            for _ in range(blocks + 1):
                self.ups.append(stage(current + skips.pop(), widths[level], level))
                current = widths[level]
            if level > 0:
                self.grows.append(nn.Conv2d(current, current, 3, padding=1))
        self.out_norm = nn.GroupNorm(groups, current)
        self.out = nn.Conv2d(current, 3, 3, padding=1)

    def forward(self, x, times):
        half = self.widths[0] // 2
        frequencies = torch.exp(torch.arange(half) * (-math.log(10000) / (half - 1)))
        angles = times[:, None] * frequencies[None]
        time = self.time1(torch.cat([angles.sin(), angles.cos()], 1))
        time = self.time2(F.silu(time))
        h = self.first(x)
        skips = [h]
        downs, shrinks = iter(self.downs), iter(self.shrinks)
        for level in range(len(self.widths)):
            for _ in range(self.blocks):
                h = run(next(downs), h, time)
                skips.append(h)
            if level < len(self.widths) - 1:
                h = next(shrinks)(h)
                skips.append(h)
        h = self.middle2(self.middle_attention(self.middle1(h, time)), time)
        ups, grows = iter(self.ups), iter(self.grows)
        for level in reversed(range(len(self.widths))):
            for _ in range(self.blocks + 1):
                h = run(next(ups), torch.cat([h, skips.pop()], 1), time)
            if level > 0:
                h = next(grows)(F.interpolate(h, scale_factor=2, mode="nearest"))
        return self.out(F.silu(self.out_norm(h)))

    def loss(self, x, noise, times):
        return F.mse_loss(self(x, times), noise)

    @staticmethod
    def batch(memory_format):
        images = [torch.randn(16, 3, 32, 32).to(memory_format=memory_format) for _ in range(2)]
        return [*images, torch.arange(16).float() * 17]


def run(stage, h, time):
    h = stage[0](h, time)
    return stage[1](h) if len(stage) > 1 else h


class ConvGru(nn.Module):
    """(c) ConvGRU encoder and decoder, unrolled over the frames of a clip."""

    def __init__(self, hidden=(16, 32, 64, 64)):
        super().__init__()
        self.hidden = hidden
        self.gates, self.candidates, self.ups = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        inputs = 1
        for channels in hidden:
            self.gates.append(nn.Conv2d(inputs + channels, 2 * channels, 3, padding=1))
            self.candidates.append(nn.Conv2d(inputs + channels, channels, 3, padding=1))
            inputs = channels
        for channels in reversed(hidden[:-1]):
            self.ups.append(nn.Conv2d(inputs + channels, channels, 3, padding=1))
            inputs = channels
        self.out = nn.Conv2d(inputs, 1, 1)

    def loss(self, clip):
        batch, frames, _, height, width = clip.shape
        memory_format = self.memory_format
        states = [
            torch.zeros(batch, c, height >> i, width >> i).to(memory_format=memory_format)
            for i, c in enumerate(self.hidden)
        ]
        total = 0
        for step in range(frames - 1):
            x, after = clip[:, step], []
            for i, (gates, candidate) in enumerate(zip(self.gates, self.candidates)):
                h = states[i]
                r, z = torch.sigmoid(gates(torch.cat([x, h], 1))).chunk(2, 1)
                n = torch.tanh(candidate(torch.cat([x, r * h], 1)))
                h = h + z * (n - h)
                after.append(h)
                if i < len(self.hidden) - 1:
                    x = F.max_pool2d(h, 2)
            states = after
            y = states[-1]
            for up, skip in zip(self.ups, reversed(states[:-1])):
                y = F.interpolate(y, scale_factor=2, mode="nearest")
                y = F.relu(up(torch.cat([y, skip], 1)))
            total = total + F.mse_loss(self.out(y), clip[:, step + 1])
        return total / (frames - 1)

    def batch(self, memory_format):
        self.memory_format = memory_format
        return [torch.randn(8, 11, 1, 64, 64)]


NETWORKS = {"a": ConvStack, "b": UNet, "c": ConvGru}
