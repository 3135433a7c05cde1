"""OutputSizeExplorer: its sizes are the formula's, its controls bound each other, and nothing reaches an error."""

from __future__ import annotations

import base64
from functools import cache

import pytest
from explorer_steps import ask, controls_of, move, press, state_of, updates_of, words_of
from hypothesis import given
from hypothesis import strategies as st

from cnnlab import output_size, receptive_field, trace_sizes
from cnnlab.geometry import LayerWindow, fits
from cnnlab.lab import OutputSizeExplorer
from cnnlab.lab.explorers.sizes import _LARGEST_SIZE, _LENGTHS, _MOST_LAYERS
from cnnlab.pooling import check_pool

TUTORIAL = [("conv", 5, 2, 1), ("pool", 3, 1, 0), ("conv", 3, 1, 1)]
UNEVEN = [("conv", 7, 2, 3), ("pool", 3, 2, 0)]  # 112, where 109 / 2 leaves 1 over
LAYERS = st.builds(
    LayerWindow,
    st.sampled_from(["conv", "pool"]),
    *(st.integers(*_LENGTHS[name][1:]) for name in ("kernel", "stride", "padding")),
)


def stack_sizes(size, layers, ceil_mode) -> list[int]:
    """Return the sizes through a stack by the formula alone; those up to the first layer that does not fit."""
    sizes = [size]
    for name, kernel, stride, padding in layers:
        settings = {"stride": stride, "padding": padding, "ceil_mode": ceil_mode and name == "pool"}
        if not fits(sizes[-1], kernel, **settings) or (name == "pool" and padding >= kernel):
            break
        sizes.append(output_size(sizes[-1], kernel, **settings))
    return sizes


def stack_fits(size, layers, ceil_mode) -> bool:
    return len(stack_sizes(size, layers, ceil_mode)) > len(layers)


def stack_of(explorer) -> dict:
    """Return what the picture is drawn from."""
    return explorer.shown["parts"][-1]["stack"]


def test_the_tutorials_stack_goes_from_200_to_99_to_97_to_97():
    explorer = OutputSizeExplorer()
    assert explorer.sizes == [200, 99, 97, 97]
    assert explorer.layers == TUTORIAL
    assert explorer.explain() == [layer.explanation for layer in trace_sizes(200, TUTORIAL)]
    assert [part["kind"] for part in explorer.shown["parts"]] == ["head", "row", "row", "row", "row", "sizes"]


def test_each_control_changes_the_sizes_after_it():
    explorer = OutputSizeExplorer()
    move(explorer, size=32)
    assert explorer.sizes == [32, 15, 13, 13]
    ask(explorer, {"set": {"stride.1": 1}})
    assert explorer.sizes == [32, 30, 28, 28]
    ask(explorer, {"set": {"kernel.2": 2}}, {"set": {"padding.2": 1}})
    assert explorer.sizes == stack_of(explorer)["sizes"] == [32, 30, 31, 31]
    explorer.layers = [*explorer.layers[:2], ("pool", 31, 1, 0)]
    assert explorer.sizes == [32, 30, 31, 1]


def test_each_row_shows_its_formula_with_the_numbers_in_it():
    rows = words_of(OutputSizeExplorer(), "row").splitlines()
    assert rows == [
        "out = ⌊(200 − 5 + 2·1) / 2⌋ + 1 = 99",
        "out = ⌊(99 − 3 + 2·0) / 1⌋ + 1 = 97",
        "out = ⌊(97 − 3 + 2·1) / 1⌋ + 1 = 97",
    ]


def test_only_pools_round_up():
    explorer = OutputSizeExplorer(112 * 2, UNEVEN)
    assert explorer.sizes == [224, 112, 55]
    move(explorer, rounding="ceil")
    assert explorer.sizes == [224, 112, 56]
    assert words_of(explorer) == "floor: 224 → 112 → 55\nceil: 224 → 112 → 56"
    ask(explorer, {"set": {"name.2": "conv"}})
    assert explorer.sizes == [224, 112, 55]


@pytest.mark.parametrize(
    ("size", "layers", "words"),
    [
        (200, TUTORIAL, "Here both give the same: no pool gains a window."),
        (200, TUTORIAL[:1], "Here both give the same: no pool gains a window."),
        (3, [("pool", 2, 2, 0), ("conv", 2, 1, 0)], "Rounded down, a later kernel would not fit."),
    ],
)
def test_what_ceil_changes_is_said_in_words(size, layers, words):
    locked = words.startswith("Rounded down")
    explorer = OutputSizeExplorer(size, layers, ceil_mode=locked)
    assert words_of(explorer) == words
    assert controls_of(explorer)["rounding"]["disabled"] is locked


def test_what_would_not_fit_is_not_offered_and_not_taken():
    explorer = OutputSizeExplorer(3, [("pool", 2, 2, 0), ("conv", 2, 1, 0)], ceil_mode=True)
    assert explorer.sizes == [3, 2, 1]
    assert controls_of(explorer)["name.1"]["options"] == [["pool", "pool"]]
    before = state_of(explorer)
    ask(explorer, {"set": {"rounding": "floor"}}, {"set": {"name.1": "conv"}}, {"set": {"size": 2}})
    assert state_of(explorer) == before


def test_a_slider_goes_as_far_as_each_later_layer_allows():
    explorer = OutputSizeExplorer(9, [("conv", 3, 1, 0), ("conv", 7, 1, 0)])
    assert explorer.sizes == [9, 7, 1]
    ends = lambda: [controls_of(explorer)[name][end] for name, end in ENDS]  # noqa: E731
    assert ends() == [9, 3, 1]
    ask(explorer, {"set": {"kernel.2": 4}})
    assert ends() == [6, 6, 2]


ENDS = [("size", "low"), ("kernel.1", "high"), ("stride.1", "high")]


def test_layers_are_added_up_to_eight_and_removed_down_to_one():
    explorer = OutputSizeExplorer(64, [("conv", 3, 1, 1)])
    for _ in range(_MOST_LAYERS):
        press(explorer, "add")
    assert explorer.sizes == [64] * 9
    assert controls_of(explorer)["add"]["disabled"]
    for _ in range(_MOST_LAYERS):
        press(explorer, "drop")
    assert (explorer.layers, controls_of(explorer)["drop"]["disabled"]) == ([("conv", 3, 1, 1)], True)


def test_a_layer_that_is_added_fits_even_on_one_cell():
    explorer = OutputSizeExplorer(1, [("conv", 1, 1, 0)])
    press(explorer, "add")
    assert explorer.layers[-1] == ("conv", 3, 1, 1)
    assert explorer.sizes == [1, 1, 1]


@cache
def explorer_of(number: int) -> OutputSizeExplorer:
    return OutputSizeExplorer(*[(200, TUTORIAL), (224, UNEVEN), (1, TUTORIAL[2:])][number])


def begun(number: int) -> OutputSizeExplorer:
    """Return one of three explorers as it was at first: to make one for each example takes longer than to use it."""
    explorer_of(number).reset()
    return explorer_of(number)


@given(st.data())
def test_no_combination_reaches_an_error(data):
    explorer = begun(data.draw(st.sampled_from(range(3))))
    for _ in range(8):
        name, control = data.draw(st.sampled_from(sorted(controls_of(explorer).items())))
        if control["kind"] == "button":
            press(explorer, name)
        elif "options" in control:
            ask(explorer, {"set": {name: data.draw(st.sampled_from(control["options"]))[0]}})
        else:
            ask(explorer, {"set": {name: data.draw(st.integers(-3, 300))}})
        assert min(explorer.sizes) >= 1
        assert explorer.sizes == stack_sizes(explorer.size, explorer.layers, explorer.rounding == "ceil")
        fields = [[field.size, field.jump, field.start] for field in receptive_field(explorer.layers)]
        layers = [list(layer) for layer in explorer.layers]
        assert stack_of(explorer) == {"sizes": explorer.sizes, "layers": layers, "fields": fields}


@given(size=st.integers(1, 30), layers=st.lists(LAYERS, min_size=1, max_size=3), ceil_mode=st.booleans())
def test_each_value_within_the_bounds_is_legal_and_the_next_is_not(size, layers, ceil_mode):
    if not stack_fits(size, layers, ceil_mode):
        return
    controls = controls_of(OutputSizeExplorer(size, layers, ceil_mode=ceil_mode))
    for index, layer in enumerate(layers):
        for name, (_, low, high) in _LENGTHS.items():
            control = controls[f"{name}.{index + 1}"]
            for value in range(low, high + 1):
                changed = [*layers[:index], layer._replace(**{name: value}), *layers[index + 1 :]]
                assert stack_fits(size, changed, ceil_mode) is (control["low"] <= value <= control["high"])
    least = controls["size"]["low"]
    assert all(stack_fits(value, layers, ceil_mode) is (value >= least) for value in range(1, 60))
    assert controls["size"]["high"] == _LARGEST_SIZE


@given(size=st.integers(1, 20), layer=LAYERS, ceil_mode=st.booleans())
def test_a_pool_fits_just_where_max_pool2d_takes_it(size, layer, ceil_mode):
    name, kernel, stride, padding = pool = layer._replace(name="pool")
    try:
        rows, _ = check_pool((size, size), kernel, stride=stride, padding=padding, ceil_mode=ceil_mode)
    except ValueError:
        with pytest.raises(ValueError, match=rf"layer 1 \({name}\): "):
            OutputSizeExplorer(size, [pool], ceil_mode=ceil_mode)
    else:
        assert OutputSizeExplorer(size, [pool], ceil_mode=ceil_mode).sizes == [size, rows.out]


def test_the_picture_says_the_receptive_fields():
    assert stack_of(OutputSizeExplorer()) == {
        "sizes": [200, 99, 97, 97],
        "layers": [["conv", 5, 2, 1], ["pool", 3, 1, 0], ["conv", 3, 1, 1]],
        "fields": [[5, 2, -1], [9, 2, -1], [13, 2, -3]],
    }


def test_without_a_widget_a_text_and_a_picture_say_the_same():
    bundles = [OutputSizeExplorer()._repr_mimebundle_()[0] for _ in range(2)]
    texts = {bundle["text/plain"] for bundle in bundles}
    assert texts == {"OutputSizeExplorer: 200 → conv 5×5 P1 S2 → 99 → pool 3×3 P0 S1 → 97 → conv 3×3 P1 S1 → 97"}
    assert bundles[0]["image/png"] == bundles[1]["image/png"]
    assert base64.b64decode(bundles[0]["image/png"]).startswith(b"\x89PNG")
    up, down = (OutputSizeExplorer(5, [("pool", 2, 2, 0)], ceil_mode=ceil_mode) for ceil_mode in (True, False))
    assert repr(up) == "OutputSizeExplorer (pools round up): 5 → pool 2×2 P0 S2 → 3"
    assert up.still()["image/png"] != down.still()["image/png"]


def test_a_picture_of_a_field_far_larger_than_the_input_keeps_its_size():
    explorer = OutputSizeExplorer(256, [("conv", 11, 4, 5)] * 8)
    assert len(base64.b64decode(explorer.still()["image/png"])) < 200_000


@pytest.mark.parametrize(
    ("size", "layers", "error", "message"),
    [
        (3, [("conv", 5, 1, 0)], ValueError, r"layer 1 \(conv\): kernel \(5\) must fit in .* \(3 \+ 2\*0 = 3\)"),
        (9, [("conv", 5, 2, 0), ("conv", 5, 1, 0)], ValueError, r"layer 2 \(conv\): kernel \(5\) must fit in the pad"),
        (9, [("pool", 2, 2, 2)], ValueError, r"must leave an input cell in every window"),
        (9, [("dense", 2, 2, 2)], ValueError, r"layer 1 \('dense'\) must be one of conv, pool"),
        (9, ["conv"], ValueError, r"layers \('conv' in it\) must each be \(name, kernel, stride, padding\)"),
        (9, [], ValueError, r"the number of layers \(0\) must be at least 1"),
        (9, TUTORIAL * 3, ValueError, r"the number of layers \(9\) must be at most 8"),
        (9, 7, TypeError, r"layers \(7\) must be a list of \(name, kernel, stride, padding\)"),
        (9, [("conv", 2.5, 1, 0)], TypeError, r"kernel of layer 1 \(2.5\) must be an int"),
        (9, [("conv", (3, 3), 1, 0)], TypeError, r"kernel of layer 1 \(\(3, 3\)\) must be an int"),
        (9, [("conv", 3, 0, 0)], ValueError, r"stride of layer 1 \(0\) must be at least 1"),
        (9, [("conv", 3, 1, "same")], TypeError, r"padding of layer 1 \('same'\) must be an int"),
        (9.0, [("conv", 3, 1, 0)], TypeError, r"size \(9.0\) must be an int"),
        (0, [("conv", 3, 1, 2)], ValueError, r"size \(0\) must be at least 1"),
        (10**30, [("conv", 3, 1, 2)], ValueError, r"size \(1000000000000000000000000000000\) must be at most"),
    ],
)
def test_a_stack_that_does_not_work_is_refused_with_the_arithmetic(size, layers, error, message):
    with pytest.raises(error, match=message):
        OutputSizeExplorer(size, layers)


def test_a_slider_reaches_what_it_was_given_however_far():
    explorer = OutputSizeExplorer(1000, [("conv", 21, 8, 9)])
    assert explorer.sizes == [1000, output_size(1000, 21, stride=8, padding=9)]
    assert controls_of(explorer)["size"]["high"] == 1000
    assert controls_of(explorer)["kernel.1"]["high"] == 21
    assert controls_of(OutputSizeExplorer(2**31 - 2))["size"]["high"] == 2**31 - 2


def test_a_list_of_layers_that_is_handed_out_changes_nothing():
    explorer = OutputSizeExplorer()
    updates = updates_of(explorer)
    explorer.layers.append(("conv", 3, 1, 1))
    explorer.settings["layers"].clear()
    assert (explorer.layers, explorer.sizes, updates) == (TUTORIAL, [200, 99, 97, 97], [])
