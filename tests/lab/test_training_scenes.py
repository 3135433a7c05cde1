"""What a training shows of itself: the curves, δ, the confusion matrix, the worst answers, the maps, the picture."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from training_steps import DIGITS, FEW, explore, heading, losses, panels, said, values

from cnnlab import losses as loss_functions
from cnnlab import softmax_cross_entropy, softmax_cross_entropy_backward
from cnnlab.lab.explorers.training import _MAPS, TrainingExplorer
from cnnlab.lab.scenes._training import MOST_PICTURES, running_mean, summary_scene, worst_panel
from cnnlab.lab.training import LAYER_NAMES, Plan, Run, SmallNetwork
from cnnlab.network import Sequential

# --- the summary ----------------------------------------------------------------------------------------------------


def test_the_summary_shows_the_state_after_the_last_step():
    explorer = explore()
    explorer.run(10)
    shown = panels(explorer)
    loss, probabilities = softmax_cross_entropy(explorer.model.forward(FEW.x_test), FEW.y_test)
    answers = probabilities.argmax(axis=1)
    expected = [[np.sum((FEW.y_test == row) & (answers == column)) for column in range(10)] for row in range(10)]
    assert_array_equal(shown["confusion"]["values"], [expected])
    (train, held_out), (trained, tested) = (shown[name]["chart"]["lines"] for name in ("loss", "accuracy"))
    assert_array_equal(train["x"], np.arange(1, 11))
    assert_allclose(train["y"], running_mean(losses(explorer)))
    assert_allclose(trained["y"], 100 * running_mean([record.accuracy for record in explorer.records]))
    assert (held_out["x"][-1], held_out["y"][-1], tested["y"][-1]) == (10, loss, 100 * explorer.accuracy)
    assert explorer.shown["parts"][1]["progress"] == [10, 18]


def test_the_held_out_curve_is_that_of_the_model_after_each_of_its_steps():
    watched, explorer = explore(), explore()
    watched.run()
    _, held_out = panels(watched)["loss"]["chart"]["lines"]
    assert_array_equal(held_out["x"], [0, 1, 2, 4, 5, 7, 8, 11, 13, 16, 18])  # 18 · (k / 12)², rounded up
    for step, loss in zip(held_out["x"].astype(int), held_out["y"], strict=True):
        explorer.run(step - len(explorer.records))
        assert loss == softmax_cross_entropy(explorer.model.forward(FEW.x_test), FEW.y_test)[0]


def test_a_long_training_is_drawn_with_few_points_and_a_running_mean_of_20_steps():
    explorer = explore(batch_size=1, epochs=5)
    explorer.run()
    train, held_out = panels(explorer)["loss"]["chart"]["lines"]
    assert len(train["x"]) == 240 <= 400
    assert (train["x"][-1], held_out["x"][-1], len(held_out["x"])) == (480, 480, 13)
    assert_allclose(train["y"][-1], np.mean(losses(explorer)[-20:]))


def test_before_the_first_step_no_curve_and_no_delta_is_claimed():
    shown = panels(explore())
    assert [len(line["y"]) for line in shown["accuracy"]["chart"]["lines"]] == [0, 1]
    assert (shown["deltas"]["texts"], shown["deltas"]["lengths"]) == (["", "", ""], [0.0, 0.0, 0.0])


def test_delta_is_the_mean_size_of_the_gradient_of_one_images_loss_by_a_layers_output(rng):
    model = SmallNetwork((1, 6, 6), (3, 2), 4, rng=rng)
    x, y = rng.normal(size=(5, 1, 6, 6)), rng.integers(4, size=5)
    _, probabilities = softmax_cross_entropy(model.forward(x), y)
    dscores = softmax_cross_entropy_backward(probabilities, y)
    dx = model.backward(dscores)
    assert_array_equal(dx, Sequential(*model.layers).backward(dscores))
    expected = {"dense": dscores}
    for name, place in (("convolution 1", 0), ("convolution 2", 3)):
        expected[name] = Sequential(*model.layers[place + 1 :]).backward(dscores)
    assert {name: np.abs(dy * 5).mean() for name, dy in expected.items()} == pytest.approx(model.deltas)


def test_the_bars_of_delta_are_the_mean_of_the_last_20_steps():
    run = Run(FEW, Plan((2, 4), 0.03, 4, epochs=1, seed=0))
    steps = []
    while run.advance():
        steps.append(run.model.deltas)
    shown = summary_scene(run)["panels"][3]
    expected = [np.mean([step[name] for step in [*steps, run.model.deltas][-20:]]) for name in shown["captions"]]
    assert shown["captions"] == ["convolution 1", "convolution 2", "dense"]
    assert_allclose(shown["values"].ravel(), expected)
    assert_allclose(shown["lengths"], 1 + np.log10(expected) / 6)


def test_the_worst_answers_come_first_those_that_are_wrong_before_those_that_are_right(rng):
    probabilities, images = rng.dirichlet(np.ones(3), size=60), rng.normal(size=(60, 1, 2, 2))
    probabilities[0] = 0.48, 0.52, 0  # a wrong answer, less sure than many right ones
    second, answers = probabilities.argsort(axis=1).T[1:]
    right = np.arange(60) % 12 > 0
    labels = np.where(right, answers, second)
    of_labels = probabilities[np.arange(60), labels]
    shown = worst_panel(images, labels, probabilities)
    order = sorted(range(60), key=lambda k: (right[k], of_labels[k]))[:MOST_PICTURES]
    assert_array_equal(shown["values"], images[order, 0])
    read = [caption.split("\n")[0] for caption in shown["captions"]]
    assert read == [f"{labels[k]} read as {answers[k]}" for k in order]
    assert shown["title"] == "5 of 60 wrong"


def test_the_misses_are_marked_off_the_diagonal():
    explorer = explore()
    shown = panels(explorer)["confusion"]
    misses = [[0, *place] for place, count in np.ndenumerate(shown["values"][0]) if count and place[0] != place[1]]
    assert shown["marks"]["miss"] == misses != []


def test_the_pictures_break_with_the_functions(monkeypatch):
    before = explore()
    monkeypatch.setattr(loss_functions, "softmax_cross_entropy", lambda scores, labels: (7.0, np.eye(10)[labels]))
    after = explore()
    for name in ("confusion", "p"):
        assert not np.array_equal(values(before)[name], values(after)[name])
    assert panels(after)["loss"]["chart"]["lines"][1]["y"].tolist() == [7.0]


def test_weights_near_to_overflow_are_shown_without_a_warning():
    explorer = explore()
    for param in explorer._run.model.params.values():
        param[...] = 1e200
    explorer._run._evaluated = None
    explorer.refresh()
    assert panels(explorer)["loss"]["chart"]["y"][1] > 0
    assert said(explorer) == "Ready: press start. step 0 of 18"


# --- the maps -------------------------------------------------------------------------------------------------------


def test_looking_back_shows_the_weights_and_maps_of_an_earlier_epoch():
    first, explorer = explore(), explore()
    first.run(6)
    explorer.run(15)
    explorer.maps = "convolution 1"
    for epoch, model in ((0, explore().model), (1, first.model), (4, explorer.model), (3, explorer.model)):
        explorer.look_back = epoch
        shown = values(explorer)
        assert_array_equal(shown["w"], model.params["0.w"][:, 0])
        assert_array_equal(shown["maps"], model.layers[0].forward(FEW.x_test[:1])[0])
    assert "After step 15: " in heading(explorer)  # epoch 3 is still to come
    assert_array_equal(shown["w0"], explore().model.params["0.w"][:, 0])


def test_the_slider_that_looks_back_says_where_it_is():
    explorer = explore()
    texts = []
    for epoch in range(5):
        explorer.look_back = epoch
        (slider,) = (each for each in explorer.shown["parts"][3]["controls"] if each["name"] == "look_back")
        texts.append(slider["text"])
    assert texts == ["before", "epoch 1", "epoch 2", "epoch 3", "now"]
    assert (slider["low"], slider["high"]) == (0, 4)


def test_the_maps_are_those_of_the_chosen_image_and_layer():
    explorer = explore()
    explorer.image = 9
    for name in _MAPS:
        explorer.maps = name
        outputs = explorer.model.outputs(FEW.x_test[9:10])
        assert_array_equal(values(explorer)["maps"], outputs[LAYER_NAMES.index(name)][0])
        assert panels(explorer)["maps"]["symbol"] == name
    assert_array_equal(values(explorer)["x"], FEW.x_test[9])
    assert f"image 9 shows {FEW.y_test[9]}, answer" in heading(explorer)


def test_kernels_before_and_now_have_one_scale():
    explorer = explore(learning_rate=0.1)
    explorer.run()
    shown = panels(explorer)
    largest = max(np.abs(shown[name]["values"]).max() for name in ("w0", "w"))
    assert shown["w0"]["limit"] == shown["w"]["limit"] == largest


def test_training_goes_on_as_if_nobody_had_looked():
    watched, alone = explore(), explore()
    for k in range(18):
        watched.run(1)
        watched.image = k
        watched.look_back = k % 5
    alone.run()
    assert losses(watched) == losses(alone)


def test_colour_images_of_another_size_can_be_trained_on(rng):
    x, y = rng.normal(size=(20, 3, 7, 6)).astype(np.float32), np.arange(20) % 3
    explorer = TrainingExplorer(x, y, x, y, filters=(3, 5), epochs=2, batch_size=8)
    explorer.run()
    assert (len(explorer.records), values(explorer)["confusion"].shape) == (6, (1, 3, 3))
    assert values(explorer)["w"].shape == (9, 3, 3)
    assert set(explorer._repr_mimebundle_()[0]) >= {"image/png", "text/plain"}


def test_the_output_holds_a_text_without_times_and_a_picture_that_is_the_same_each_time():
    first, second = explore(), explore()
    first.run(7)
    second.run(7)
    (bundle, _), (again, _) = first._repr_mimebundle_(), second._repr_mimebundle_()
    assert bundle["text/plain"] == "TrainingExplorer: 2 and 4 filters, batch size 16, seed 0, step 7 of 18"
    assert bundle["image/png"] == again["image/png"]
    second.run(1)
    assert second._repr_mimebundle_()[0]["image/png"] != bundle["image/png"]


def test_all_digits_fit_the_scene_that_the_notebook_shows():
    scene = summary_scene(Run(DIGITS, Plan((8, 16), 0.03, 16, epochs=10, seed=0)))
    assert [panel["planes"] for panel in scene["panels"]] == [[1, 1], [1, 1], [1, 1], [1, 1], [1, 3]]
