"""PyTorch on CUDA: the training step of one reference network, as one line of JSON.

Usage: measure_torch.py --network a --problem FILE --steps 20 [--compile] [--tf32]
"""

import argparse
import json
import pathlib
import sys
import time

import torch

PEERS = pathlib.Path(__file__).parents[1] / "peers"
sys.path[:0] = [str(PEERS), str(PEERS / "torch")]

import peer  # noqa: E402
from load_problem import load_batch, load_parameters  # noqa: E402
from networks import NETWORKS  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--network", required=True)
parser.add_argument("--problem", required=True)
parser.add_argument("--steps", type=int, required=True)
parser.add_argument("--device", default="cuda")
parser.add_argument("--compile", action="store_true")
parser.add_argument("--tf32", action="store_true", help="products of 10 bits, which we do not use")
options = parser.parse_args()

torch.backends.cuda.matmul.allow_tf32 = options.tf32
torch.backends.cudnn.allow_tf32 = options.tf32
torch.backends.cudnn.benchmark = True

parameters, batch = peer.read_problem(options.problem)
network = NETWORKS[options.network]()
load_parameters(network, parameters)
network.to(options.device)
data = {name: tensor.to(options.device) for name, tensor in load_batch(batch, False).items()}
optimiser = torch.optim.AdamW(
    network.parameters(), lr=peer.LEARNING_RATE, weight_decay=peer.WEIGHT_DECAY
)
loss_of = torch.compile(network.loss, dynamic=False) if options.compile else network.loss


def step():
    optimiser.zero_grad()
    loss = loss_of(**data)
    loss.backward()
    optimiser.step()
    # Reading the loss does not wait for the update.
    value = loss.item()
    if options.device == "cuda":
        torch.cuda.synchronize()
    return value


losses, times = [], []
for k in range(options.steps + 3):
    start = time.perf_counter()
    losses.append(step())
    if k >= 3:
        times.append((time.perf_counter() - start) * 1000)
name = torch.cuda.get_device_name() if options.device == "cuda" else "CPU"
print(json.dumps({"version": f"PyTorch {torch.__version__} on {name}", "losses": losses[:3], "stepsMs": times}))
