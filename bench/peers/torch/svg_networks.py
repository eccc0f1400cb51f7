"""Stochastic Video Generation of any width, written down from Denton & Fergus 2018 with PyTorch's operators.

Parameters come as a record of tensors in the names and layouts of models/svg/, so gradients have them too.
"""

import torch
import torch.nn.functional as F


def under(record, prefix):
    start = prefix + "."
    return {name[len(start):]: value for name, value in record.items() if name.startswith(start)}


class Networks:
    """One pass over a clip; batch norms move `buffers` with every call."""

    def __init__(self, config, parameters, buffers):
        self.config, self.p, self.buffers = config, parameters, buffers
        self.widths = config["frames"]["widths"]
        self.is_vgg = config["frames"]["kind"] == "vgg"

    def norm(self, name, x):
        p = under(self.p, name)
        return F.batch_norm(
            x,
            self.buffers[f"{name}.mean"],
            self.buffers[f"{name}.variance"],
            p["scale"],
            p["shift"],
            training=True,
            momentum=0.1,
            eps=1e-5,
        )

    def activate(self, name, x):
        return F.leaky_relu(self.norm(f"{name}.norm", x), 0.2)

    def conv(self, name, x, stride, padding):
        p = under(self.p, name)
        return F.conv2d(x, p["kernel"].permute(3, 2, 0, 1), p["bias"], stride, padding)

    def conv_transpose(self, name, x, stride, padding):
        """Filters [height, width, out, in]."""
        p = under(self.p, name)
        return F.conv_transpose2d(x, p["kernel"].permute(3, 2, 0, 1), p["bias"], stride, padding)

    def vgg_layers(self, prefix, count, x):
        for j in range(count):
            x = self.activate(f"{prefix}.{j}", self.conv(f"{prefix}.{j}.conv", x, 1, 1))
        return x

    def encode(self, x):
        skips = []
        for level in range(len(self.widths)):
            if self.is_vgg:
                x = self.vgg_layers(f"encoder.down.{level}", 2 if level < 2 else 3, x)
                skips.append(x)
                x = F.max_pool2d(x, 2)
            else:
                name = f"encoder.down.{level}"
                x = self.activate(name, self.conv(f"{name}.conv", x, 2, 1))
                skips.append(x)
        code = torch.tanh(self.norm("encoder.code.norm", self.conv("encoder.code.conv", x, 1, 0)))
        return code[:, :, 0, 0], skips

    def decode(self, code, skips):
        entered = self.conv_transpose("decoder.enter.conv", code[:, :, None, None], 1, 0)
        x = self.activate("decoder.enter", entered)
        for level in reversed(range(len(self.widths))):
            if self.is_vgg:
                x = torch.cat([F.interpolate(x, scale_factor=2, mode="nearest"), skips[level]], 1)
                count = (2 if level < 2 else 3) - (1 if level == 0 else 0)
                x = self.vgg_layers(f"decoder.up.{level}", count, x)
            elif level > 0:
                name = f"decoder.up.{level}"
                joined = torch.cat([x, skips[level]], 1)
                x = self.activate(name, self.conv_transpose(f"{name}.conv", joined, 2, 1))
        if not self.is_vgg:
            return torch.sigmoid(self.conv_transpose("decoder.out", torch.cat([x, skips[0]], 1), 2, 1))
        # The published ConvTranspose2d(width, channels, 3, 1, 1), whose filter is ours turned by half a circle.
        p = under(self.p, "decoder.out")
        theirs = p["kernel"].flip(0, 1).permute(2, 3, 0, 1)
        return torch.sigmoid(F.conv_transpose2d(x, theirs, p["bias"], 1, 1))

    def linear(self, name, x):
        p = under(self.p, name)
        return F.linear(x, p["kernel"].T, p["bias"])

    def stack(self, network, layers, x, state):
        h = self.linear(f"{network}.embed", x)
        after = []
        for i in range(layers):
            p = under(self.p, f"{network}.cell.{i}")
            cell = torch.nn.LSTMCell(h.shape[1], self.config["hidden"]).double()
            weights = {
                "weight_ih": p["weightInput"].T,
                "weight_hh": p["weightHidden"].T,
                "bias_ih": p["biasInput"],
                "bias_hh": p["biasHidden"],
            }
            hidden = torch.func.functional_call(cell, weights, (h, state[i]))
            after.append(hidden)
            h = hidden[0]
        return h, after

    def gaussian(self, network, x, state):
        h, state = self.stack(network, self.config["gaussianLayers"], x, state)
        return self.linear(f"{network}.mean", h), self.linear(f"{network}.log_variance", h), state

    def zeros(self, layers, batch):
        return [(torch.zeros(batch, self.config["hidden"]).double(),) * 2 for _ in range(layers)]


def kl(mu1, logvar1, mu2, logvar2):
    """As in the published train_svg_lp.py, but for each latent number; mean over the batch."""
    sigma1, sigma2 = logvar1.mul(0.5).exp(), logvar2.mul(0.5).exp()
    each = torch.log(sigma2 / sigma1)
    each = each + (torch.exp(logvar1) + (mu1 - mu2) ** 2) / (2 * torch.exp(logvar2)) - 0.5
    return each.mean(0)


def loss_of(config, parameters, buffers, batch, context, scope, beta):
    """(loss, mean squared error per frame, KL per frame and latent number)."""
    nets = Networks(config, parameters, buffers)
    frames = [batch[f"frame{t}"] for t in range(sum(name.startswith("frame") for name in batch))]
    count, rows = len(frames), len(frames[0])
    if scope == "clip":
        codes, maps = nets.encode(torch.cat(frames))
        truths = [
            (codes[t * rows:(t + 1) * rows], [m[t * rows:(t + 1) * rows] for m in maps])
            for t in range(count)
        ]
    else:
        truths = [nets.encode(frame) for frame in frames]
    predictor = nets.zeros(config["predictorLayers"], rows)
    posterior = nets.zeros(config["gaussianLayers"], rows)
    prior = nets.zeros(config["gaussianLayers"], rows)
    h, skip = truths[0]
    predictions, divergences, kept = [], [], []
    for t in range(1, count):
        mu, logvar, posterior = nets.gaussian("posterior", truths[t][0], posterior)
        mu_p, logvar_p = torch.zeros_like(mu), torch.zeros_like(mu)
        if config["prior"] == "learned":
            mu_p, logvar_p, prior = nets.gaussian("prior", h, prior)
        z = mu + logvar.mul(0.5).exp() * batch[f"noise{t}"]
        known = [batch[f"condition{t - 1}"]] if config["conditions"] > 0 else []
        out, predictor = nets.stack(
            "predictor", config["predictorLayers"], torch.cat([h, z, *known], 1), predictor
        )
        code = torch.tanh(nets.linear("predictor.out", out))
        divergences.append(kl(mu, logvar, mu_p, logvar_p))
        kept.append((code, skip))
        forced = batch.get(f"forced{t}")
        if scope == "frame" or f"forced{context}" in batch:
            predictions.append(nets.decode(code, skip))
        if forced is not None:
            shown = nets.encode(forced * frames[t] + (1 - forced) * predictions[-1])
        else:
            shown = truths[t]
        h = shown[0]
        if config["lastFrameSkip"] or t < context:
            skip = shown[1]
    if not predictions:
        maps = [torch.cat([skip[i] for _, skip in kept]) for i in range(len(kept[0][1]))]
        predictions = nets.decode(torch.cat([code for code, _ in kept]), maps).chunk(count - 1)
    errors = sum(F.mse_loss(x, frames[t + 1]) for t, x in enumerate(predictions))
    divergence = sum(divergences)
    return errors + beta * divergence.sum(), errors / (count - 1), divergence / (count - 1)
