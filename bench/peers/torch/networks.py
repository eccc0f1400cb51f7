"""The reference networks of bench/networks/ as a PyTorch user would write them (NCHW)."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class Network(nn.Module):
    """Modules have our names, so that our parameters can be loaded."""

    # First parts of our names that Python or PyTorch does not allow, and what stands here instead.
    RENAMED = {}

    @staticmethod
    def adapt(name, array):
        """A parameter of ours in the shape that the module here has, channels last."""
        return array


class ConvStack(Network):
    """(a) Six times convolution 3x3 and SiLU."""

    def __init__(self, channels=64, layers=6):
        super().__init__()
        for layer in range(layers):
            conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
            self.add_module(str(layer), conv)

    def forward(self, x):
        for conv in self.children():
            x = F.silu(conv(x))
        return x

    def loss(self, x, y):
        return F.mse_loss(self(x), y)


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


class UNet(Network):
    """(b) DDPM U-Net; attention at the coarsest scale."""

    RENAMED = {"in": "first"}

    def __init__(self, widths=(32, 64, 128), groups=8, blocks=2, embedding=128):
        super().__init__()
        self.widths, self.blocks = widths, blocks
        self.time = nn.ModuleDict(
            {
                "first": nn.Linear(widths[0], embedding),
                "second": nn.Linear(embedding, embedding),
            }
        )
        self.first = nn.Conv2d(3, widths[0], 3, padding=1)
        current, skips = widths[0], [widths[0]]
        for level, width in enumerate(widths):
            stages = []
            for _ in range(blocks):
                stages.append(Block(current, width, embedding, groups))
                current = width
                skips.append(current)
            self.add_module(f"down{level}", nn.ModuleList(stages))
            if level < self.last:
                self.add_module(f"shrink{level}", nn.Conv2d(width, width, 3, 2, 1))
                skips.append(current)
        self.downAttention = nn.ModuleList(Attention(current, groups) for _ in range(blocks))
        self.middle = nn.ModuleList(Block(current, current, embedding, groups) for _ in range(2))
        self.middleAttention = Attention(current, groups)
        self.upAttention = nn.ModuleList(Attention(current, groups) for _ in range(blocks + 1))
        for level in reversed(range(len(widths))):
            stages = []
            for _ in range(blocks + 1):
                stages.append(Block(current + skips.pop(), widths[level], embedding, groups))
                current = widths[level]
            self.add_module(f"up{level}", nn.ModuleList(stages))
            if level > 0:
                self.add_module(f"grow{level}", nn.Conv2d(current, current, 3, padding=1))
        self.outNorm = nn.GroupNorm(groups, current)
        self.out = nn.Conv2d(current, 3, 3, padding=1)

    @property
    def last(self):
        return len(self.widths) - 1

    def forward(self, x, times):
        half = self.widths[0] // 2
        frequencies = torch.exp(torch.arange(half) * (-math.log(10000) / (half - 1)))
        angles = times[:, None] * frequencies[None]
        time = self.time["first"](torch.cat([angles.sin(), angles.cos()], 1))
        time = self.time["second"](F.silu(time))
        h = self.first(x)
        skips = [h]
        for level in range(len(self.widths)):
            for i, block in enumerate(getattr(self, f"down{level}")):
                h = block(h, time)
                if level == self.last:
                    h = self.downAttention[i](h)
                skips.append(h)
            if level < self.last:
                h = getattr(self, f"shrink{level}")(h)
                skips.append(h)
        h = self.middle[1](self.middleAttention(self.middle[0](h, time)), time)
        for level in reversed(range(len(self.widths))):
            for i, block in enumerate(getattr(self, f"up{level}")):
                h = block(torch.cat([h, skips.pop()], 1), time)
                if level == self.last:
                    h = self.upAttention[i](h)
            if level > 0:
                h = getattr(self, f"grow{level}")(F.interpolate(h, scale_factor=2, mode="nearest"))
        return self.out(F.silu(self.outNorm(h)))

    def loss(self, x, noise, times):
        return F.mse_loss(self(x, times), noise)


class ConvGruCell(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.gates = nn.Conv2d(inputs + hidden, 2 * hidden, 3, padding=1)
        self.candidate = nn.Conv2d(inputs + hidden, hidden, 3, padding=1)

    def forward(self, x, h):
        r, z = torch.sigmoid(self.gates(torch.cat([x, h], 1))).chunk(2, 1)
        n = torch.tanh(self.candidate(torch.cat([x, r * h], 1)))
        return h + z * (n - h)


class ConvGru(Network):
    """(c) ConvGRU encoder and decoder, unrolled over the frames of a clip."""

    def __init__(self, hidden=(16, 32, 64, 64)):
        super().__init__()
        self.hidden, self.last = hidden, len(hidden) - 1
        inputs = 1
        for level, channels in enumerate(hidden):
            self.add_module(f"gru{level}", ConvGruCell(inputs, channels))
            inputs = channels
        for level in reversed(range(self.last)):
            conv = nn.Conv2d(inputs + hidden[level], hidden[level], 3, padding=1)
            self.add_module(f"up{level}", conv)
            inputs = hidden[level]
        self.out = nn.Conv2d(inputs, 1, 1)

    def loss(self, clip):
        batch, _, frames, height, width = clip.shape
        is_last = self.gru0.gates.weight.is_contiguous(memory_format=torch.channels_last)
        memory_format = torch.channels_last if is_last else torch.contiguous_format
        states = [
            torch.zeros(batch, c, height >> i, width >> i).contiguous(memory_format=memory_format)
            for i, c in enumerate(self.hidden)
        ]
        total = 0
        for step in range(frames - 1):
            x, after = clip[:, :, step], []
            for level, h in enumerate(states):
                h = getattr(self, f"gru{level}")(x, h)
                after.append(h)
                if level < self.last:
                    x = F.max_pool2d(h, 2)
            states = after
            y = states[-1]
            for level in reversed(range(self.last)):
                y = F.interpolate(y, scale_factor=2, mode="nearest")
                y = F.relu(getattr(self, f"up{level}")(torch.cat([y, states[level]], 1)))
            total = total + F.mse_loss(self.out(y), clip[:, :, step + 1])
        return total / (frames - 1)


class VideoDiscriminator(Network):
    """(d) The discriminator of clips of MoCoGAN, its last layer a convolution as in the original."""

    def __init__(self, width=64, kernel=4, channels=3, levels=4):
        super().__init__()
        self.conv, self.norm = nn.ModuleDict(), nn.ModuleDict()
        for level in range(levels):
            inputs = width << (level - 1) if level else channels
            outputs = width << level
            conv = nn.Conv3d(inputs, outputs, kernel, (1, 2, 2), (0, 1, 1), bias=False)
            self.conv[str(level)] = conv
            if level:
                self.norm[str(level)] = nn.BatchNorm3d(outputs, track_running_stats=False)
        self.head = nn.Conv3d(width << (levels - 1), 1, kernel, bias=False)

    @staticmethod
    def adapt(name, array):
        return array.reshape(4, 4, 4, -1, 1) if name == "head.kernel" else array

    def forward(self, clips):
        x = clips
        for level, conv in self.conv.items():
            x = conv(x)
            x = F.leaky_relu(self.norm[level](x) if level in self.norm else x, 0.2)
        return self.head(x).flatten()

    def loss(self, clips):
        logits = self(clips)
        return (F.softplus(-logits) + F.softplus(logits)).mean()


class LstmStack(nn.Module):
    def __init__(self, inputs, hidden, layers, heads):
        super().__init__()
        self.embed = nn.Linear(inputs, hidden)
        self.cell = nn.ModuleList(nn.LSTMCell(hidden, hidden) for _ in range(layers))
        for name, outputs in heads.items():
            self.add_module(name, nn.Linear(hidden, outputs))

    def initial(self, batch):
        return [(torch.zeros(batch, c.hidden_size),) * 2 for c in self.cell]

    def run(self, x, state):
        x, after = self.embed(x), []
        for cell, before in zip(self.cell, state):
            x, memory = cell(x, before)
            after.append((x, memory))
        return x, after


class GaussianLstm(LstmStack):
    def __init__(self, inputs, hidden, latent):
        super().__init__(inputs, hidden, 1, {"mean": latent, "log_variance": latent})

    def forward(self, x, state):
        x, state = self.run(x, state)
        return self.mean(x), self.log_variance(x), state


class Predictor(LstmStack):
    def __init__(self, inputs, hidden, code):
        super().__init__(inputs, hidden, 2, {"out": code})

    def forward(self, x, state):
        x, state = self.run(x, state)
        return torch.tanh(self.out(x)), state


class SvgCore(Network):
    """(e) Posterior, prior and frame predictor of Stochastic Video Generation over codes of frames."""

    def __init__(self, code=128, hidden=256, latent=10):
        super().__init__()
        self.posterior = GaussianLstm(code, hidden, latent)
        self.prior = GaussianLstm(code, hidden, latent)
        self.predictor = Predictor(code + latent, hidden, code)

    def loss(self, codes, noise):
        moments, batch, _ = noise.shape
        posterior, prior, predictor = (
            part.initial(batch) for part in (self.posterior, self.prior, self.predictor)
        )
        total = 0
        for t in range(moments):
            mean, log_variance, posterior = self.posterior(codes[t + 1], posterior)
            prior_mean, prior_log_variance, prior = self.prior(codes[t], prior)
            z = mean + torch.exp(log_variance / 2) * noise[t]
            predicted, predictor = self.predictor(torch.cat([codes[t], z], 1), predictor)
            spread = (log_variance.exp() + (mean - prior_mean) ** 2) / prior_log_variance.exp()
            kl = (prior_log_variance - log_variance + spread - 1).sum() / 2 / batch
            total = total + F.mse_loss(predicted, codes[t + 1]) + 1e-4 * kl
        return total / moments


NETWORKS = {"a": ConvStack, "b": UNet, "c": ConvGru, "d": VideoDiscriminator, "e": SvgCore}
