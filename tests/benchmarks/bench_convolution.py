"""Time convolution there and back beside PyTorch and teaching code: ``python …/bench_convolution.py [THREADS]``.

All run in turns on the same arrays, with as many threads each (2, if not said); a time is the median of all runs. Each
gets a pause and a warm-up before its turn: the thread pools of PyTorch and of OpenBLAS keep a core busy for a while
after their last call, and would slow one another. A ratio below 1 means that cnnlab is faster. Of cnnlab only the
matrix products use more than one thread, so two cores that are free help PyTorch more.
"""

from __future__ import annotations

import os
import sys

THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else 2
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):  # read when numpy is imported
    os.environ[variable] = str(THREADS)

import time  # noqa: E402
import tracemalloc  # noqa: E402

import numpy as np  # noqa: E402
from numpy.lib.stride_tricks import sliding_window_view  # noqa: E402

from cnnlab.convolution import conv2d, conv2d_backward  # noqa: E402

try:
    import torch
except ImportError:
    torch = None

ROUNDS, RUNS, WARM_UP = 3, 7, 0.05  # turns, timed runs in a turn, seconds before a turn
SETS = {  # x (N, C, H, W), w (F, C / groups, kh, kw), stride, padding, dilation, groups
    "first": [
        ((64, 1, 28, 28), (8, 1, 3, 3), 1, 1, 1, 1),
        ((64, 1, 28, 28), (6, 1, 5, 5), 1, 2, 1, 1),
        ((64, 6, 14, 14), (16, 6, 5, 5), 1, 0, 1, 1),
        ((32, 3, 32, 32), (32, 3, 3, 3), 1, 1, 1, 1),
        ((32, 32, 16, 16), (64, 32, 3, 3), 2, 1, 1, 1),
        ((16, 64, 28, 28), (128, 64, 1, 1), 1, 0, 1, 1),
        ((8, 3, 224, 224), (16, 3, 3, 3), 1, 1, 1, 1),
        ((8, 3, 224, 224), (64, 3, 7, 7), 2, 3, 1, 1),
    ],
    "second": [
        ((32, 16, 32, 32), (32, 16, 1, 1), 1, 0, 1, 1),
        ((16, 8, 48, 48), (16, 8, 5, 5), 2, 2, 1, 1),
        ((16, 32, 28, 28), (32, 1, 3, 3), 1, 1, 1, 32),
        ((512, 8, 8, 8), (16, 8, 3, 3), 1, 1, 1, 1),
        ((8, 16, 40, 40), (16, 16, 3, 3), 1, 2, 2, 1),
        ((4, 3, 112, 112), (32, 3, 7, 7), 2, 3, 1, 1),
        ((1, 3, 224, 224), (32, 3, 3, 3), 1, 1, 1, 1),
        ((16, 32, 28, 28), (64, 16, 3, 3), 1, 1, 1, 2),
    ],
}


def cnnlab_there_and_back(dy, x, w, stride, padding, dilation=1, groups=1):
    settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}

    def run():
        conv2d(x, w, **settings)
        conv2d_backward(dy, x, w, **settings)

    return run


def torch_there_and_back(dy, x, w, *settings):
    torch.set_num_threads(THREADS)
    dy, x, w, b = (torch.from_numpy(array) for array in (dy, x, w, np.zeros(len(w), x.dtype)))
    for leaf in (x, w, b):
        leaf.requires_grad_()

    def run():
        y = torch.nn.functional.conv2d(x, w, b, *settings)
        torch.autograd.grad(y, (x, w, b), dy)

    return run


def im2col_there_and_back(dy, x, w, stride, padding):
    """Copy all windows of the whole batch, and add their gradients tap by tap, as teaching code does."""
    taps, (rows, columns) = w.shape[2:], dy.shape[2:]

    def windows():
        xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
        seen = sliding_window_view(xp, taps, (2, 3))[:, :, ::stride, ::stride].transpose(0, 1, 4, 5, 2, 3)
        return xp, seen.reshape(len(x), -1, rows * columns)

    def run():
        kernels, upstream = w.reshape(len(w), -1), dy.reshape(*dy.shape[:2], -1)
        xp, cells = windows()
        kernels @ cells
        xp, cells = windows()
        (upstream @ cells.mT).sum(axis=0)
        shares, dxp = (kernels.T @ upstream).reshape(*x.shape[:2], *taps, rows, columns), np.zeros_like(xp)
        for p, q in np.ndindex(taps):
            dxp[:, :, p : p + stride * rows : stride, q : q + stride * columns : stride] += shares[:, :, p, q]
        dy.sum(axis=(0, 2, 3))

    return run


def indexing_there_and_back(dy, x, w, stride, padding):
    """Collect all windows of the batch with index arrays, and add their gradients with ``np.add.at``, as courses do."""
    channels, rows, columns = (cells.reshape(-1, 1) for cells in np.indices(w.shape[1:]))
    down, across = (stride * cells.reshape(1, -1) for cells in np.indices(dy.shape[2:]))
    where = slice(None), channels, rows + down, columns + across

    def windows():
        xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
        return xp, xp[where]

    def run():
        kernels, upstream = w.reshape(len(w), -1), dy.reshape(*dy.shape[:2], -1)
        _, cells = windows()
        kernels @ cells
        xp, cells = windows()
        (upstream @ cells.mT).sum(axis=0)
        np.add.at(np.zeros_like(xp), where, kernels.T @ upstream)
        dy.sum(axis=(0, 2, 3))

    return run


def median_times(functions):
    """Return the median time of each function in milliseconds."""
    times = {name: [] for name in functions}
    for _ in range(ROUNDS):
        for name, function in functions.items():
            time.sleep(WARM_UP)
            warm = time.perf_counter() + WARM_UP
            while time.perf_counter() < warm:
                function()
            for _ in range(RUNS):
                start = time.perf_counter()
                function()
                times[name].append(1e3 * (time.perf_counter() - start))
    return {name: np.median(values) for name, values in times.items()}


def memory_share(x, w, y, **settings):
    """Return the peak memory of conv2d beside y, as a share of the im2col buffer of the batch."""
    tracemalloc.start()
    conv2d(x, w, **settings)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (peak - y.nbytes) / (y.nbytes / len(w) * w.size / len(w) * settings["groups"])


def measure(rng, x_shape, w_shape, stride, padding, dilation, groups):
    """Return the ratio of the times of cnnlab to those of each other, and print a line that says all."""
    settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    x, w = (rng.standard_normal(shape, np.float32) for shape in (x_shape, w_shape))
    y = conv2d(x, w, **settings)
    dy = rng.standard_normal(y.shape, np.float32)
    makers = {"torch": torch_there_and_back} if torch else {}
    runs = {name: maker(dy, x, w, *settings.values()) for name, maker in makers.items()}
    if dilation == groups == 1:  # teaching code has no more
        others = {"im2col": im2col_there_and_back, "indexing": indexing_there_and_back}
        runs |= {name: maker(dy, x, w, stride, padding) for name, maker in others.items()}
    times = median_times({"cnnlab": cnnlab_there_and_back(dy, x, w, **settings), **runs})
    ratios = {name: times["cnnlab"] / times[name] for name in runs}
    line = "  ".join(f"{name} {times[name]:6.2f} ms ({ratio:.2f})" for name, ratio in ratios.items())
    said = f"{x_shape!s:18} {w_shape!s:16} {' '.join(f'{name[0]}{value}' for name, value in settings.items())}"
    memory = memory_share(x, w, y, **settings)
    print(f"{said}  cnnlab {times['cnnlab']:6.2f} ms  {line}  memory {memory:.2f} of im2col", flush=True)
    return ratios


def main():
    """Print a line for each shape, then of each set the geometric mean and the greatest of the ratios."""
    rng, means = np.random.default_rng(0), []
    for name, shapes in SETS.items():
        ratios = [measure(rng, *shape) for shape in shapes]
        for other in ratios[0]:
            values = [ratio[other] for ratio in ratios if other in ratio]
            mean = np.exp(np.mean(np.log(values)))
            means.append(f"{name} set, cnnlab / {other}: geometric mean {mean:.2f}, greatest {max(values):.2f}")
    print(f"{THREADS} threads", *means, sep="\n")


if __name__ == "__main__":
    main()
