"""NetworkExplorer without a browser: its maps, what a unit sees, and how it was made."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from explorer_steps import ask, controls_of, move, panels, pick, press, updates_of, words_of
from explorers import DIGITS
from numpy.testing import assert_allclose, assert_array_equal

from cnnlab import (
    Conv2D,
    Dense,
    Flatten,
    LeakyReLU,
    MaxPool2D,
    MeanPool2D,
    ReLU,
    Sequential,
    Tanh,
    softmax_cross_entropy,
    trained_network,
)
from cnnlab.lab import NetworkExplorer
from cnnlab.lab.scenes.reading import panel_of
from cnnlab.training import evaluate


@pytest.fixture
def explorer() -> NetworkExplorer:
    return NetworkExplorer(trained_network(), DIGITS.x_test, DIGITS.y_test)


def sees(explorer, panel, cell) -> np.ndarray:
    """Return which cells of the image are framed for a unit."""
    seen, (_, row, column) = np.zeros((28, 28), bool), cell
    sides = panel_of(explorer._scenes[0], panel)["sees"]
    rows, columns = (
        slice(sides[a][at], sides[b][at] + 1) for a, b, at in (("top", "bottom", row), ("left", "right", column))
    )
    seen[rows, columns] = True
    return seen


def test_the_trained_network_answers_the_held_out_digits():
    _, accuracy = evaluate(trained_network(), DIGITS.x_test, DIGITS.y_test)
    assert accuracy >= 0.97


def test_the_maps_are_those_of_the_layers(explorer):
    move(explorer, image=7)
    model, image = trained_network(), DIGITS.x_test[7:8]
    outputs = [image, *model.outputs(image)]
    shown = panels(explorer)
    assert list(shown) == [*(f"h{k}" for k in range(9)), "p", "w1", "b1", "w4", "b4", "w8", "b8"]
    for k, values in enumerate(outputs):
        assert_array_equal(shown[f"h{k}"].ravel(), values.ravel())
    assert_allclose(shown["p"].ravel(), softmax_cross_entropy(outputs[-1], np.array([0]))[1][0])
    assert f"answer {outputs[-1].argmax()}" in repr(explorer)
    assert_array_equal(explorer.result.probabilities, softmax_cross_entropy(outputs[-1], np.array([0]))[1])


def test_the_errors_are_the_gradients_of_the_loss_for_the_class_chosen(explorer, rng):
    assert not any(name.startswith("g") for name in panels(explorer))
    assert "target" not in controls_of(explorer)
    move(explorer, backward=True)
    move(explorer, target=5)
    image, step, nudges = rng.random((1, 1, 28, 28)), 1e-6, np.eye(784).reshape(784, 1, 28, 28)  # a pixel each
    explorer.show(image)  # on paper all pixels are equal, and the winners of pooling tie
    shares = [
        softmax_cross_entropy(trained_network().forward(image + sign * step * nudges), np.full(784, 5))[1]
        for sign in (1, -1)
    ]
    numeric = (np.log(shares[1][:, 5]) - np.log(shares[0][:, 5])) / (2 * step)
    kinks = 1e-4
    assert_allclose(panels(explorer)["g0"].ravel(), numeric, atol=kinks)
    with_target = panels(explorer)["g8"]
    move(explorer, target=-1)
    assert (panels(explorer)["g8"] != with_target).any()


@pytest.mark.parametrize(
    ("panel", "cell", "rows", "columns"),
    [
        ("h1", (2, 0, 0), slice(0, 2), slice(0, 2)),
        ("h1", (2, 3, 5), slice(2, 5), slice(4, 7)),
        ("h3", (0, 1, 13), slice(1, 5), slice(25, 28)),
        ("h4", (5, 1, 2), slice(0, 7), slice(1, 9)),
        ("h7", (5, 1, 2), slice(1, 11), slice(5, 15)),
        ("h8", (4, 0, 0), slice(0, 28), slice(0, 28)),
    ],
)
def test_what_a_unit_sees_is_framed_in_the_image(explorer, panel, cell, rows, columns):
    seen = np.zeros((28, 28), bool)
    seen[rows, columns] = True
    assert_array_equal(sees(explorer, panel, cell), seen)


def test_changing_what_a_unit_does_not_see_does_not_change_it(explorer, rng):
    seen, image = sees(explorer, "h4", (5, 1, 2)), DIGITS.x_test[:1]
    other = np.where(seen, image, rng.random((1, 1, 28, 28)))
    model = trained_network()
    assert_array_equal(model.outputs(other)[3][0, 5, 1, 2], model.outputs(image)[3][0, 5, 1, 2])
    assert (model.outputs(other)[3] != model.outputs(image)[3]).any()


def check_opened(explorer) -> int:
    """Return how many of some cells of each panel open a picture, which shows the number that was clicked."""
    opened = 0
    for panel, values in panels(explorer).items():
        for cell in list(np.ndindex(values.shape))[:: max(1, values.size // 9)]:
            pick(explorer, panel, *cell)
            scene = explorer._scenes[0]
            if "pick" not in scene and panel != "p":
                at = scene["first"]
                shown = panel_of(scene, at["panel"])["values"][tuple(at["cell"])]
                assert shown == pytest.approx(values[cell], rel=1e-9, abs=1e-12), (panel, cell)
                opened += 1
            press(explorer, "whole")
    return opened


def test_a_click_opens_how_the_map_was_made_and_a_button_leads_back(explorer):
    move(explorer, backward=True)
    assert check_opened(explorer) > 100
    pick(explorer, "h4", 5, 1, 2)
    assert [panel["name"] for panel in explorer._scenes[0]["panels"]] == ["h0", "x", "w", "y", "b", "parts"]
    assert panels(explorer)["parts"].shape == (8, 14, 14)
    assert_allclose(panels(explorer)["parts"].sum(axis=0) + panels(explorer)["b"].item(), panels(explorer)["y"][0])
    move(explorer, image=4)
    assert explorer.opened == ("h4", [5, 1, 2])
    pick(explorer, "x", 0, 0, 0)  # nothing more is opened from there
    assert explorer.opened == ("h4", [5, 1, 2])
    press(explorer, "whole")
    assert explorer._scenes[0]["first"] == {"panel": "h1", "cell": [0, 14, 14]}
    pick(explorer, "g3", 5, 1, 2)
    assert panels(explorer)["parts"].shape == (12, 14, 14)
    move(explorer, backward=False)
    assert "h8" in panels(explorer)
    pick(explorer, "p", 0, 7, 0)
    assert_allclose(panels(explorer)["e"].ravel(), np.exp(explorer.result.maps[-1][0]))
    press(explorer, "reset")
    assert explorer.opened is None


def test_an_image_is_chosen_by_its_picture_and_a_drawing_is_among_them(explorer):
    images = controls_of(explorer)["image"]
    assert [label for _, label in images["options"]] == [f"image {number}" for number, _ in images["options"]]
    assert [DIGITS.y_test[number] for number, _ in images["options"]] == list(range(10))
    assert len(set(images["pictures"])) == 10
    move(explorer, image=7)
    assert [7, "image 7"] in controls_of(explorer)["image"]["options"]
    explorer.show(np.ones((1, 1, 28, 28)))
    assert controls_of(explorer)["image"]["options"][0] == [-1, "a drawing"]
    move(explorer, image=3)
    move(explorer, image=-1)
    assert "your drawing" in words_of(explorer)
    explorer.show(None)
    assert explorer.image == 3
    with pytest.raises(ValueError, match="image"):
        explorer.image = -1


def test_an_image_is_shown_by_few_calls(explorer):
    calls, numbers = 0, list(explorer.thumbs)

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event == "call"

    ask(explorer, *({"set": {"image": number}} for number in numbers[:2]))
    before = sys.getprofile()
    sys.setprofile(count)
    ask(explorer, {"set": {"image": numbers[2]}})
    sys.setprofile(before)
    assert calls <= 1250  # 1,181 now, with the message; 3,268 while the scene was made anew for each image


def test_a_drawing_takes_the_place_of_the_image_until_another_is_chosen(explorer):
    updates = updates_of(explorer)
    explorer.show(np.ones((1, 1, 28, 28), np.float32))
    assert_array_equal(panels(explorer)["h0"], np.ones((1, 28, 28)))
    assert "a drawing" in repr(explorer)
    assert "label" not in words_of(explorer)
    explorer.image = 1
    assert_array_equal(panels(explorer)["h0"], DIGITS.x_test[1])
    assert len(updates) == 2
    explorer.show(np.ones((1, 1, 28, 28)))
    press(explorer, "reset")
    assert_array_equal(panels(explorer)["h0"], DIGITS.x_test[0])


def test_a_drawing_goes_through_a_network_of_single_precision(rng):
    model, images = Sequential(Flatten(), Dense(784, 10, rng=rng)), DIGITS.x_test[:2].astype(np.float32)
    model.layers[1].params = {name: param.astype(np.float32) for name, param in model.params.items()}
    model.layers[1].params = {name.split(".")[1]: param for name, param in model.layers[1].params.items()}
    explorer = NetworkExplorer(model, images)
    explorer.show(np.ones((1, 1, 28, 28)))
    assert "a drawing" in repr(explorer)


def test_it_says_what_it_answers_and_what_is_right(explorer):
    assert words_of(explorer).splitlines()[0].startswith("It says 3, ")
    assert words_of(explorer).splitlines()[0].endswith(" % sure. The label is 3.  image 0 of 600")
    answers = trained_network().forward(DIGITS.x_test).argmax(axis=1)
    missed = np.flatnonzero(answers != DIGITS.y_test)
    for image in (*missed, missed[0]):
        press(explorer, "wrong")
        assert explorer.image == image
        assert repr(explorer).endswith(f"answer {answers[image]} (it is {DIGITS.y_test[image]})")
    explorer.show(np.ones((1, 1, 28, 28)))
    move(explorer, image=int(missed[-1]))
    press(explorer, "wrong")
    assert explorer.image == missed[0]


def test_where_nothing_is_wrong_the_image_stays_and_without_labels_there_is_no_such_button():
    model = trained_network()
    answers = model.forward(DIGITS.x_test[:5]).argmax(axis=1)
    explorer = NetworkExplorer(model, DIGITS.x_test[:5], answers)
    explorer.show(np.zeros((1, 1, 28, 28)))
    press(explorer, "wrong")
    assert explorer.image == 0
    assert_array_equal(panels(explorer)["h0"], DIGITS.x_test[0])
    plain = NetworkExplorer(model, DIGITS.x_test[:5])
    assert "wrong" not in controls_of(plain)
    ask(plain, {"press": "wrong"})
    assert plain.image == 0


def test_an_image_of_another_size_is_an_error(explorer):
    with pytest.raises(ValueError, match=r"image \(shape \(1, 1, 9, 9\)\) must have shape \(1, 1, 28, 28\)"):
        explorer.show(np.ones((1, 1, 9, 9)))


def test_every_kind_of_layer_opens_on_the_number_that_it_made(rng):
    layers = (
        *(Conv2D(2, 4, 3, padding=1, groups=2, rng=rng), LeakyReLU(slope=0.5), MaxPool2D(3, stride=2, padding=1)),
        *(Conv2D(4, 2, 3, stride=2, padding=1, rng=rng), Tanh()),
        *(MeanPool2D(3, stride=2, padding=1, count_include_pad=False), MeanPool2D(2, stride=2, ceil_mode=True)),
        *(Flatten(), Dense(2, 5, rng=rng), ReLU(), Dense(5, 3, rng=rng)),
    )
    explorer = NetworkExplorer(Sequential(*layers), rng.normal(size=(1, 2, 10, 10)))
    explorer.backward = True
    assert check_opened(explorer) > 50


def test_a_network_begins_in_the_middle_of_its_first_layer(rng):
    explorer = NetworkExplorer(Sequential(Flatten(), Dense(784, 10, rng=rng)), DIGITS.x_test)
    assert explorer._scenes[0]["first"] == {"panel": "h1", "cell": [0, 14, 14]}


def test_drawing_leaves_the_learners_model_as_it_is(rng):
    model = Sequential(Flatten(), Dense(784, 10, rng=rng))
    model.forward(DIGITS.x_test[:3])
    NetworkExplorer(model, DIGITS.x_test)
    assert model.backward(np.ones((3, 10))).shape == (3, 1, 28, 28)


def test_labels_are_checked_before_anything_is_shown():
    with pytest.raises((TypeError, ValueError), match="labels"):
        NetworkExplorer(trained_network(), DIGITS.x_test, ["<img src=x>"] * 600)


def test_images_take_the_dtype_of_the_weights(rng):
    layer = Dense(784, 10, rng=rng)
    layer.params = {name: values.astype(np.float32) for name, values in layer.params.items()}
    explorer = NetworkExplorer(Sequential(Flatten(), layer), DIGITS.x_test)
    assert_array_equal(explorer.images, DIGITS.x_test.astype(np.float32), strict=True)


def test_what_a_padded_cell_sees_is_that_of_the_nearest_cell_of_the_map(rng):
    layers = Conv2D(1, 2, 3, padding=1, rng=rng), ReLU(), MaxPool2D(3, stride=2, padding=1), Flatten()
    explorer = NetworkExplorer(Sequential(*layers, Dense(32, 3, rng=rng)), rng.random((1, 1, 8, 8)))
    explorer.backward = True
    pick(explorer, "g2", 0, 7, 7)
    opened = explorer._scenes[0]
    drawn = panel_of(opened, opened["first"]["panel"])
    assert drawn["shape"] == [10, 10]  # with its padding
    assert drawn["sees"]["top"] == [0, 0, 0, 1, 2, 3, 4, 5, 6, 6]
    assert drawn["sees"]["right"] == [1, 1, 2, 3, 4, 5, 6, 7, 7, 7]
    explorer.hold(drawn["name"], [0, 9, 9])
    explorer.picture().png()
