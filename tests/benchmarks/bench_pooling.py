"""Time the pools, forward and backward, against PyTorch on the CPU: ``python tests/benchmarks/bench_pooling.py``.

Each pair is timed in turns in one run, the best of several, so that a busy machine slows both alike. A ratio below 1
means that cnnlab is faster.
"""

from __future__ import annotations

import math
import time

import numpy as np
import torch
import torch.nn.functional as F

from cnnlab.pooling import max_pool2d, max_pool2d_backward, mean_pool2d, mean_pool2d_backward

THREADS, ROUNDS = 2, 15
CASES = [  # x (N, C, H, W), kernel, stride, padding
    ((64, 16, 28, 28), 2, 2, 0),
    ((64, 32, 14, 14), 2, 2, 0),
    ((32, 32, 24, 24), 3, 3, 0),
    ((8, 64, 32, 32), 3, 1, 1),
    ((16, 64, 56, 56), 2, 2, 0),
    ((16, 96, 55, 55), 3, 2, 0),
    ((8, 3, 224, 224), 2, 2, 0),
    ((8, 64, 112, 112), 3, 2, 1),
]


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


def best_times(*functions):
    """Return the least time of each function in milliseconds, taking turns."""
    best = [math.inf] * len(functions)
    for _ in range(ROUNDS):
        for i, function in enumerate(functions):
            start = time.perf_counter()
            function()
            best[i] = min(best[i], 1e3 * (time.perf_counter() - start))
    return best


def main():
    """Print a line for each case and the geometric mean of the ratios."""
    torch.set_num_threads(THREADS)
    rng, logs = np.random.default_rng(0), []
    for pools in (max_pools, mean_pools):
        for shape, kernel, stride, padding in CASES:
            x = rng.standard_normal(shape).astype(np.float32)
            ours, theirs = best_times(*pools(x, kernel, stride, padding))
            logs.append(math.log(ours / theirs))
            settings = f"{pools.__name__:10} {shape!s:18} kernel {kernel} stride {stride} padding {padding}"
            print(f"{settings}  cnnlab {ours:6.2f} ms  torch {theirs:6.2f} ms  ratio {ours / theirs:.2f}")
    print(f"geometric mean of {len(logs)} ratios: {math.exp(np.mean(logs)):.2f}")


if __name__ == "__main__":
    main()
