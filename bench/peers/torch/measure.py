"""Times the training step of one network in PyTorch eager and prints one line of JSON.

Usage: measure.py --network a|b|c --format contiguous|channels_last --steps N --threads N
"""

import argparse
import json
import resource
import time

import torch

from networks import NETWORKS


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", choices=NETWORKS, required=True)
    parser.add_argument("--format", choices=["contiguous", "channels_last"], required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    memory_format = (
        torch.contiguous_format if options.format == "contiguous" else torch.channels_last
    )
    network = NETWORKS[options.network]().to(memory_format=memory_format)
    batch = network.batch(memory_format)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.01)
    times_ms = []
    cpu_before = 0.0
    for k in range(options.steps + 2):
        # The first two steps allocate and choose kernels.
        if k == 2:
            cpu_before = cpu_ms()
        start = time.perf_counter()
        optimiser.zero_grad()
        loss = network.loss(*batch)
        loss.backward()
        optimiser.step()
        loss.item()
        times_ms.append((time.perf_counter() - start) * 1000)
    step_cpu_ms = (cpu_ms() - cpu_before) / options.steps
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "version": torch.__version__,
                "parameters": sum(p.numel() for p in network.parameters()),
                "firstMs": times_ms[0],
                "stepsMs": times_ms[2:],
                "peakRssMb": usage.ru_maxrss / 1024,
                "cpuMs": cpu_ms(),
                "stepCpuMs": step_cpu_ms,
            }
        )
    )


def cpu_ms():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1000


main()
