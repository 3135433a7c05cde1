"""The inputs of the exercises: small, uneven, with every number once, so that a wrong answer cannot look right.

Each function returns the lists of inputs of one exercise, a list for each layout: first that of the exercise's text,
then others that are as right, such as maps (N, C, H, W) in place of planes. Whole numbers and binary fractions only:
they are exact in float32 too.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from cnnlab.course.exercises import planes
from cnnlab.geometry import output_size

Layout = list[tuple]  # the arguments of each call


def numbers(rng, *shape, whole=True):
    """Return different numbers other than 0, of both signs: int64, or float64 with fractions.

    Examples
    --------
    >>> numbers(np.random.default_rng(0), 2, 2)
    array([[-2,  1],
           [-1,  3]])
    """
    size = int(np.prod(shape))
    chosen = rng.permutation([*range(-size, 0), *range(1, size + 1)])[:size].reshape(shape)
    return chosen if whole else (chosen - 0.25) / 2


def smallest_first(layout: Layout) -> Layout:
    """Return inputs in the order in which a failure is to be shown."""
    return sorted(layout, key=lambda arguments: sum(np.size(a) for a in arguments if isinstance(a, np.ndarray)))


def _pairs(seed, sizes, x_lead=(), w_lead=(), make=None):
    """Return pairs (x, w) of these sizes (H, W, h, w), whole numbers and then fractions."""
    rng = np.random.default_rng(seed)
    layout = []
    for (height, width, rows, columns), whole in product(sizes, (True, False)):
        x = numbers(rng, *x_lead, height, width, whole=whole)
        w = numbers(rng, *w_lead, rows, columns, whole=whole)
        layout.append((x, w) if make is None else make(rng, x, w, whole))
    return smallest_first(layout)


SIZES = ((4, 6, 2, 3), (1, 1, 1, 1), (3, 3, 3, 3), (5, 4, 1, 1), (4, 4, 2, 2), (3, 5, 3, 1), (2, 7, 1, 4), (6, 7, 3, 2))


def conv2d() -> list[Layout]:
    """X and w: planes, or maps of two images, two channels and three filters."""
    return [_pairs(1, SIZES), _pairs(2, SIZES, (2, 2), (3, 2))]


def dx_gather() -> list[Layout]:
    """Dy and w: planes, or maps of two images, three filters and two channels."""
    sizes = ((2, 3, 2, 3), (1, 1, 2, 3), (3, 3, 3, 3), (4, 2, 1, 1), (3, 4, 2, 2), (2, 5, 3, 1), (3, 3, 1, 4))
    return [_pairs(3, sizes), _pairs(4, sizes, (2, 3), (3, 2))]


def conv_transpose2d() -> list[Layout]:
    """x, w and the stride."""
    sizes = ((2, 3, 2, 3), (1, 1, 2, 2), (3, 2, 3, 3), (2, 2, 1, 1), (3, 4, 2, 2))

    def with_strides(layout):
        return [(x, w, stride) for x, w in layout for stride in (1, 2, 3)]

    return [with_strides(_pairs(5, sizes)), with_strides(_pairs(6, sizes, (2, 3), (3, 2)))]


def output_sizes() -> list[Layout]:
    """R, F, P and S, wherever the kernel fits."""
    small = product(range(1, 12), range(1, 6), range(4), range(1, 5))
    known = [(7, 3, 1, 2), (8, 3, 0, 2), (10, 3, 0, 2), (227, 11, 0, 4), (224, 7, 3, 2), (200, 5, 1, 2)]
    return [[*known, *(case for case in small if case[1] <= case[0] + 2 * case[2])]]


def same_padding() -> list[Layout]:
    """F from 1 to 12."""
    return [[(F,) for F in (4, 5, 3, 2, 1, *range(6, 13))]]


def parameters() -> list[Layout]:
    """C, K and F."""
    return [[(3, 8, 5), (1, 6, 3), (2, 3, 1), (3, 2, 3), *product((1, 2, 4), (1, 3, 5), (1, 2, 3)), (64, 128, 3)]]


def conv_layer() -> list[Layout]:
    """X (C, H, W), w (K, C, F, F) and b (K,): more filters than channels, as many, and fewer."""
    layout, rng = [], np.random.default_rng(7)
    for (C, K), whole in product(((2, 3), (2, 2), (1, 2), (3, 1), (3, 3), (1, 1)), (True, False)):
        for height, width, F in ((3, 4, 2), (5, 4, 3), (2, 3, 1)):
            x, w = numbers(rng, C, height, width, whole=whole), numbers(rng, K, C, F, F, whole=whole)
            layout.append((x, w, numbers(rng, K, whole=whole) * 3))
    return [smallest_first(layout)]


def _pooled(seed, lead, settings):
    rng = np.random.default_rng(seed)
    layout = []
    for (height, width, *rest), whole in product(settings, (True, False)):
        x = numbers(rng, *lead, height, width, whole=whole)
        tied = rng.integers(-3, 0, size=x.shape)
        layout += [(x, *rest), (-abs(x), *rest), (tied * (1 if whole else 0.5), *rest)]
    layout.append((-(10**10) * abs(layout[0][0]), *layout[0][1:]))  # below any number that would stand for −∞
    return smallest_first(layout)


def max_pool() -> list[Layout]:
    """x, F, S and P: of both signs, all negative, and with many ties."""
    settings = (4, 5, 3, 2, 1), (4, 4, 2, 2, 0), (5, 4, 2, 1, 0), (3, 6, 2, 2, 1), (5, 7, 3, 3, 0), (2, 3, 1, 1, 0)
    return [_pooled(8, (), settings), _pooled(9, (2, 2), settings)]


def mean_pool() -> list[Layout]:
    """x, F and S."""
    settings = (4, 4, 2, 2), (4, 6, 2, 1), (5, 7, 3, 2), (2, 3, 1, 1), (5, 6, 2, 3), (6, 3, 3, 3)
    return [_pooled(10, (), settings), _pooled(11, (2, 2), settings)]


def relu_backward() -> list[Layout]:
    """Da and z, with zeros in both, of several shapes."""
    rng, layout = np.random.default_rng(12), []
    for shape, whole in product(((5,), (3, 4), (1, 1), (2, 2, 3, 2)), (True, False)):
        da, z = numbers(rng, *shape, whole=whole), numbers(rng, *shape, whole=whole)
        z[rng.random(shape) < 0.2] = 0
        z.flat[-1] = 0
        layout.append((da, z))
    layout.append((np.array([1.0, 2.0, 3.0, 4.0]), np.array([-1e-6, 1e-6, -0.0, 1e6])))
    return [smallest_first(layout)]


def loss_backward() -> list[Layout]:
    """Scores (N, K), some of them extreme, and labels (N,)."""
    rng, layout = np.random.default_rng(13), []
    for N, K in ((3, 4), (1, 3), (2, 2), (4, 3), (5, 6)):
        logits, labels = numbers(rng, N, K, whole=False) / 4, rng.integers(K, size=N)
        layout.append((logits, labels))
        extreme = logits.copy()
        extreme[0, -1], extreme[-1, 0] = 1000.0, -1000.0
        layout += [(extreme, labels), (logits - 1200.0, labels)]
    return [smallest_first(layout)]


def conv2d_backward() -> list[Layout]:
    """dy, x, w, stride and padding: leftovers, kernels that are not square, as many filters as channels."""
    rng, layout = np.random.default_rng(14), []
    settings = ((6, 6, 3, 3, 2, 1), (4, 4, 2, 2, 1, 0), (5, 4, 2, 3, 1, 1), (6, 5, 3, 2, 2, 0), (4, 5, 1, 1, 2, 0))
    settings += ((5, 5, 3, 3, 1, 2), (7, 8, 3, 3, 3, 1))
    for (H, W, h, w, S, P), (C, F), whole in product(settings, ((2, 3), (2, 2), (1, 1)), (True, False)):
        outputs = output_size(H, h, stride=S, padding=P), output_size(W, w, stride=S, padding=P)
        N = 2 if C > 1 else 1
        shapes = (N, F, *outputs), (N, C, H, W), (F, C, h, w)
        layout.append((*(numbers(rng, *shape, whole=whole) for shape in shapes), S, P))
    return [smallest_first(layout)]


def max_pool_backward() -> list[Layout]:
    """dy, winners and the shape of x: windows side by side, overlapping, and with a leftover."""
    settings = (4, 5, 3, 2, 1), (4, 4, 2, 2, 0), (5, 4, 2, 1, 0), (3, 6, 2, 2, 1), (5, 7, 3, 1, 0), (2, 3, 1, 1, 0)

    def layout(lead):
        rng, made = np.random.default_rng(15), []
        for x, F, S, P in _pooled(16, lead, settings):
            y, winners = planes.max_pool(x, kernel=F, stride=S, padding=P)
            made.append((numbers(rng, *y.shape, whole=x.dtype.kind == "i"), winners, x.shape))
        return made

    return [layout((2, 3)), layout(())]


def mean_pool_backward() -> list[Layout]:
    """dy, the shape of x, F and S: with a leftover, and overlapping."""
    settings = (5, 5, 2, 2), (5, 5, 3, 1), (4, 6, 2, 2), (5, 7, 3, 2), (3, 4, 2, 1), (2, 3, 1, 1), (6, 7, 2, 3)

    def layout(lead):
        rng = np.random.default_rng(17)
        made = []
        for H, W, F, S in settings:
            outputs = output_size(H, F, stride=S), output_size(W, F, stride=S)
            made.append((numbers(rng, *lead, *outputs) * 1.0, (*lead, H, W), F, S))
        return smallest_first(made)

    return [layout((2, 3)), layout(())]


def _chains(seed, make):
    """Return the layouts of a chain: maps and planes, each with kernels that keep the size, then without padding."""
    layouts = []
    for padding, lead in product((1, 0), ((1, 1), ())):
        rng = np.random.default_rng(seed)
        layouts.append([make(rng, H, W, padding, lead) for H, W in ((8, 8), (8, 10), (10, 8), (9, 11), (12, 8))])
    return layouts


def chain_backward() -> list[Layout]:
    """x, both kernels, and the error at the top."""

    def make(rng, H, W, padding, lead):
        top = [(n - 2 + 2 * padding) // 2 - 2 + 2 * padding for n in (H, W)]
        x = numbers(rng, *lead, H, W, whole=False) / (H * W)
        kernels = (numbers(rng, *lead, 3, 3, whole=False) / 4 for _ in range(2))
        return x, *kernels, numbers(rng, *lead, *top, whole=False)

    return _chains(18, make)


def chain2_backward() -> list[Layout]:
    """x, the kernel, and the error at the upper pool."""

    def make(rng, H, W, padding, lead):
        top = [(n // 2 - 2 + 2 * padding) // 2 for n in (H, W)]
        x = numbers(rng, *lead, H, W, whole=False) / (H * W)
        return x, numbers(rng, *lead, 3, 3, whole=False) / 4, numbers(rng, *lead, *top, whole=False)

    return _chains(19, make)


def gradient_check() -> list[Layout]:
    """f, x, dy and the step: curved functions, whole numbers in x, a result of another shape."""
    rng, layout = np.random.default_rng(20), []
    functions = (
        (np.square, (3,)),
        (np.square, (2, 3)),
        (lambda x: x**3, (2,)),  # here the central difference depends on the step
        (lambda x: x * x[::-1] + x, (4,)),
        (lambda x: np.array([(x**2).sum(), x[0] * x[-1]]), (3,)),
        (lambda x: x[..., :-1] * x[..., 1:], (2, 4)),
    )
    for (f, shape), (whole, step) in product(functions, ((False, 0.25), (False, 1e-3), (True, 0.5), (True, 1e-3))):
        x = numbers(rng, *shape, whole=whole)
        layout.append((f, x, numbers(rng, *np.shape(f(x * 1.0)), whole=False), step))
    return [smallest_first(layout)]


def sgd_step() -> list[Layout]:
    """params, grads, velocity, rate and momentum: in dicts by name, in lists, and as single arrays."""
    rng, dicts = np.random.default_rng(21), []
    for rate, momentum in product((0.5, 0.1), (0.0, 0.5, 0.9)):
        params = {"0.w": numbers(rng, 2, 3, whole=False), "0.b": numbers(rng, 3, whole=False)}
        grads = {name: numbers(rng, *param.shape, whole=False) for name, param in params.items()}
        dicts.append((params, grads, {name: np.zeros_like(param) for name, param in params.items()}, rate, momentum))
    lists = [(*(list(part.values()) for part in case[:3]), *case[3:]) for case in dicts]
    return [dicts, lists, [(*(part[0] for part in case[:3]), *case[3:]) for case in lists]]


def epoch() -> list[Layout]:
    """The number of images, the batch size, and the seed of rng."""
    return [[(17, 5, 0), (20, 6, 1), (24, 8, 2), (23, 4, 3)]]
