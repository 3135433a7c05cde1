"""Settings of an explorer: traits that are checked together; what is handed out; undo and reset."""

from __future__ import annotations

import ipywidgets
import numpy as np
import pytest
import traitlets
from explorer_steps import arrays_of, ask, controls_of, move, panels, press, state_of, type_in, updates_of
from explorers import MAKERS, W, X, every_explorer, explore
from numpy.testing import assert_array_equal

from cnnlab.lab import ConvolutionExplorer, PoolingExplorer
from cnnlab.lab.explorers._explorer import MOST_UNDONE

# --- settings -------------------------------------------------------------------------------------------------------


def test_settings_are_observed_and_linked_with_each_other_and_with_sliders_of_ipywidgets():
    first, second, slider, seen = explore(), PoolingExplorer(X, 3), ipywidgets.IntSlider(3, 1, 7), []
    first.observe(lambda change: seen.append((change["old"], change["new"])), names="kernel")
    links = traitlets.link((first, "kernel"), (second, "kernel")), ipywidgets.link((slider, "value"), (first, "kernel"))
    slider.value = 4
    assert (first.kernel, second.kernel, seen) == (4, 4, [(3, 4)])
    move(first, kernel=2)
    assert (slider.value, second.kernel) == (2, 2)
    assert panels(second)["y"].shape == (1, 2, 2)
    for link in links:
        link.unlink()


def test_interactive_output_follows_a_slider_that_is_linked_with_an_explorer(capsys):
    explorer, slider, seen = explore(), ipywidgets.IntSlider(1, 1, 4), []
    ipywidgets.link((explorer, "stride"), (slider, "value"))
    ipywidgets.interactive_output(lambda stride: seen.append(stride), {"stride": slider})
    move(explorer, stride=3)
    assert seen == [1, 3]
    assert isinstance(ipywidgets.VBox([slider, explorer]).children[1], ConvolutionExplorer)


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("kernel", 8, ValueError, r"kernel \(8\) must be at most 7"),
        ("kernel", 0, ValueError, r"kernel \(0\) must be at least 1"),
        ("kernel", 2.0, TypeError, r"kernel \(2.0\) must be an int"),
        ("kernel", True, TypeError, r"kernel \(True\) must be an int"),
        ("size", None, TypeError, r"size \(None\) must be an int"),
        ("turned", 1, TypeError, r"turned \(1\) must be True or False"),
    ],
)
def test_an_illegal_value_is_refused_by_name_and_leaves_all_as_it_was(name, value, error, message):
    explorer = explore()
    before, updates = state_of(explorer), updates_of(explorer)
    with pytest.raises(error, match=message):
        setattr(explorer, name, value)
    assert (state_of(explorer), updates) == (before, [])


@pytest.mark.parametrize("value", ["least", np.array(["max", "mean"]), None, True])
def test_a_choice_is_one_of_its_options(value):
    explorer = PoolingExplorer(X)
    with pytest.raises(ValueError, match=r"op \(.*\) must be one of max, mean"):
        explorer.op = value
    assert explorer.op == "max"


def test_a_setting_that_does_not_go_with_the_others_is_refused_with_the_arithmetic():
    explorer = explore(padding=0)
    before = state_of(explorer)
    with pytest.raises(ValueError, match=r"kernel \(6\) must fit in the padded input \(5 \+ 2\*0 = 5\)"):
        explorer.kernel = 6
    assert state_of(explorer) == before


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"size": 4, "kernel": 6, "padding": 0}, ValueError),
        ({"size": 4, "kernel": "x"}, TypeError),
        ({"size": 4, "turned": 1}, TypeError),
    ],
)
def test_settings_that_are_set_together_and_do_not_fit_are_all_taken_back(settings, error):
    explorer, seen = explore(), []
    before, updates = state_of(explorer), updates_of(explorer)
    explorer.observe(seen.append, names=list(explorer.settings))
    with pytest.raises(error):
        explorer.set_together(settings)
    assert (state_of(explorer), seen, updates) == (before, [], [])
    move(explorer, size=4)


def test_an_error_of_an_observer_reaches_whoever_made_the_change_and_the_explorer_lives_on():
    explorer = explore()

    def broken(change):
        raise traitlets.TraitError("an observer of one's own")

    explorer.observe(broken, names="stride")
    with pytest.raises(traitlets.TraitError, match="one's own"):
        explorer.set_together({"stride": 2, "padding": 2})
    explorer.unobserve(broken, names="stride")
    assert (explorer.stride, explorer.padding) == (2, 2)
    assert panels(explorer)["y"].shape == (1, 4, 4)
    move(explorer, stride=3)


# --- copies ---------------------------------------------------------------------------------------------------------


def test_what_is_handed_out_is_a_copy_and_the_learners_own_arrays_are_never_written():
    x, w, b, dy = X.copy(), W.copy(), np.array([2.0]), np.ones((5, 5))
    explorer = ConvolutionExplorer(x, w, b, gradients=True, padding=1, dy=dy)
    before = state_of(explorer)
    for name in ("x", "w", "b", "y", "dy"):
        getattr(explorer, name)[...] = 77
    explorer.settings.update(kernel=1)
    explorer.now().kernel = 1
    explorer.refresh()
    assert state_of(explorer) == before
    type_in(explorer, ("x", (0, 0, 0), 9), ("w", (0, 0, 0), 9), ("b", (0, 0, 0), 9), ("dy", (0, 0, 0), 9))
    assert_array_equal([x, dy], [X, np.ones((5, 5))])
    assert_array_equal(w, W)
    assert_array_equal(b, [2])
    x[...] = 5
    assert_array_equal(explorer.x[0, 0, 1:], X[1:])


@pytest.mark.parametrize("name", [name for name in MAKERS if name.startswith(("Pool", "Activation", "Chain"))])
def test_scenes_that_are_changed_by_whoever_draws_them_leave_the_arrays_alone(name):
    explorer = MAKERS[name]()
    before = state_of(explorer)
    for scene in explorer._scenes:
        for panel in scene["panels"]:
            panel["values"] = np.zeros_like(panel["values"])
    explorer.refresh()
    assert state_of(explorer) == before


# --- undo and reset -------------------------------------------------------------------------------------------------


def test_undo_takes_edits_back_one_by_one_with_the_settings_that_they_changed():
    explorer = explore()
    states = [arrays_of(explorer)]
    for edit in [("x", (0, 1, 1), 8.0), ("dy", (0, 0, 2), 7.0), ("b", (0, 0, 0), 6.0), ("x", (0, 1, 1), 5.0)]:
        type_in(explorer, edit)
        states.append(arrays_of(explorer))
    for state in reversed(states[:-1]):
        assert explorer.shown["undo"]
        press(explorer, "undo")
        for name, array in arrays_of(explorer).items():
            assert_array_equal(array, state[name])
        assert "note" not in explorer._scenes[0]
    assert not explorer.shown["undo"]
    before = state_of(explorer)
    press(explorer, "undo")
    assert state_of(explorer) == before


def test_undo_takes_the_kernel_by_name_back_of_which_a_number_was_changed():
    explorer = MAKERS["PhotoExplorer of a few cells"]()
    before = explorer.kernel, explorer.w.tolist()
    type_in(explorer, ("w", (0, 0, 0), 8.0))
    assert explorer.kernel == "your own"
    press(explorer, "undo")
    assert (explorer.kernel, explorer.w.tolist()) == before


def test_undo_leaves_sliders_where_they_are_and_reaches_fifty_edits_back():
    explorer = explore()
    for number in range(MOST_UNDONE + 3):
        type_in(explorer, ("x", (0, 0, 0), 100.0 + number))
    explorer.stride = 2
    for _ in range(MOST_UNDONE + 3):
        press(explorer, "undo")
    assert (explorer.x[0, 0, 0, 0], explorer.stride, explorer.shown["undo"]) == (102, 2, False)


@every_explorer
def test_reset_goes_back_to_the_beginning_in_one_update(make):
    explorer, first, rng = make(), state_of(make()), np.random.default_rng(3)
    for _ in range(3):
        for name, control in controls_of(explorer).items():
            values = [value for value, _ in control["options"]] if "options" in control else [control.get("low")]
            ask(explorer, {"set": {name: values[rng.integers(len(values))]}})
        for panel in explorer._scenes[0]["panels"] if explorer._scenes else []:
            type_in(explorer, (panel["name"], (0, 0, 0), 9.0))
    updates = updates_of(explorer)
    explorer.reset()
    assert state_of(explorer) == first
    assert len(updates) <= 1
    ask(explorer, {"press": "reset"})
    assert state_of(explorer) == first
