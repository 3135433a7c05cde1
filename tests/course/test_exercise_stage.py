"""The stage of an exercise: a learner's function on it, with its numbers and its wires beside the right ones."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from explorer_steps import controls_of, move, panels, press, type_in
from numpy.testing import assert_allclose, assert_array_equal
from scene_schema import check_scene

from cnnlab.course.bugs import BUGS
from cnnlab.course.exercises import EXERCISES, Exercise
from cnnlab.lab.scenes.reading import sentence_of, strip_of

DRAWN = {name: exercise for name, exercise in EXERCISES.items() if exercise.wires}


@cache
def mistaken(name, mistake):
    return EXERCISES[name].explore(EXERCISES[name].mistakes[mistake])


def some_of(name):
    """Return mistakes of an exercise; of many a third."""
    mistakes = list(DRAWN[name].mistakes)
    return mistakes[:: 3 if len(mistakes) > 12 else 1]


def flipped(x, w):
    return EXERCISES["conv2d"].sample(x, w[::-1, ::-1])


def sums_in(scene, state):
    """Return what the wires of a result add up to, without those of one state."""
    shown = {panel["name"]: panel for panel in scene["panels"]}
    y = shown[scene["steps"]]
    total = np.zeros(y["values"].shape)
    added = [(y["sum"]["adds"], y["sum"]["adds"], "one")] if "adds" in y["sum"] else []
    for name, *factors in [(y["sum"]["wires"], y["sum"]["a"], y["sum"]["b"]), *added]:
        wires = scene["wires"][name]
        for k, weight in enumerate(wires["weight"]):
            for factor in factors:
                if factor != "one":
                    weight *= shown[factor]["values"][tuple(wires["cells"][shown[factor]["end"]][k])]
            total[tuple(wires["cells"]["output"][k])] += weight * (wires["state"][k] != state)
    return y, total


def results_of(explorer):
    """Yield each result's name and scene."""
    for result in explorer.exercise.wires:
        explorer.result = result
        yield result, *explorer._scenes


@pytest.mark.parametrize("name", DRAWN)
def test_a_right_function_has_all_its_wires_and_shows_its_own_numbers(name):
    for function in (DRAWN[name].right, DRAWN[name].sample):
        explorer = DRAWN[name].explore(function)
        assert (explorer.missing, explorer.extra) == ([], [])
        arguments = explorer.arguments_of(explorer.now())
        if np.ndim(next(iter(arguments.values()))) == 2 and name in ("max_pool_backward", "mean_pool_backward"):
            function = DRAWN[name].right  # the sample is for maps
        given = function(*arguments.values())
        found = dict(zip(DRAWN[name].results, given if len(DRAWN[name].results) > 1 else [given], strict=True))
        for result, scene in results_of(explorer):
            check_scene(scene)
            y, total = sums_in(scene, "missing")
            assert not scene["held"]
            assert set(scene["wires"][result]["state"]) == {"both"}
            assert_allclose(y["values"].ravel(), found[result].ravel(), rtol=1e-12)
            assert_allclose(total, y["values"], atol=1e-9)
            assert "right" not in y["sum"]
            assert sentence_of(scene, scene["first"]).endswith(" is right.")


@pytest.mark.parametrize("name", DRAWN)
def test_the_sums_of_a_wrong_function_are_its_own_and_the_right_ones_stand_below(name):
    drawn = 0
    for mistake in some_of(name):
        explorer = mistaken(name, mistake)
        seen = explorer.seen
        if seen.said:
            assert [["wrong", seen.said]] in explorer.shown["parts"][0]["lines"], mistake
            continue
        for result, scene in results_of(explorer):
            check_scene(scene)
            y = next(panel for panel in scene["panels"] if panel["name"] == result)
            assert_array_equal(y["values"].ravel(), seen.got[result].ravel())
            if "right" in y.get("sum", {}):
                drawn += 1
                near = {"rtol": 0, "atol": 1e-4 * np.abs(y["values"]).max(), "err_msg": mistake}
                assert_allclose(sums_in(scene, "extra")[1], y["sum"]["right"], **near)
                if name == "max_pool":  # what it picks is not always what it gives
                    assert y["sum"]["opening"] == "picks "
                else:
                    assert_allclose(sums_in(scene, "missing")[1], y["values"], **near)
                assert scene["held"]
                assert sentence_of(scene, scene["first"]) == seen.told[result][seen.held[1]] or result != seen.held[0]
    assert drawn, name


def test_a_flipped_kernel_has_128_wires_missing_and_128_too_many():
    explorer = EXERCISES["conv2d"].explore(flipped)
    move(explorer, size=6)
    assert (len(explorer.missing), len(explorer.extra)) == (128, 128)
    assert ((0, 0), (0, 0), (2, 2)) in explorer.extra
    assert ((0, 0), (0, 0), (0, 0)) in explorer.missing
    (scene,) = explorer._scenes
    assert [scene["wires"]["y"]["state"].count(kind) for kind in ("both", "missing", "extra")] == [16, 128, 128]
    assert repr(explorer) == (
        "ExerciseExplorer: flipped in place of conv2d, 16 of 144 wires are right, 128 missing, 128 too many"
    )


def test_the_first_wrong_cell_is_held_and_its_sentence_said():
    explorer = mistaken("conv2d", "kernel transposed")
    (scene,) = explorer._scenes
    assert (scene["first"], scene["held"]) == ({"panel": "y", "cell": [0, 0, 0]}, True)
    assert sentence_of(scene, scene["first"]) == "y[0, 0] reads x[0, 1] through w[1, 0]; right is w[0, 1]."


def test_the_strip_of_a_still_is_the_function_s_own():
    (scene,) = mistaken("conv2d", "flipped kernel")._scenes
    strip, shown = strip_of(scene, scene["first"]), {panel["name"]: panel["values"][0] for panel in scene["panels"]}
    products = zip(shown["x"].ravel().astype(int), shown["w"][::-1, ::-1].ravel().astype(int), strict=True)
    wanted = [f"{x}·{w}" if w >= 0 else f"{x}·({w})" for x, w in products]
    assert [term.replace("−", "-") for term in strip.terms] == wanted


@pytest.mark.parametrize("name", DRAWN)
def test_it_opens_at_the_smallest_input_that_the_function_is_wrong_on(name):
    for mistake in some_of(name)[:4]:
        explorer, smallest = mistaken(name, mistake), DRAWN[name].check(DRAWN[name].mistakes[mistake]).input
        for given, wanted in zip(explorer.arguments_of(explorer.now()).values(), smallest, strict=True):
            assert_array_equal(given, wanted)
            assert np.asarray(given).dtype == np.asarray(wanted).dtype


def test_it_opens_on_the_first_result_that_is_wrong():
    assert EXERCISES["conv2d_backward"].explore(BUGS["dw turned"]).result == "dw"
    assert EXERCISES["conv2d_backward"].explore(BUGS["db averaged"]).result == "db"


def test_every_setting_of_the_signature_has_a_slider_and_no_other():
    of_windows = {"size", "kernel"}
    wanted = {
        **dict.fromkeys(("conv2d", "conv_layer", "dx_gather"), of_windows),
        **dict.fromkeys(("mean_pool", "mean_pool_backward", "conv_transpose2d"), of_windows | {"stride"}),
        **dict.fromkeys(("max_pool", "conv2d_backward"), of_windows | {"stride", "padding"}),
        **dict.fromkeys(("chain_backward", "chain2_backward"), of_windows - {"kernel"}),
        **dict.fromkeys(("max_pool_backward", "relu_backward"), of_windows - of_windows),
    }
    for name, exercise in DRAWN.items():
        head = exercise.explore(exercise.sample).shown["parts"][0]
        assert {control["name"] for control in head["controls"]} == wanted[name], name


@pytest.mark.parametrize("name", [name for name in DRAWN if name not in ("relu_backward", "max_pool_backward")])
def test_the_function_is_right_at_every_end_of_every_slider(name):
    explorer = DRAWN[name].explore(DRAWN[name].sample)
    for setting in [control["name"] for control in explorer.shown["parts"][0]["controls"]]:
        for at in (0, 1):
            explorer.reset()
            end = controls_of(explorer)[setting][("low", "high")[at]]
            move(explorer, **{setting: end})
            seen = explorer.seen
            assert (seen.said, seen.held) == ("", None), (setting, end)
            check_scene(explorer._scenes[0])


def test_where_the_function_gives_no_numbers_its_line_stands_in_their_place_and_the_sliders_stay():
    def odd(x, w):
        if x.shape[-2] == 5:
            raise KeyError(x.ndim)
        return EXERCISES["conv2d"].sample(x, w) if x.shape[-2] > 5 else np.zeros(3)

    explorer = EXERCISES["conv2d"].explore(odd)
    assert [part["kind"] for part in explorer.shown["parts"]] == ["head"]
    assert explorer.shown["parts"][0]["lines"][-1] == [["wrong", "y has shape (3,); (1, 1) is expected."]]
    move(explorer, size=5)
    assert explorer.shown["parts"][0]["lines"][-2:] == [
        [["wrong", "It raised KeyError: 2."]],
        [["", "raise KeyError(x.ndim)"]],
    ]
    assert (explorer.missing, explorer.extra) == ([], [])
    assert repr(explorer) == "ExerciseExplorer: odd in place of conv2d, It raised KeyError: 2."
    assert explorer.still()["image/png"]
    move(explorer, size=6)
    assert [part["kind"] for part in explorer.shown["parts"]] == ["head", "stage"]
    assert explorer.missing == []


def test_a_function_that_never_ends_is_said_to_be_so():
    def endless(x, w):
        while True:
            pass

    assert "stopped after 2 seconds" in repr(EXERCISES["conv2d"].explore(endless))


def test_a_number_that_is_typed_goes_through_the_function():
    explorer = EXERCISES["conv2d"].explore(flipped)
    before = panels(explorer)
    assert explorer.arrays["x"].dtype.kind == "i"
    type_in(explorer, ("x", (0, 0, 1), 2.5))
    after = panels(explorer)
    assert after["x"][0, 0, 1] == 2.5
    assert_allclose(after["y"][0], flipped(after["x"][0], after["w"][0]))
    press(explorer, "undo")
    assert_array_equal(panels(explorer)["y"], before["y"])
    assert explorer.arrays["x"].dtype.kind == "i"


def test_a_failed_verdict_offers_the_stage_in_a_line_to_copy():
    verdict = EXERCISES["conv2d"].check(flipped)
    assert verdict.offer == "exercises.conv2d.explore(flipped)"
    assert verdict.offer in repr(verdict)
    assert f"<code>{verdict.offer}</code>" in verdict._repr_html_()
    assert EXERCISES["conv2d"].check(lambda x, w: x).offer == "exercises.conv2d.explore(my_conv2d)"
    assert "explore" not in repr(EXERCISES["conv2d"].check(EXERCISES["conv2d"].sample))
    assert EXERCISES["output_size"].check(lambda R, F, P, S: 0).offer == ""


def test_what_has_no_stage_says_so():
    with pytest.raises(ValueError, match=r"explore must be asked of an exercise with wires \(output_size has none"):
        EXERCISES["output_size"].explore(lambda R, F, P, S: 0)
    with pytest.raises(TypeError, match=r"function \(3\) must be a function, as in explore\(my_conv2d\)"):
        EXERCISES["conv2d"].explore(3)


def test_what_will_not_say_its_name_is_shown_all_the_same():
    class Silent:
        def __getattr__(self, name):
            raise RuntimeError(name)

        def __call__(self, x, w):
            return flipped(x, w)

    assert EXERCISES["conv2d"].check(Silent()).offer == "exercises.conv2d.explore(my_conv2d)"
    assert "your function in place of conv2d, 1 of 9 wires is right" in repr(EXERCISES["conv2d"].explore(Silent()))


def test_beyond_most_calls_numbers_are_shown_without_wires_and_it_is_said(monkeypatch):
    monkeypatch.setattr("cnnlab.lab.scenes._own.MOST_CALLS", 40)
    exercise = EXERCISES["conv_layer"]
    explorer = exercise.explore(exercise.sample)
    move(explorer, size=8, kernel=5)
    (scene,) = explorer._scenes
    check_scene(scene)
    assert scene["wires"] == {}
    assert "".join(text for _, text in explorer.shown["parts"][0]["note"]).endswith(
        "No wires by x and w: to find them takes too many calls."
    )
    assert_allclose(panels(explorer)["y"], exercise.sample(*explorer.arguments_of(explorer.now()).values()))
    assert strip_of(scene, scene["first"]).terms == []


def test_an_exercise_of_ones_own_on_rows_of_numbers_has_a_stage_without_sliders_of_their_length():
    def my_valid(x, w):
        return np.correlate(x, w)

    row = Exercise(my_valid, "y", inputs=lambda: [(np.array([1, 2, 4, 3]), np.array([5, 7]))], wires={"y": ("x", "w")})
    explorer = row.explore(lambda x, w: np.convolve(x, w, "valid"))
    assert repr(explorer) == (
        "ExerciseExplorer: your function in place of valid, 0 of 6 wires are right, 6 missing, 6 too many"
    )
    assert "size" in explorer.absent
