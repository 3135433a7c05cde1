"""Activation functions and their derivatives."""

from __future__ import annotations

import re
from inspect import signature

import numpy as np
import pytest
import zoo
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnnlab import activations, reference
from cnnlab.activations import ACTIVATIONS, Nonlinearity
from cnnlab.gradcheck import gradient_error, numerical_gradient

NAMES = list(ACTIVATIONS)
NAN, INF = np.nan, np.inf


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture(params=[activations, reference], ids=["vectorised", "loops"])
def module(request):
    """Return the module to test: the loops are held to the same examples."""
    return request.param


def pair(name, module=activations):
    """Return a function and its backward; the reference need not have one that is new."""
    if module is reference and not hasattr(reference, name):
        pytest.skip(f"the reference has no loop of {name}")
    return getattr(module, name), getattr(module, f"{name}_backward")


def exactly(message):
    """Return the pattern that matches this message and nothing longer."""
    return f"^{re.escape(message)}$"


Z = [[-2, -1, 0], [1, 2, 3]]
DA = [[10, 20, 30], [40, 50, 60]]


def test_relu_keeps_what_is_positive_and_lets_the_gradient_through_there(module):
    assert_array_equal(module.relu(Z), [[0, 0, 0], [1, 2, 3]])
    assert_array_equal(module.relu_backward(DA, Z), [[0, 0, 0], [40, 50, 60]])


def test_leaky_relu_scales_what_is_negative_and_the_gradient_there(module):
    assert_array_equal(module.leaky_relu(Z, slope=0.5), [[-1, -0.5, 0], [1, 2, 3]])
    assert_array_equal(module.leaky_relu_backward(DA, Z, slope=0.5), [[5, 10, 15], [40, 50, 60]])
    assert_array_equal(module.leaky_relu([-100.0]), [-1.0])
    assert_array_equal(module.leaky_relu_backward([100.0], [-1.0]), [1.0])


def test_sigmoid_and_tanh_have_their_known_values(module):
    z = np.log([1, 2, 3])
    assert_allclose(module.sigmoid(z), [1 / 2, 2 / 3, 3 / 4], rtol=1e-15)
    assert_allclose(module.sigmoid_backward([36, 36, 32], z), [9, 8, 6], rtol=1e-15)
    assert_allclose(module.tanh(z), [0, 3 / 5, 4 / 5], rtol=1e-15)
    assert_allclose(module.tanh_backward([25, 25, 25], z), [25, 16, 9], rtol=1e-14)


def test_far_from_zero_nothing_overflows(module):
    far = [-INF, -1000, 1000, INF]
    assert_array_equal(module.sigmoid(far), [0, 0, 1, 1])
    assert_array_equal(module.sigmoid_backward([1, 1, 1, 1], far), [0, 0, 0, 0])
    assert_array_equal(module.tanh(far), [-1, -1, 1, 1])
    assert_array_equal(module.tanh_backward([1, 1, 1, 1], far), [0, 0, 0, 0])
    assert_allclose(module.sigmoid([-700.0]), np.exp([-700.0]), rtol=1e-13)


def test_nan_passes_through(name, module):
    f, _ = pair(name, module)
    assert_array_equal(np.isnan(f([NAN, 1.0])), [True, False])


def test_what_is_not_finite_passes_without_a_warning(name, module):
    f, backward = pair(name, module)
    extreme = np.array([NAN, INF, -INF, 1e308, -1e308, 0.0])
    z, da = (cells.ravel() for cells in np.meshgrid(extreme, extreme))
    for dtype in (np.float64, np.float32):
        with np.errstate(over="ignore"):
            low_z, low_da = z.astype(dtype), da.astype(dtype)
        assert f(low_z).shape == backward(low_da, low_z).shape == z.shape  # warnings are errors


def test_a_cell_that_is_off_hides_even_an_infinite_gradient():
    assert_array_equal(activations.relu_backward([INF, INF, NAN], [-1.0, 1.0, -1.0]), [0, INF, 0])


@given(st.lists(st.integers(-20, 20), min_size=1, max_size=12), st.integers(0, 2**32 - 1))
def test_each_equals_its_loop(z, seed):
    z = np.array(z, dtype=float)
    da = np.random.default_rng(seed).standard_normal(z.shape)
    for name in (name for name in NAMES if hasattr(reference, name)):
        (f, backward), (loop, loop_backward) = pair(name), pair(name, reference)
        for settings in ({}, SETTINGS[name]):
            assert_allclose(f(z, **settings), loop(z, **settings), rtol=1e-12, strict=True)
            # 1 - a² has few digits left where a is near 1
            expected = loop_backward(da, z, **settings)
            assert_allclose(backward(da, z, **settings), expected, rtol=1e-9, atol=1e-15, strict=True)


@pytest.mark.parametrize("mistake", zoo.ACTIVATION_BACKWARDS)
def test_every_broken_activation_backward_is_caught(mistake, rng):
    name, broken = mistake.split(":")[0], zoo.ACTIVATION_BACKWARDS[mistake]
    z, da = np.append(rng.standard_normal(30), 0), rng.standard_normal(31)
    expected = pair(name, reference)[1](da, z)
    assert_allclose(pair(name)[1](da, z), expected, rtol=1e-12)
    assert not np.allclose(broken(da, z), expected)


def test_each_backward_equals_central_differences_away_from_the_kink(name, rng):
    f, backward = pair(name)
    z = rng.uniform(0.1, 3, (2, 3, 4, 5)) * rng.choice([-1, 1], (2, 3, 4, 5))
    da = rng.standard_normal(z.shape)
    assert gradient_error(backward(da, z), numerical_gradient(f, z, da)) < 1e-8


def test_leaky_relu_with_another_slope_equals_central_differences(rng):
    z, da = rng.uniform(-3, -0.1, (4, 5)), rng.standard_normal((4, 5))
    numeric = numerical_gradient(lambda z: activations.leaky_relu(z, slope=0.3), z, da)
    assert gradient_error(activations.leaky_relu_backward(da, z, slope=0.3), numeric) < 1e-8


@pytest.mark.parametrize(
    ("given_dtype", "dtype"), [(np.float32, np.float32), (np.float64, np.float64), (np.int8, np.float64)]
)
def test_floats_keep_their_dtype_and_integers_become_float64(name, given_dtype, dtype):
    f, backward = pair(name)
    z = np.array([-2, 0, 3], given_dtype)
    assert f(z).dtype == dtype
    assert backward(z, z).dtype == dtype


def test_a_numpy_slope_does_not_widen_float32():
    z = np.array([-2, 3], np.float32)
    assert activations.leaky_relu(z, slope=np.float64(0.5)).dtype == np.float32
    assert activations.leaky_relu_backward(z, z, slope=np.float64(0.5)).dtype == np.float32


def test_no_argument_is_written_to(name):
    f, backward = pair(name)
    z, da = np.array([-1.0, 2.0]), np.array([3.0, 4.0])
    z.flags.writeable = da.flags.writeable = False
    assert not np.shares_memory(f(z), z)
    assert not np.shares_memory(backward(da, z), da)


def test_a_bad_argument_is_named(name):
    f, backward = pair(name)
    z = np.zeros((2, 3))
    with pytest.raises(TypeError, match=exactly("z (dtype complex128) must be float32, float64 or integer")):
        f(z * 1j)
    with pytest.raises(ValueError, match=exactly("z (shape (0, 3)) must not be empty")):
        f(z[:0])
    with pytest.raises(ValueError, match=exactly("da (shape (3,)) must have shape (2, 3) (the shape of z)")):
        backward(z[0], z)
    with pytest.raises(TypeError, match=exactly("da and z must have one dtype (da float32, z float64)")):
        backward(z.astype(np.float32), z)


# --- the table ----------------------------------------------------------------------------------------------------

SETTINGS = {name: dict.fromkeys(entry.settings, 0.3) for name, entry in ACTIVATIONS.items()}


def test_the_table_holds_every_function_of_the_module():
    assert {"relu", "leaky_relu", "sigmoid", "tanh"} <= set(NAMES)
    assert {name for name in vars(activations) if f"{name}_backward" in vars(activations)} == set(NAMES)


def test_an_entry_is_its_functions(name, rng):
    entry, (f, backward) = ACTIVATIONS[name], pair(name)
    z, da = rng.standard_normal((2, 3, 4))
    for settings in ({}, SETTINGS[name]):
        assert_array_equal(entry.forward(z, **settings), f(z, **settings))
        assert_array_equal(entry.backward(da, z, **settings), backward(da, z, **settings))


def test_the_default_of_a_setting_is_that_of_its_function():
    for name, entry in ACTIVATIONS.items():
        for function in pair(name):
            settings = [given for given in signature(function).parameters.values() if given.kind is given.KEYWORD_ONLY]
            assert {given.name: given.default for given in settings} == entry.settings


def test_an_entry_looks_its_functions_up_when_it_is_used(name, monkeypatch):
    monkeypatch.setattr(activations, name, lambda z, **settings: ("f", z))
    monkeypatch.setattr(activations, f"{name}_backward", lambda da, z, **settings: ("f′", da, z))
    assert ACTIVATIONS[name].forward(3) == ("f", 3)
    assert ACTIVATIONS[name].backward(2, 3) == ("f′", 2, 3)


def test_the_formulas_are_words_with_the_settings_in_them():
    written = {
        "relu": ("f(z) = max(0, z)", "f′(z) = 1 where z > 0, else 0"),
        "leaky_relu": ("f(z) = z where z > 0, else 0.01·z", "f′(z) = 1 where z > 0, else 0.01"),
        "sigmoid": ("f(z) = 1 / (1 + exp(−z))", "f′(z) = f(z) · (1 − f(z))"),
        "tanh": ("f(z) = tanh(z)", "f′(z) = 1 − f(z)²"),
    }
    assert {name: ACTIVATIONS[name].formulas() for name in written} == written
    for entry in ACTIVATIONS.values():
        assert not set("{}") & set("".join(entry.formulas()))
    expected = ("f(z) = z where z > 0, else (−0.5)·z", "f′(z) = 1 where z > 0, else (−0.5)")
    assert ACTIVATIONS["leaky_relu"].formulas(slope=-0.5) == expected


def test_a_setting_that_an_entry_does_not_have_is_refused(name):
    has = ", ".join(SETTINGS[name]) or "it has none"
    with pytest.raises(TypeError, match=exactly(f"share (2) must be a setting of this activation ({has})")):
        ACTIVATIONS[name].formulas(share=2)
    with pytest.raises(ValueError, match=exactly("slope (inf) must be finite")):
        Nonlinearity(None, None, ("", ""), settings={"slope": 1}).check_settings({"slope": INF})


def test_every_entry_has_its_source(name):
    authors = ACTIVATIONS[name].source.split(" (")[0].split(", ")[0].split(" and ")[0]
    assert authors in pair(name)[0].__doc__ + pair(name)[1].__doc__


def test_the_reference_s_own_definitions_do_not_look_at_the_functions(monkeypatch):
    z = np.array([-2.0, 3.0])
    for name in ("relu", "leaky_relu", "sigmoid", "tanh"):
        f, backward = pair(name, reference)
        before = f(z), backward(z, z)
        monkeypatch.setattr(activations, name, None)
        monkeypatch.setattr(activations, f"{name}_backward", None)
        assert_array_equal(f(z), before[0])
        assert_array_equal(backward(z, z), before[1])
