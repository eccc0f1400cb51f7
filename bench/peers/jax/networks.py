"""The reference networks of bench/networks/ as a JAX user would write them (NHWC), in our names and layouts."""

import math

import jax
import jax.numpy as jnp
from jax import lax


def under(p, prefix):
    start = prefix + "."
    return {name[len(start):]: value for name, value in p.items() if name.startswith(start)}


def conv(p, x, stride=1):
    margin = (p["kernel"].shape[0] - 1) // 2
    out = lax.conv_general_dilated(
        x,
        p["kernel"],
        (stride, stride),
        [(margin, margin)] * 2,
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )
    return out + p["bias"] if "bias" in p else out


def linear(p, x):
    return x @ p["kernel"] + p["bias"] if "bias" in p else x @ p["kernel"]


def group_norm(p, x, groups):
    batch, height, width, channels = x.shape
    grouped = x.reshape(batch, height, width, groups, channels // groups)
    mean = grouped.mean((1, 2, 4), keepdims=True)
    variance = grouped.var((1, 2, 4), keepdims=True)
    normal = (grouped - mean) * lax.rsqrt(variance + 1e-5)
    return normal.reshape(x.shape) * p["scale"] + p["shift"]


def upsample(x):
    return x.repeat(2, axis=1).repeat(2, axis=2)


def mean_square(x, y):
    return jnp.mean((x - y) ** 2)


class ConvStack:
    @staticmethod
    def loss(p, x, y):
        for layer in range(len(p)):
            x = jax.nn.silu(conv({"kernel": p[str(layer)]}, x))
        return mean_square(x, y)


class UNet:
    WIDTHS, GROUPS, BLOCKS = (32, 64, 128), 8, 2

    @classmethod
    def block(cls, p, x, time):
        h = conv(under(p, "conv1"), jax.nn.silu(group_norm(under(p, "norm1"), x, cls.GROUPS)))
        h = h + linear(under(p, "time"), jax.nn.silu(time))[:, None, None]
        h = conv(under(p, "conv2"), jax.nn.silu(group_norm(under(p, "norm2"), h, cls.GROUPS)))
        return h + (conv(under(p, "shortcut"), x) if "shortcut.kernel" in p else x)

    @classmethod
    def attention(cls, p, x):
        batch, height, width, channels = x.shape
        h = group_norm(under(p, "norm"), x, cls.GROUPS).reshape(batch, height * width, channels)
        q, k, v = jnp.split(linear(under(p, "qkv"), h)[:, :, None], 3, axis=-1)
        mixed = jax.nn.dot_product_attention(q, k, v)
        return x + linear(under(p, "out"), mixed.reshape(x.shape))

    @classmethod
    def forward(cls, p, x, times):
        half, last = cls.WIDTHS[0] // 2, len(cls.WIDTHS) - 1
        frequencies = jnp.exp(jnp.arange(half) * (-math.log(10000) / (half - 1)))
        angles = times[:, None] * frequencies[None]
        time = linear(under(p, "time.first"), jnp.concatenate([jnp.sin(angles), jnp.cos(angles)], 1))
        time = linear(under(p, "time.second"), jax.nn.silu(time))
        h = conv(under(p, "in"), x)
        skips = [h]
        for level in range(len(cls.WIDTHS)):
            for i in range(cls.BLOCKS):
                h = cls.block(under(p, f"down{level}.{i}"), h, time)
                if level == last:
                    h = cls.attention(under(p, f"downAttention.{i}"), h)
                skips.append(h)
            if level < last:
                h = conv(under(p, f"shrink{level}"), h, 2)
                skips.append(h)
        h = cls.block(under(p, "middle.0"), h, time)
        h = cls.attention(under(p, "middleAttention"), h)
        h = cls.block(under(p, "middle.1"), h, time)
        for level in reversed(range(len(cls.WIDTHS))):
            for i in range(cls.BLOCKS + 1):
                joined = jnp.concatenate([h, skips.pop()], 3)
                h = cls.block(under(p, f"up{level}.{i}"), joined, time)
                if level == last:
                    h = cls.attention(under(p, f"upAttention.{i}"), h)
            if level > 0:
                h = conv(under(p, f"grow{level}"), upsample(h))
        return conv(under(p, "out"), jax.nn.silu(group_norm(under(p, "outNorm"), h, cls.GROUPS)))

    @classmethod
    def loss(cls, p, x, noise, times):
        return mean_square(cls.forward(p, x, times), noise)


class ConvGru:
    HIDDEN = (16, 32, 64, 64)

    @staticmethod
    def cell(p, x, h):
        r, z = jnp.split(jax.nn.sigmoid(conv(under(p, "gates"), jnp.concatenate([x, h], 3))), 2, 3)
        n = jnp.tanh(conv(under(p, "candidate"), jnp.concatenate([x, r * h], 3)))
        return h + z * (n - h)

    @classmethod
    def loss(cls, p, clip):
        batch, frames, height, width, _ = clip.shape
        states = tuple(
            jnp.zeros((batch, height >> i, width >> i, c)) for i, c in enumerate(cls.HIDDEN)
        )
        last = len(states) - 1

        def step(states, images):
            x, target = images
            after = []
            for level, h in enumerate(states):
                h = cls.cell(under(p, f"gru{level}"), x, h)
                after.append(h)
                if level < last:
                    x = lax.reduce_window(h, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
            y = after[-1]
            for level in reversed(range(last)):
                joined = jnp.concatenate([upsample(y), after[level]], 3)
                y = jax.nn.relu(conv(under(p, f"up{level}"), joined))
            return tuple(after), mean_square(conv(under(p, "out"), y), target)

        images = jnp.moveaxis(clip, 1, 0)
        # As a loop it takes 20 times as long: XLA's fast convolutions are not there inside loops.
        _, losses = lax.scan(step, states, (images[:-1], images[1:]), unroll=True)
        return losses.mean()


class VideoDiscriminator:
    @staticmethod
    def batch_norm(p, x):
        mean, variance = x.mean((0, 1, 2, 3)), x.var((0, 1, 2, 3))
        return (x - mean) * lax.rsqrt(variance + 1e-5) * p["scale"] + p["shift"]

    @classmethod
    def loss(cls, p, clips):
        x = clips
        for level in range(4):
            x = lax.conv_general_dilated(
                x,
                p[f"conv.{level}.kernel"],
                (1, 2, 2),
                [(0, 0), (1, 1), (1, 1)],
                dimension_numbers=("NDHWC", "DHWIO", "NDHWC"),
            )
            if level > 0:
                x = cls.batch_norm(under(p, f"norm.{level}"), x)
            x = jax.nn.leaky_relu(x, 0.2)
        logits = linear(under(p, "head"), x.reshape(x.shape[0], -1))
        return (jax.nn.softplus(-logits) + jax.nn.softplus(logits)).mean()


class SvgCore:
    HIDDEN = 256

    @staticmethod
    def stack(p, x, state):
        x, after = linear(under(p, "embed"), x), []
        for i, (h, c) in enumerate(state):
            q = under(p, f"cell.{i}")
            gates = x @ q["weightInput"] + q["biasInput"] + h @ q["weightHidden"] + q["biasHidden"]
            enter, forget, candidate, leave = jnp.split(gates, 4, 1)
            c = jax.nn.sigmoid(forget) * c + jax.nn.sigmoid(enter) * jnp.tanh(candidate)
            x = jax.nn.sigmoid(leave) * jnp.tanh(c)
            after.append((x, c))
        return x, tuple(after)

    @classmethod
    def gaussian(cls, p, x, state):
        x, state = cls.stack(p, x, state)
        return linear(under(p, "mean"), x), linear(under(p, "log_variance"), x), state

    @classmethod
    def loss(cls, p, codes, noise):
        _, batch, _ = noise.shape
        zeros = jnp.zeros((batch, cls.HIDDEN))

        def step(states, given):
            posterior, prior, predictor = states
            before, after, epsilon = given
            mean, log_variance, posterior = cls.gaussian(under(p, "posterior"), after, posterior)
            prior_mean, prior_log_variance, prior = cls.gaussian(under(p, "prior"), before, prior)
            z = mean + jnp.exp(log_variance / 2) * epsilon
            own = under(p, "predictor")
            x, predictor = cls.stack(own, jnp.concatenate([before, z], 1), predictor)
            predicted = jnp.tanh(linear(under(own, "out"), x))
            spread = (jnp.exp(log_variance) + (mean - prior_mean) ** 2) / jnp.exp(prior_log_variance)
            kl = jnp.sum(prior_log_variance - log_variance + spread - 1) / 2 / batch
            loss = mean_square(predicted, after) + 1e-4 * kl
            return (posterior, prior, predictor), loss

        states = (((zeros, zeros),),) * 2 + (((zeros, zeros),) * 2,)
        # A loop: without it a step takes 1.3 times as long and compiles ten times as long.
        _, losses = lax.scan(step, states, (codes[:-1], codes[1:], noise))
        return losses.mean()


NETWORKS = {"a": ConvStack, "b": UNet, "c": ConvGru, "d": VideoDiscriminator, "e": SvgCore}
