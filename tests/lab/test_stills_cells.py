"""The cells of a still: their numbers, colours, hatches and frames."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_rgba
from numpy.testing import assert_allclose
from stills_seen import DY, SCENES, Seen, W, X, alone, each_seen, panels_of, pixels, seen_as

from cnnlab import load_mnist, trained_network
from cnnlab.lab.numbers import format_value
from cnnlab.lab.scenes import (
    convolution_scene,
    network_scene,
    panel,
    photo_scene,
    pooling_scene,
    run_network,
    scatter_scene,
)
from cnnlab.lab.stills._canvas import MARGIN
from cnnlab.lab.stills._colours import GRADIENT, HATCH, INK, MISS, SOFT, WINDOW, faded_out, shade
from cnnlab.lab.stills._panels import LIT, SELECTED, light_of


def kind(panel: dict, row: int, column: int, end: str = "edges") -> int:
    """Return what the scene says of a row and a column: the larger of the two."""
    return max(panel[end]["rows"][row], panel[end]["columns"][column]) if end in panel else 0


def light_in(scene: dict) -> dict:
    """Return the frame of each cell that is lit, of the panels of cells: its width and its colour."""
    light = light_of(scene, scene["first"])
    names = [shown["name"] for shown in scene["panels"] if shown["view"] == "cells"]
    return {(name, *at): look for name in names for at, look in light[name].items()}


# --- cells ---


def test_every_number_stands_in_its_cell_but_where_nothing_is_read():
    for name, seen in each_seen():
        expected = {}
        for place in seen.places:
            shown, (plane, row, column) = panels_of(seen.scene)[place[0]], place[1:]
            hidden = kind(shown, row, column, "unread")
            if seen.blocks[place[0]][0].letters and kind(shown, row, column) != 2 and not hidden:
                expected[place] = format_value(shown["values"][plane, row, column])
        assert seen.numbers() == expected, name
        assert bool(expected) == (name != "large planes")


def test_every_cell_has_the_colour_of_its_value_half_of_it_where_another_cell_is_in_view():
    for name, seen in each_seen():
        light, fills = light_in(seen.scene), seen.fills()
        for shown in seen.scene["panels"]:
            if shown["view"] == "cells":
                inside = [at for at in np.ndindex(shown["values"].shape) if kind(shown, *at[1:]) != 2]
                palette = "gray" if shown.get("palette") == "grey" else "pale"
                colours = shade(shown["values"], shown["limit"], palette)
                if seen.scene["wires"] and shown["name"] != seen.scene.get("window"):
                    plain = [(shown["name"], *at) not in light for at in np.ndindex(colours.shape[:3])]
                    plain = np.reshape(plain, colours.shape[:3])
                    colours[plain] = faded_out(colours[plain])
                have = [fills[shown["name"], *at][:3] for at in inside]
                assert_allclose(have, [colours[at] for at in inside], err_msg=f"{shown['name']} of {name}")


def test_padding_is_striped_and_what_no_window_reads_is_dotted():
    scene = convolution_scene(X, np.ones((1, 1, 2, 2)), stride=3, padding=((1, 0), (0, 0)))
    seen = Seen(scene)
    unread = {("x", 0, row, column) for row in range(6) for column in range(5) if row in (2, 5) or column == 2}
    ring = {("x", 0, 0, column) for column in range(5)}
    assert seen.shapes(hatch="////") == dict.fromkeys(ring - unread, 1)
    assert seen.shapes(hatch="..") == dict.fromkeys(unread, 1)


def test_what_lies_beyond_the_edge_is_an_outline_without_colour_and_number():
    seen = Seen(pooling_scene(X, 2, stride=2, ceil_mode=True))
    beyond = {("x", 0, row, column) for row in range(6) for column in range(6) if 5 in (row, column)}
    assert set(seen.shapes(line=SOFT, width=1.0, dashed=True)) == beyond
    assert beyond.isdisjoint(seen.numbers())
    assert beyond.isdisjoint(seen.fills())


def test_zeros_put_in_between_are_darker_than_zeros():
    inserted = {("x", 0, *cell[1:]) for cell in SCENES["gather"]["panels"][0]["marks"]["inserted"]}
    assert len(inserted) == 5
    hatched = seen_as("gather").shapes(fill=HATCH)
    assert {place for place, count in hatched.items() if count == 1} == inserted


def test_the_winners_of_max_pooling_have_a_corner():
    x = np.array([[[[1.0, 5, 0, 0], [0, 0, 0, 7], [0, 0, 3, 0], [9, 0, 0, 0]]]])
    winners = {("x", 0, 0, 1), ("x", 0, 1, 3), ("x", 0, 2, 2), ("x", 0, 3, 0)}
    assert set(Seen(pooling_scene(x, 2, stride=2)).shapes(fill=INK, corners=3)) == winners


def test_the_cells_of_the_sum_are_framed_the_one_in_view_most():
    for name, seen in each_seen():
        light = light_in(seen.scene)
        for look in set(light.values()):
            framed = seen.shapes(width=look[0], line=look[1], fill=(0, 0, 0, 0), dashed=False)
            assert set(framed) == {place for place, other in light.items() if other == look}, name


def test_of_a_sum_over_channels_the_parts_are_lit_too():
    scene = SCENES["channels"]
    light = light_of(scene, scene["first"])
    window = [(channel, row, column) for channel in range(3) for row in range(3) for column in range(3)]
    assert [sorted(light[name]) for name in ("x", "w", "dx")] == [window, window, []]
    assert sorted(light["parts"]) == [(0, 0, 0), (1, 0, 0), (2, 0, 0)]
    assert (light["b"], light["y"]) == ({(0, 0, 0): (LIT, WINDOW)}, {(0, 0, 0): SELECTED})
    assert list(light_of(scene, {"panel": "y", "cell": [1, 0, 0]})["b"]) == [(1, 0, 0)]


def test_an_input_cell_has_the_colour_of_the_tap_that_it_meets_and_each_tap_its_own():
    scene = SCENES["channels"]
    light = light_of(scene, scene["first"])
    assert light["x"] == light["w"]  # of the first window the places are the same
    assert len({colour for _, colour in light["w"].values()}) == 9
    photographs = SCENES["photographs"]
    assert len({colour for _, colour in light_of(photographs, photographs["first"])["x"].values()}) == 25
    pool = SCENES["max"]
    assert {colour for _, colour in light_of(pool, pool["first"])["x"].values()} == {WINDOW}


def test_a_cell_of_the_backward_row_lights_the_sum_of_its_gradient():
    scene = SCENES["convolution"] | {"first": {"panel": "dx", "cell": [0, 1, 0]}}
    light = light_of(scene, scene["first"])
    lit = {name: list(cells) for name, cells in light.items() if cells}
    assert lit == {"dy": [(0, 0, 0)], "w": [(0, 1, 0)], "dx": [(0, 1, 0)]}
    assert light["dx"][0, 1, 0] == SELECTED


def test_a_scene_with_frames_is_shown_at_its_last_step():
    scene = scatter_scene(X, W, DY, stride=2)
    dx = panels_of(scene)["dx"]
    dx["values"] = np.zeros_like(dx["values"])
    written = {place: text for place, text in Seen(scene).numbers().items() if place[0] == "dx"}
    assert written == {("dx", *at): format_value(value) for at, value in np.ndenumerate(dx["frames"][-1])}


def test_a_photograph_is_a_picture_with_a_frame_around_its_window():
    scene, seen = SCENES["photograph"], seen_as("photograph")
    shown = panels_of(scene)
    images = [np.asarray(image.get_array()) for image in seen.canvas.ax.images]
    assert_allclose(images[0][..., 0], shown["x"]["values"][0] / shown["x"]["limit"], atol=0.004)
    assert shown["y"]["values"].min() >= 0
    assert_allclose(images[1], shade(shown["y"]["values"][0], shown["y"]["limit"], "gray"), atol=0.004)
    _, row, column = scene["first"]["cell"]
    (left, top), side = seen.blocks["x"][1][0], seen.blocks["x"][0].side
    window = left + side * (column + 1.5), top + side * (row + 1.5)
    frames = [middle for middle, look in seen.outlines() if (look["width"], look["line"]) == (2.0, to_rgba(WINDOW))]
    assert any(np.allclose(middle, window, atol=1e-6) for middle in frames)


def test_numbers_are_white_on_dark_cells_and_grey_on_padding():
    values = np.zeros((1, 1, 45, 45))
    values[..., ::2] = 1.0
    scene = photo_scene(values, W)
    window = {("window", *at): value for at, value in np.ndenumerate(panels_of(scene)["window"]["values"])}
    assert set(window.values()) == {0, 1}
    words = Seen(scene).written()
    assert {place: words[place].colour for place in window} == {p: INK if v else "white" for p, v in window.items()}
    padded = Seen(convolution_scene(X, W, padding=1)).written()
    inside = {("x", 0, row, column) for row in range(1, 6) for column in range(1, 6)}
    assert {place for place, word in padded.items() if word.colour == INK and place[0] == "x"} == inside
    assert {word.colour for word in padded.values()} == {INK, SOFT}


def test_a_confusion_matrix_has_its_indices_beside_it_and_its_misses_in_another_colour():
    values = np.array([[[20.0, 3], [0, 30]]])
    look = {"heads": ["label", "answer"], "marks": {"miss": [[0, 0, 1]]}, "end": "c"}
    seen = Seen(alone(panel("c", values, "answers", "", role="y", **look)))
    (left, top), side = seen.blocks["c"][1][0], seen.blocks["c"][0].side
    heads = [word for word in seen.words[1:] if word.colour == SOFT]
    beside = [(word.text, word.base - 0.36 * word.size - top) for word in heads[:2]]
    above = [(word.text, word.left + word.width / 2 - left) for word in heads[2:]]
    for found in (beside, above):
        assert [text for text, _ in found] == ["0", "1"]
        assert_allclose([at for _, at in found], [0.5 * side, 1.5 * side], atol=1.5)
    assert [word.text.strip() for word in seen.words if word.bold] == [
        "answers",
        "20",
        "3",
    ]  # the first cell is in view
    assert_allclose(seen.fills()["c", 0, 0, 1][:3], MISS)


def test_the_pixels_of_a_small_picture_have_neither_gaps_nor_numbers():
    seen = Seen(alone(panel("m", np.ones((2, 2, 2)), "image", "", role="x", scale=0.5)))
    block, corners = seen.blocks["m"]
    left, top = corners[1].astype(int) + MARGIN  # of the second plane: a cell of the first is framed
    inside = pixels(seen.canvas.png())[top : top + 2 * block.side, left : left + 2 * block.side]
    assert np.ptp(inside.reshape(-1, 4), axis=0).max() < 0.01
    assert seen.numbers() == {}


def test_what_stands_below_a_plane_begins_at_its_left_side():
    captions = ["8 read as 3\n63 % sure", "1 read as 7\n50 % sure"]
    seen = Seen(alone(panel("m", np.zeros((2, 3, 3)), "worst", "", role="x", planes=[1, 2], captions=captions)))
    block, corners = seen.blocks["m"]
    for caption, (x, y) in zip(captions, corners, strict=True):
        lines = [word for word in seen.words if word.text in caption.split("\n")]
        assert [word.text for word in lines] == caption.split("\n")
        assert_allclose([word.left for word in lines], x, atol=0.5)
        assert y + 3 * block.side <= lines[0].base - 10 < lines[1].base < y + 3 * block.side + 32


def test_a_network_stands_in_towers_and_frames_what_a_unit_sees():
    scene = network_scene(run_network(trained_network(), load_mnist().x_test[:1]))
    seen = Seen(scene)
    places = {block.panel["name"]: (block, x, y) for block, x, y in seen.placed}
    assert list(places) == [*(f"h{k}" for k in range(9)), "p"]
    assert len({block.height - block.top for name, (block, *_) in places.items() if name not in ("h0", "p")}) == 1
    image, x, y = places["h0"]
    (frame,) = (middle for middle, look in seen.outlines() if look["line"] == to_rgba(GRADIENT))
    assert_allclose(frame, np.add((x, y + image.top), 14.5 * image.cell))
    assert seen.numbers() == {}
