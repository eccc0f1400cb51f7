"""What the processes of all peers have in common: the problem in, times out.

The bench writes parameters and data to a safetensors file and talks to the process in lines of JSON. At the start the
process says what it computed; for each number of steps it then reads, it answers with that many times.
"""

import argparse
import json
import resource
import sys
import time

import numpy as np

NETWORKS = ["a", "b", "b-sample-16", "b-sample-1", "c", "d", "e"]
# Of AdamW, in all contestants.
LEARNING_RATE, WEIGHT_DECAY = 1e-3, 0.01


def read_options(add_more=lambda parser: None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", choices=NETWORKS, required=True)
    parser.add_argument("--problem", required=True, help="safetensors file of parameters and data")
    parser.add_argument("--threads", type=int, required=True)
    add_more(parser)
    return parser.parse_args()


def is_sampling(network):
    return network.startswith("b-sample-")


def read_problem(path):
    """Parameters and data by name, in our layouts: NHWC, filters [height, width, in, out]."""
    with open(path, "rb") as file:
        content = file.read()
    start = 8 + int.from_bytes(content[:8], "little")
    groups = {"parameters": {}, "batch": {}}
    for key, entry in json.loads(content[8:start]).items():
        if key == "__metadata__":
            continue
        begin, end = (start + offset for offset in entry["data_offsets"])
        values = np.frombuffer(content[begin:end], dtype="<f4").reshape(entry["shape"])
        group, name = key.split(".", 1)
        groups[group][name] = values.copy()
    return groups["parameters"], groups["batch"]


def serve(*, version, parameter_count, step, loss_of):
    """Takes the first steps, then times as many as each line of the input asks for.

    step() does all of a step, up to reading the loss where there is one; loss_of(result) is not timed.
    """
    first_ms, losses = 0.0, []
    for k in range(3):
        # The first step compiles, the second one allocates.
        result, elapsed_ms = timed(step)
        first_ms = first_ms or elapsed_ms
        losses.append(loss_of(result))
    say(
        version=version,
        parameters=parameter_count,
        firstMs=first_ms,
        stepMs=elapsed_ms,
        losses=losses,
    )
    for line in sys.stdin:
        count, asked = int(line), cpu_ms()
        # What the other contestants threw out of the caches comes back untimed.
        step()
        before = cpu_ms()
        steps_ms = [timed(step)[1] for _ in range(count)]
        say(
            stepsMs=steps_ms,
            stepCpuMs=(cpu_ms() - before) / count,
            cpuMs=cpu_ms() - asked,
            peakRssMb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        )


def timed(step):
    start = time.perf_counter()
    result = step()
    return result, (time.perf_counter() - start) * 1000


def say(**facts):
    print(json.dumps(facts), flush=True)


def cpu_ms():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1000
