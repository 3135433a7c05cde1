"""Time the pools, there and back, against PyTorch on the CPU: ``python tests/benchmarks/bench_pooling.py [THREADS]``.

Each pair is timed in turns in one run, the median of many, so that a busy machine slows both alike. A ratio below 1
means that cnnlab is faster. PyTorch has 2 threads if not said otherwise; cnnlab's pools have one.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from cnnlab.pooling import max_pool2d, max_pool2d_backward, mean_pool2d, mean_pool2d_backward

THREADS, SECONDS = int(sys.argv[1]) if len(sys.argv) > 1 else 2, 1.0
CASES = {  # x (N, C, H, W), kernel, stride, padding
    "maps of 14 to 224 a side": [
        ((64, 16, 28, 28), 2, 2, 0),
        ((64, 32, 14, 14), 2, 2, 0),
        ((32, 32, 24, 24), 3, 3, 0),
        ((8, 64, 32, 32), 3, 1, 1),
        ((16, 64, 56, 56), 2, 2, 0),
        ((16, 96, 55, 55), 3, 2, 0),
        ((8, 3, 224, 224), 2, 2, 0),
        ((8, 64, 112, 112), 3, 2, 1),
    ],
    "tiny ones": [
        ((64, 1, 8, 8), 2, 2, 0),
        ((1, 8, 14, 14), 2, 2, 0),
        ((16, 16, 5, 5), 3, 2, 1),
        ((32, 8, 8, 8), 2, 2, 0),
    ],
}


def max_pools(x, kernel, stride, padding):
    """Return a max-pool there and back in cnnlab and in PyTorch."""
    tensor = torch.from_numpy(x).requires_grad_()
    upstream = torch.ones_like(F.max_pool2d(tensor, kernel, stride, padding))
    dy = upstream.numpy()

    def ours():
        _, argmax = max_pool2d(x, kernel, stride=stride, padding=padding)
        max_pool2d_backward(dy, argmax, x.shape)

    def theirs():
        torch.autograd.grad(F.max_pool2d(tensor, kernel, stride, padding), tensor, upstream)

    return ours, theirs


def mean_pools(x, kernel, stride, padding):
    """Return a mean-pool there and back in cnnlab and in PyTorch."""
    tensor = torch.from_numpy(x).requires_grad_()
    upstream = torch.ones_like(F.avg_pool2d(tensor, kernel, stride, padding))
    dy = upstream.numpy()

    def ours():
        mean_pool2d(x, kernel, stride=stride, padding=padding)
        mean_pool2d_backward(dy, x.shape, kernel, stride=stride, padding=padding)

    def theirs():
        torch.autograd.grad(F.avg_pool2d(tensor, kernel, stride, padding), tensor, upstream)

    return ours, theirs


def median_times(*functions):
    """Return the median time of each function in milliseconds, taking turns for ``SECONDS``."""
    times, end = [[] for _ in functions], time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        for taken, function in zip(times, functions, strict=True):
            start = time.perf_counter()
            function()
            taken.append(1e3 * (time.perf_counter() - start))
    return map(np.median, times)


def main():
    """Print a line for each case, and the geometric mean of the ratios as far as each kind of case."""
    torch.set_num_threads(THREADS)
    rng, logs = np.random.default_rng(0), []
    for name, cases in CASES.items():
        for pools in (max_pools, mean_pools):
            for shape, kernel, stride, padding in cases:
                x = rng.standard_normal(shape).astype(np.float32)
                ours, theirs = median_times(*pools(x, kernel, stride, padding))
                logs.append(np.log(ours / theirs))
                settings = f"{pools.__name__:10} {shape!s:18} kernel {kernel} stride {stride} padding {padding}"
                print(
                    f"{settings}  cnnlab {ours:6.2f} ms  torch {theirs:6.2f} ms  ratio {ours / theirs:.2f}", flush=True
                )
        print(f"{THREADS} threads, with {name}: geometric mean of {len(logs)} ratios {np.exp(np.mean(logs)):.2f}")


if __name__ == "__main__":
    main()
