"""What a training shows of itself: the curves, δ, the confusion matrix, the worst answers, the maps, the picture."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from training_steps import FEW, explore, losses, panels

from cnnlab import softmax_cross_entropy, softmax_cross_entropy_backward
from cnnlab.network import Sequential
from cnnlab.widgets.curves import most_wrong, running_mean
from cnnlab.widgets.run import SmallNetwork
from cnnlab.widgets.training import TrainingExplorer


def test_the_summary_shows_the_state_after_the_last_step():
    explorer = explore()
    explorer.run(10)
    summary = explorer.curves.summary
    loss, probabilities = softmax_cross_entropy(explorer.model.forward(FEW.x_test), FEW.y_test)
    answers = probabilities.argmax(axis=1)
    expected = [[np.sum((FEW.y_test == row) & (answers == column)) for column in range(10)] for row in range(10)]
    assert_array_equal(summary["confusion"], expected)
    (train, held_out), (trained, tested) = (chart["lines"] for chart in summary["charts"])
    assert_array_equal(train["x"], np.arange(1, 11))
    assert_array_equal(held_out["x"], np.arange(11))
    assert_allclose(train["y"], running_mean(losses(explorer)))
    assert_allclose(trained["y"], 100 * running_mean([record.accuracy for record in explorer.records]))
    assert (held_out["y"][-1], tested["y"][-1]) == (loss, 100 * explorer.accuracy)
    assert 'value="10"' in explorer.meter.value


def test_a_long_training_is_drawn_with_few_points_and_a_running_mean_of_20_steps():
    explorer = explore(batch_size=1, epochs=5)
    explorer.run()
    train, held_out = explorer.curves.summary["charts"][0]["lines"]
    assert len(train["x"]) == 240 <= 400
    assert (train["x"][-1], held_out["x"][-1], len(held_out["x"])) == (480, 480, 61)
    assert_allclose(train["y"][-1], np.mean(losses(explorer)[-20:]))


def test_delta_is_the_mean_size_of_the_gradient_of_one_images_loss_by_a_layers_output(rng):
    model = SmallNetwork((1, 6, 6), (3, 2), 4, rng=rng)
    x, y = rng.normal(size=(5, 1, 6, 6)), rng.integers(4, size=5)
    _, probabilities = softmax_cross_entropy(model.forward(x), y)
    dscores = softmax_cross_entropy_backward(probabilities, y)
    model.backward(dscores)
    expected = {"dense": dscores}
    for name, place in (("convolution 1", 0), ("convolution 2", 2)):
        expected[name] = Sequential(*model.layers[place + 1 :]).backward(dscores)
    assert {name: np.abs(dy * 5).mean() for name, dy in expected.items()} == pytest.approx(model.deltas)


def test_the_worst_answers_come_first_and_are_those_that_are_wrong(rng):
    probabilities = rng.dirichlet(np.ones(3), size=40)
    labels, images = rng.integers(3, size=40), rng.normal(size=(40, 1, 2, 2))
    wrong = most_wrong(images, labels, probabilities)
    answers = probabilities.argmax(axis=1)
    order = sorted(np.flatnonzero(answers != labels), key=lambda k: probabilities[k, labels[k]])[:8]
    assert_array_equal(wrong["images"], images[order, 0])
    assert (wrong["labels"], wrong["answers"]) == (labels[order].tolist(), answers[order].tolist())
    assert wrong["count"] == (answers != labels).sum()


def test_looking_back_shows_the_weights_and_maps_of_an_earlier_epoch():
    explorer, first = explore(), explore()
    first.run(6)
    explorer.run(15)
    look_back, maps = explorer.controls["look_back"], explorer.controls["maps"]
    maps.value = "convolution 1"
    for epoch, model in ((0, explore().model), (1, first.model), (look_back.max, explorer.model), (3, explorer.model)):
        look_back.value = epoch
        shown = panels(explorer)
        assert_array_equal(shown["w"], model.params["0.w"][:, 0])
        assert_array_equal(shown["maps"], model.layers[0].forward(FEW.x_test[:1])[0])
    assert "now, after step 15" in explorer.stage.scene["heading"]  # epoch 3 is still to come
    assert_array_equal(shown["w0"], explore().model.params["0.w"][:, 0])


def test_the_maps_are_those_of_the_chosen_image_and_layer():
    explorer = explore()
    explorer.controls["image"].value = 9
    for place, name in enumerate(explorer.controls["maps"].options):
        explorer.controls["maps"].value = name
        assert_array_equal(panels(explorer)["maps"], explorer.model.outputs(FEW.x_test[9:10])[place][0])
    assert_array_equal(panels(explorer)["x"], FEW.x_test[9])
    assert f"held-out image 9 is a {FEW.y_test[9]}" in explorer.stage.scene["heading"]


def test_training_goes_on_as_if_nobody_had_looked():
    watched, alone = explore(), explore()
    for k in range(18):
        watched.run(1)
        watched.controls["image"].value = k
        watched.controls["look_back"].value = k % 5
    alone.run()
    assert losses(watched) == losses(alone)


def test_colour_images_of_another_size_can_be_trained_on(rng):
    x, y = rng.normal(size=(20, 3, 7, 6)).astype(np.float32), np.arange(20) % 3
    explorer = TrainingExplorer(x, y, x, y, filters=(3, 5), epochs=2, batch_size=8)
    explorer.run()
    assert (len(explorer.records), explorer.curves.summary["confusion"].shape) == (6, (3, 3))
    assert panels(explorer)["w"].shape == (9, 3, 3)
    assert set(explorer._repr_mimebundle_()) >= {"image/png", "text/plain"}


def test_the_output_holds_a_text_without_times_and_a_picture_that_is_the_same_each_time():
    first, second = explore(), explore()
    first.run(7)
    second.run(7)
    bundle, again = first._repr_mimebundle_(), second._repr_mimebundle_()
    assert bundle["text/plain"] == "TrainingExplorer: 2 and 4 filters, batch size 16, seed 0, step 7 of 18"
    assert bundle["image/png"] == again["image/png"]
    second.run(1)
    assert second._repr_mimebundle_()["image/png"] != bundle["image/png"]
