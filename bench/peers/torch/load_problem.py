"""From our names and layouts (NHWC) to those of PyTorch's modules (NCHW)."""

import numpy as np
import torch

# Last parts of names that PyTorch calls otherwise; a parameter without such a part is a bare filter.
NAMES = {
    "kernel": "weight",
    "scale": "weight",
    "bias": "bias",
    "shift": "bias",
    "weightInput": "weight_ih",
    "weightHidden": "weight_hh",
    "biasInput": "bias_ih",
    "biasHidden": "bias_hh",
}

# Filters [height, width, in, out] -> [out, in, height, width]; matrices [in, out] -> [out, in].
ORDERS = {1: (0,), 2: (1, 0), 4: (3, 2, 0, 1), 5: (4, 3, 0, 1, 2)}


@torch.no_grad()
def load_parameters(network, arrays):
    """Raises KeyError or RuntimeError unless both sides have the same parameters in the same shapes."""
    state = {}
    for name, array in arrays.items():
        array = network.adapt(name, array)
        path = name.split(".")
        path[0] = network.RENAMED.get(path[0], path[0])
        path = [*path[:-1], NAMES[path[-1]]] if path[-1] in NAMES else [*path, "weight"]
        values = np.ascontiguousarray(array.transpose(ORDERS[array.ndim]))
        state[".".join(path)] = torch.from_numpy(values)
    network.load_state_dict(state, strict=True)


def load_batch(arrays, is_channels_last):
    """Images [batch, height, width, channel] -> NCHW, clips [batch, frame, ...] -> NCTHW, others as they are."""
    batch = {}
    for name, array in arrays.items():
        if array.ndim >= 4:
            array = np.moveaxis(array, -1, 1)
        tensor = torch.from_numpy(np.ascontiguousarray(array))
        if is_channels_last and tensor.dim() >= 4:
            last = torch.channels_last_3d if tensor.dim() == 5 else torch.channels_last
            tensor = tensor.contiguous(memory_format=last)
        batch[name] = tensor
    return batch
