"""PyTorch as a contestant: eager or compiled, in one memory format.

Usage: measure.py --network a|... --problem FILE --threads N --format contiguous|channels_last
       [--compile default|max-autotune-no-cudagraphs]
"""

import pathlib
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

import peer  # noqa: E402
from load_problem import load_batch, load_parameters  # noqa: E402
from networks import NETWORKS  # noqa: E402


def main():
    options = peer.read_options(add_options)
    torch.set_num_threads(options.threads)
    parameters, batch = peer.read_problem(options.problem)
    is_sampling = peer.is_sampling(options.network)
    network = NETWORKS[options.network[0]]()
    load_parameters(network, parameters)
    is_last = options.format == "channels_last"
    for module in network.modules():
        if is_last and isinstance(module, (torch.nn.Conv2d, torch.nn.Conv3d)):
            module.to(memory_format=memory_format_of(module.weight))
    data = load_batch(batch, is_last)
    take = sampling(network, data, options) if is_sampling else training(network, data, options)
    peer.serve(
        version=f"PyTorch {torch.__version__}",
        parameter_count=sum(p.numel() for p in network.parameters()),
        step=take,
        loss_of=lambda result: sampling_loss(result, data) if is_sampling else result,
    )


def add_options(parser):
    parser.add_argument("--format", choices=["contiguous", "channels_last"], required=True)
    parser.add_argument("--compile", choices=["default", "max-autotune-no-cudagraphs"])


def memory_format_of(tensor):
    return torch.channels_last_3d if tensor.dim() == 5 else torch.channels_last


def training(network, data, options):
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=peer.LEARNING_RATE, weight_decay=peer.WEIGHT_DECAY
    )
    loss_of = compiled(network.loss, options)

    def step():
        optimiser.zero_grad()
        loss = loss_of(**data)
        loss.backward()
        optimiser.step()
        return loss.item()

    return step


def sampling(network, data, options):
    forward = compiled(network.forward, options)

    @torch.inference_mode()
    def step():
        return forward(data["x"], data["times"])

    return step


def sampling_loss(output, data):
    return torch.nn.functional.mse_loss(output, data["noise"]).item()


def compiled(function, options):
    if options.compile is None:
        return function
    mode = None if options.compile == "default" else options.compile
    return torch.compile(function, mode=mode, dynamic=False)


main()
