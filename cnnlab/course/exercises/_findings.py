"""Findings about wrong answers beyond the known mistakes; each sentence is checked against all inputs."""

from collections import Counter
from itertools import combinations, permutations

import numpy as np

from cnnlab.course.exercises._compare import equal


def order_of_results(columns):
    """Return a sentence if all results are right but in a different order.

    Examples
    --------
    >>> a, b = np.array(1), np.array(2)
    >>> order_of_results({"dx": ([b], [a]), "dw": ([a], [b])})
    {'results in another order': 'The results are right, but in another order: dw, dx.'}
    """
    for order in list(permutations(columns))[1:]:
        if all(all(map(equal, got, columns[name][1])) for (got, _), name in zip(columns.values(), order, strict=True)):
            said = f"The results are right, but in another order: {', '.join(order)}."
            return {"results in another order": said}
    return {}


def cut_off(result, got, wanted, names, inputs):
    """Return a sentence if the fractions of a result are truncated, and whose dtype is the cause.

    Examples
    --------
    >>> inputs, wanted = [(np.array([1, 2]),), (np.array([0.5]),)], [np.array([0.5, 1.0]), np.array([0.25])]
    >>> cut_off("y", [np.array([0, 1]), np.array([0.25])], wanted, ["x"], inputs)
    {'cut to the dtype of x': 'y has the dtype of x: where x holds whole numbers, fractions are cut off.'}
    """
    wrong = [(part, right) for part, right in zip(got, wanted, strict=True) if not equal(part, right)]
    if any(part.dtype.kind == "f" or equal(right, np.trunc(right)) for part, right in wrong):
        return {}
    for name, values in zip(names, zip(*inputs, strict=True), strict=True):
        if all(getattr(value, "dtype", None) == part.dtype for value, part in zip(values, got, strict=True)):
            said = f"{result} has the dtype of {name}: where {name} holds whole numbers, fractions are cut off."
            return {f"cut to the dtype of {name}": said}
    if any(part.dtype.kind == "f" for part in got):
        return {}
    return {"whole numbers only": f"{result} holds whole numbers alone: fractions are cut off."}


def shared(names, inputs, wrong):
    """Return the fact common to all wrong inputs and fewest right ones; empty if all inputs are wrong, or none.

    Examples
    --------
    >>> shared(["F", "S"], [(2, 1), (2, 2), (3, 3)], [False, True, True])
    ' Every wrong input has S > 1.'
    """
    bad, good = Counter(), Counter()
    for values, is_wrong in zip(inputs, wrong, strict=True):
        (bad if is_wrong else good).update(_facts(dict(zip(names, values, strict=True))))
    common = [fact for fact, count in bad.items() if count == sum(wrong)]
    best = min(common, key=good.__getitem__, default="")
    return f" Every wrong input has {best}." if best and good[best] < len(wrong) - sum(wrong) else ""


def _facts(given):
    """Yield facts about an input: first about its settings, then about its arrays."""
    settings = {name: value for name, value in given.items() if isinstance(value, int)}
    shapes = {name: value if isinstance(value, tuple) else np.shape(value) for name, value in given.items()}
    axes = {f"{name}.shape[{axis}]": length for name, shape in shapes.items() for axis, length in enumerate(shape)}
    sides = [[f"{name}.shape[{len(shape) - back}]" for back in (2, 1)] for name, shape in shapes.items() if shape[1:]]
    for name, value in settings.items():
        yield from (f"{name} > {bound}" for bound in (1, 0) if value > bound)
        yield from (f"{name} = {value}", f"an {'odd' if value % 2 else 'even'} {name}")
    for one, other in (*combinations(settings, 2), *sides):
        sign = np.sign((settings | axes)[one] - (settings | axes)[other])
        yield from (f"{one} {'=><'[sign]} {other}", f"{one} {'≠' if sign else '='} {other}")
    yield from (f"{axis} > 1" for axis, length in axes.items() if length > 1)
    for name, value in given.items():
        if isinstance(value, np.ndarray):
            yield f"{name}.ndim = {value.ndim}"
            yield f"{'whole numbers' if value.dtype.kind == 'i' else 'fractions'} in {name}"
            yield f"{'a number above' if value.max() > 0 else 'no number above'} 0 in {name}"
