"""Prints seconds of three batches of Inception features, after one to warm up, as JSON.

Usage: time_inception.py BATCH THREADS
"""

import json
import sys
import time

import torch
import torch.nn.functional as F

from inception import Inception

batch, threads = map(int, sys.argv[1:])
torch.set_num_threads(threads)
network = Inception()
images = torch.rand(batch, 3, 64, 64)
times = []
with torch.inference_mode():
    for _ in range(4):
        started = time.perf_counter()
        large = F.interpolate(images, (299, 299), mode="bilinear", align_corners=False)
        network(2 * large - 1)
        times.append(time.perf_counter() - started)
print(json.dumps(times[1:]))
