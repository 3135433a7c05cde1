"""OutputSizeExplorer: its sizes are the formula's, its controls bound each other, and nothing reaches an error."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlab import output_size, receptive_field, trace_sizes
from cnnlab.widgets.sizes import MOST_LAYERS, RANGES, OutputSizeExplorer
from cnnlab.widgets.stack import Layer, fields_html, planes_html, stack_fits, stack_sizes
from cnnlab.wiring import check_pool

TUTORIAL = [("conv", 5, 2, 1), ("pool", 3, 1, 0), ("conv", 3, 1, 1)]
UNEVEN = [("conv", 7, 2, 3), ("pool", 3, 2, 0)]  # 112, where 109 / 2 leaves 1 over
LAYERS = st.builds(
    Layer, st.sampled_from(["conv", "pool"]), *(st.integers(*RANGES[name]) for name in ("kernel", "stride", "padding"))
)


def sliders(explorer):
    """Return every slider, R first."""
    return [explorer.slider, *(slider for row in explorer.stack.children for slider in row.sliders.values())]


def test_the_tutorials_stack_goes_from_200_to_99_to_97_to_97():
    explorer = OutputSizeExplorer()
    assert explorer.sizes == [200, 99, 97, 97]
    assert explorer.layers == TUTORIAL
    assert explorer.explain() == [layer.explanation for layer in trace_sizes(200, TUTORIAL)]


def test_each_control_changes_the_sizes_after_it():
    explorer = OutputSizeExplorer()
    first, second, _ = explorer.stack.children
    explorer.slider.value = 32
    assert explorer.sizes == [32, 15, 13, 13]
    first.sliders["stride"].value = 1
    assert explorer.sizes == [32, 30, 28, 28]
    second.sliders["kernel"].value = 2
    second.sliders["padding"].value = 1
    assert explorer.sizes == [32, 30, 31, 31]
    assert re.findall(r"<b>(\d+)</b>", explorer.picture.value) == ["32", "30", "31", "31"]


def test_each_row_shows_its_formula_with_the_numbers_in_it():
    row = OutputSizeExplorer().stack.children[0]
    assert '<mn class="cnnlab-R">200</mn>' in row.formula.value
    assert '<mn class="cnnlab-S">2</mn>' in row.formula.value
    assert "197 / 2 leaves 1 over" in row.formula.value
    assert row.number.value == "<b>1</b>"


def test_only_pools_round_up():
    explorer = OutputSizeExplorer(112 * 2, UNEVEN)
    assert explorer.sizes == [224, 112, 55]
    explorer.rounding.value = "ceil"
    assert explorer.sizes == [224, 112, 56]
    assert explorer.comparison.value == "floor: 224 → 112 → 55<br>ceil: 224 → 112 → 56"
    explorer.stack.children[1].kind.value = "conv"
    assert explorer.sizes == [224, 112, 55]


@pytest.mark.parametrize(
    ("size", "layers", "words"),
    [
        (200, TUTORIAL, "Here both give the same"),
        (200, TUTORIAL[:1], "there is no pool here"),
        (3, [("pool", 2, 2, 0), ("conv", 2, 1, 0)], "Locked"),
    ],
)
def test_what_ceil_changes_is_said_in_words(size, layers, words):
    fits_in_floor = words != "Locked"
    explorer = OutputSizeExplorer(size, layers, ceil_mode=not fits_in_floor)
    assert words in explorer.comparison.value
    assert explorer.rounding.disabled is not fits_in_floor


def test_a_click_that_was_under_way_when_its_switch_was_locked_goes_back():
    explorer = OutputSizeExplorer(3, [("pool", 2, 2, 0), ("conv", 2, 1, 0)], ceil_mode=True)
    pool, _ = explorer.stack.children
    assert (explorer.sizes, explorer.rounding.disabled, pool.kind.disabled) == ([3, 2, 1], True, True)
    explorer.rounding.value = "floor"
    pool.kind.value = "conv"
    assert (explorer.sizes, explorer.rounding.value, pool.kind.value) == ([3, 2, 1], "ceil", "pool")


def test_a_slider_goes_as_far_as_each_later_layer_allows():
    explorer = OutputSizeExplorer(9, [("conv", 3, 1, 0), ("conv", 7, 1, 0)])
    first, second = explorer.stack.children
    assert explorer.sizes == [9, 7, 1]
    assert (explorer.slider.min, first.sliders["kernel"].max, first.sliders["stride"].max) == (9, 3, 1)
    second.sliders["kernel"].value = 4
    assert (explorer.slider.min, first.sliders["kernel"].max, first.sliders["stride"].max) == (6, 6, 2)


def test_a_number_beyond_a_bound_is_taken_as_the_bound():
    explorer = OutputSizeExplorer(9, [("conv", 3, 1, 0)])
    explorer.stack.children[0].sliders["kernel"].value = 400
    assert explorer.sizes == [9, 1]


def test_layers_are_added_up_to_eight_and_removed_down_to_one():
    explorer = OutputSizeExplorer(64, [("conv", 3, 1, 1)])
    for _ in range(MOST_LAYERS):
        explorer.add.click()
    assert explorer.sizes == [64, 64, 32, 32, 16, 16, 8, 8, 4]
    assert explorer.add.disabled
    for _ in range(MOST_LAYERS):
        explorer.remove.click()
    assert (explorer.layers, explorer.remove.disabled) == ([("conv", 3, 1, 1)], True)


def test_a_layer_that_is_added_fits_even_on_one_cell():
    explorer = OutputSizeExplorer(1, [("conv", 1, 1, 0)])
    explorer.add.click()
    assert explorer.layers[-1] == ("conv", 3, 1, 1)
    assert explorer.sizes == [1, 1, 1]


@given(st.data())
def test_no_combination_reaches_an_error(data):
    explorer = OutputSizeExplorer(*data.draw(st.sampled_from([(200, TUTORIAL), (224, UNEVEN), (1, TUTORIAL[2:])])))
    for _ in range(8):
        switches = [explorer.rounding, *(row.kind for row in explorer.stack.children)]
        control = data.draw(st.sampled_from([*sliders(explorer), *switches, explorer.add, explorer.remove]))
        if control in (explorer.add, explorer.remove):
            control.click()
        elif control in switches:
            control.value = data.draw(st.sampled_from(control.options))
        else:
            control.value = data.draw(st.integers(-3, 300))
        assert min(explorer.sizes) >= 1
        assert explorer.sizes == stack_sizes(explorer.slider.value, explorer.layers, explorer.ceil_mode)
        stack = explorer.sizes, explorer.layers, receptive_field(explorer.layers)
        assert explorer.picture.value == planes_html(*stack) + fields_html(*stack)


@given(size=st.integers(1, 30), layers=st.lists(LAYERS, min_size=1, max_size=3), ceil_mode=st.booleans())
def test_each_value_within_the_bounds_is_legal_and_the_next_is_not(size, layers, ceil_mode):
    if not stack_fits(size, layers, ceil_mode):
        return
    explorer = OutputSizeExplorer(size, layers, ceil_mode=ceil_mode)
    for index, row in enumerate(explorer.stack.children):
        for name, slider in row.sliders.items():
            for value in row.ranges[name]:
                changed = [*layers[:index], layers[index]._replace(**{name: value}), *layers[index + 1 :]]
                assert stack_fits(size, changed, ceil_mode) is (slider.min <= value <= slider.max)
    assert all(stack_fits(value, layers, ceil_mode) is (value >= explorer.slider.min) for value in range(1, 60))


@given(size=st.integers(1, 20), layer=LAYERS, ceil_mode=st.booleans())
def test_a_pool_fits_just_where_max_pool2d_takes_it(size, layer, ceil_mode):
    pool = layer._replace(kind="pool")
    try:
        rows, _ = check_pool((size, size), **pool.settings(ceil_mode))
    except ValueError:
        assert not stack_fits(size, [pool], ceil_mode)
    else:
        assert stack_fits(size, [pool], ceil_mode)
        assert stack_sizes(size, [pool], ceil_mode) == [size, rows.out]


def test_the_picture_says_the_receptive_fields():
    explorer = OutputSizeExplorer()
    cells = re.findall(r"<td>(.*?)</td>", explorer.picture.value)
    assert cells == ["99", "5", "2", "−1", "97", "9", "2", "−1", "97", "13", "2", "−3"]
    labels = re.findall(r"<span style=.*?>(.*?)</span>", explorer.picture.value)
    assert labels == ["3", "2", "1"]


def test_layers_that_see_the_same_share_one_label_and_crowded_labels_are_left_out():
    same = [Layer("conv", 5, 1, 2), Layer("conv", 1, 1, 0)]
    assert re.findall(r"<span style=.*?>(.*?)</span>", fields_html([9, 9, 9], same, receptive_field(same))) == ["1, 2"]
    deep = [Layer("conv", 11, 4, 5)] * 8
    html = fields_html(stack_sizes(256, deep, False), deep, receptive_field(deep))
    assert "8" in re.findall(r"<span style=.*?>(.*?)</span>", html)


def test_without_a_widget_a_text_and_a_picture_say_the_same():
    bundles = [OutputSizeExplorer()._repr_mimebundle_() for _ in range(2)]
    texts = {bundle["text/plain"] for bundle in bundles}
    assert texts == {"OutputSizeExplorer: 200 → conv 5×5 P1 S2 → 99 → pool 3×3 P0 S1 → 97 → conv 3×3 P1 S1 → 97"}
    assert bundles[0]["image/png"] == bundles[1]["image/png"]
    assert base64.b64decode(bundles[0]["image/png"]).startswith(b"\x89PNG")
    assert "application/vnd.jupyter.widget-view+json" in bundles[0]
    up = OutputSizeExplorer(5, [("pool", 2, 2, 0)], ceil_mode=True)
    assert repr(up) == "OutputSizeExplorer (pools round up): 5 → pool 2×2 P0 S2 → 3"
    assert up.still()["image/png"] != OutputSizeExplorer(5, [("pool", 2, 2, 0)]).still()["image/png"]


def test_a_picture_of_a_field_far_larger_than_the_input_keeps_its_size():
    explorer = OutputSizeExplorer(256, [("conv", 11, 4, 5)] * 8)
    assert len(base64.b64decode(explorer.still()["image/png"])) < 200_000


@pytest.mark.parametrize(
    ("size", "layers", "error", "message"),
    [
        (3, [("conv", 5, 1, 0)], ValueError, r"kernel \(5\) must fit in the padded input \(3 \+ 2\*0 = 3\)"),
        (9, [("conv", 5, 2, 0), ("conv", 5, 1, 0)], ValueError, r"kernel \(5\) must fit in the padded input \(3 "),
        (9, [("pool", 2, 2, 2)], ValueError, r"must leave an input cell in every window"),
        (9, [("dense", 2, 2, 2)], ValueError, r"layer 1 \(\('dense', 2, 2, 2\)\) must be \(kind, kernel, stride, "),
        (9, ["conv"], ValueError, r"layer 1 \('conv'\) must be"),
        (9, [], ValueError, r"layers \(\[\]\) must hold at least one layer"),
        (9, [("conv", 2.5, 1, 0)], TypeError, r"kernel \(2.5\) must be an int"),
        (9, [("conv", (3, 3), 1, 0)], TypeError, r"kernel \(\(3, 3\)\) must be an int"),
        (9, [("conv", 3, 0, 0)], ValueError, r"stride \(0\) must be at least 1"),
        (9.0, [("conv", 3, 1, 0)], TypeError, r"must be an int"),
        (0, [("conv", 3, 1, 2)], ValueError, r"must be at least 1"),
    ],
)
def test_a_stack_that_does_not_work_is_refused_with_the_arithmetic(size, layers, error, message):
    with pytest.raises(error, match=message):
        OutputSizeExplorer(size, layers)


def test_a_slider_reaches_what_it_was_given():
    explorer = OutputSizeExplorer(1000, [("conv", 21, 8, 9)])
    assert explorer.sizes == [1000, output_size(1000, 21, stride=8, padding=9)]
