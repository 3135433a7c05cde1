"""The stills of scenes: what is written on them, and that all of it fits the page. Each scene is drawn once."""

from __future__ import annotations

from typing import get_args, get_type_hints

import numpy as np
import pytest
from stills_seen import SCENES, Seen, W, X, alone, box_of, each_seen, panels_of, plain, seen_as, texts

from cnnlab.lab.numbers import format_value
from cnnlab.lab.scenes import convolution_scene, layer_scene, panel, pooling_scene
from cnnlab.lab.scenes.reading import sentence_of, strip_of
from cnnlab.lab.scenes.schema import Panel
from cnnlab.lab.stills import draw_scenes
from cnnlab.lab.stills._canvas import APART, LEAST, MARGIN, WIDTH
from cnnlab.lab.stills._colours import ROLES
from cnnlab.lab.stills._panels import Block
from cnnlab.lab.stills._scene import NO_SIGN, VIEWS, title_lines

# --- words ---


def below(seen: Seen) -> str:
    """Return all that is written below the panels, without spaces."""
    return plain("".join(word.text for word in seen.words if box_of(word)[1] > seen.height))


def test_below_stand_the_sum_with_its_result_and_the_sentence():
    for name, seen in each_seen():
        scene = seen.scene
        strip, sentence = strip_of(scene, scene["first"]), sentence_of(scene, scene["first"])
        said = below(seen)
        assert said.endswith(plain(sentence)), name
        if len(strip.terms) <= 12 and scene["wires"]:
            total = f"= {strip.total}" if strip.total and strip.terms else strip.total
            assert said == plain(f"{strip.head}{strip.joiner.join(strip.terms)}{strip.closing}{total}{sentence}"), name


def test_a_long_sum_over_channels_is_written_as_one_subtotal_a_channel():
    scene = SCENES["channels"]
    y, groups = panels_of(scene)["y"], panels_of(scene)["y"]["sum"]["groups"][:3, 0, 0]
    bias = panels_of(scene)["b"]["values"][0, 0, 0]
    assert groups.sum() + bias == y["values"][0, 0, 0]
    sums = [f"x {channel}: {format_value(value)}" for channel, value in enumerate(groups)]
    total = f"y[0, 0, 0] = {' + '.join(sums)} + {format_value(bias)} = {format_value(y['values'][0, 0, 0])}"
    assert below(seen_as("channels")).startswith(plain(total))


def test_of_another_long_sum_twelve_terms_are_written_and_how_many_more_there_are():
    for name, more in (("long", "+…4more+2=−"), ("long maximum", ",…4more)=")):
        strip = strip_of(SCENES[name], SCENES[name]["first"])
        written = plain(strip.head + strip.joiner.join(strip.terms[:12])) + more.rstrip("−")
        assert below(seen_as(name)).startswith(written)


def test_captions_headings_notes_and_titles_are_whole():
    scene = convolution_scene(X, W) | {"heading": "A heading of δ_zA", "note": "A note that is long. " * 8}
    scene["panels"][2]["title"] = "the output, which has a title that is very much longer than the panel is wide"
    seen = Seen(scene)
    assert texts(seen.canvas)[0] == "A heading of δ_zA"
    for shown in scene["panels"]:
        assert plain(f"{shown['symbol']}{shown['title']}") in plain("".join(texts(seen.canvas)))
    assert below(seen).endswith(plain(scene["note"]))


def test_a_long_title_is_broken_before_its_signs_of_equality_where_that_is_enough():
    title = "out = floor((5 - 3 + 2*1) / 2) + 1 = floor(4 / 2) + 1 = 3"

    def lines(width):
        return ["".join(run.text for run in line).strip() for line in title_lines(title, width)]

    assert lines(400) == ["out = floor((5 - 3 + 2*1) / 2) + 1", "= floor(4 / 2) + 1 = 3"]
    assert lines(900) == [title]
    assert len(lines(100)) > 5
    heights = [draw_scenes([], text).height for text in ("", "one line", title * 2, "word " * 60)]
    assert heights == sorted(set(heights))


def test_signs_stand_between_the_columns_and_an_arrow_only_where_a_gradient_is_made_from_its_neighbour():
    seen = seen_as("convolution")
    signs = [word for word in seen.words if word.text in ("⋆", "=", "←")]
    assert [word.text for word in signs if box_of(word)[3] < seen.height] == ["⋆", "=", "←"]
    pool = texts(seen_as("max").canvas)
    assert (pool.count("→"), pool.count("←")) == (1, 1)


def test_symbols_have_the_colours_of_their_panels():
    words = seen_as("two channels").words
    symbols = [word.colour for word in words if word.text in ("x ", "w ", "y ", "b ")]
    assert symbols == [ROLES[role] for role in "xwby"]


# --- the page ---


def uncut(canvas) -> bool:
    boxes = np.array([box_of(word) for word in canvas.words])
    lowest, highest = boxes.min(axis=0)[:2], boxes.max(axis=0)[2:]
    return bool((lowest >= -MARGIN).all() and (highest <= np.add((canvas.width, canvas.height), MARGIN)).all())


def test_nothing_is_cut_faded_too_small_or_on_another_text_and_a_picture_is_at_most_as_wide_as_a_page():
    for name, seen in each_seen():
        assert uncut(seen.canvas), name
        assert seen.canvas.width <= WIDTH, name
        assert min(word.size for word in seen.words) >= LEAST, name
        left, top, right, bottom = np.array([box_of(word) for word in seen.words]).T[:, :, None]
        overlap = (left + 1 < right.T) & (right > left.T + 1) & (top + 2 < bottom.T) & (bottom > top.T + 2)
        assert not (overlap & ~np.eye(len(left), dtype=bool)).any(), name


def test_scenes_stand_below_each_other():
    names = "channels", "one cell"
    canvas, (first, second) = draw_scenes([SCENES[name] for name in names], "a title"), map(seen_as, names)
    assert uncut(canvas)
    assert canvas.width == first.canvas.width
    count = len(canvas.words) - len(second.canvas.words)
    assert texts(canvas) == ["a title", *texts(first.canvas), *texts(second.canvas)]
    upper, lower = canvas.words[:count], canvas.words[count:]
    assert min(box_of(word)[1] for word in lower) > max(box_of(word)[3] for word in upper)


def test_many_channels_and_filters_keep_their_numbers_and_what_has_no_room_beside_stands_below():
    for name in ("channels", "many filters"):
        assert all(block.letters for block, _ in seen_as(name).blocks.values()), name
    places = {block.panel["name"]: (x, y) for block, x, y in seen_as("many filters").placed}
    assert places["x"][0] == 0 <= places["parts"][0] < places["w"][0] < places["y"][0]
    assert places["parts"][1] > places["w"][1]
    x = seen_as("channels").blocks["x"][1]
    assert len(set(x[:, 0])) == 1
    assert list(x[:, 1]) == sorted(set(x[:, 1]))


def test_photographs_shrink_before_the_numbers_of_kernels_are_left_out():
    seen = seen_as("photographs")
    assert seen.blocks["w"][0].letters > 0
    assert seen.blocks["x"][0].side * 60 < 250
    assert len({block.side for block, _ in seen.blocks.values() if block.panel["view"] == "photo"}) == 2  # 60, 56 wide


def test_panels_of_a_row_are_centred_on_each_other_and_left_aligned_in_their_column():
    blocks = {block.panel["name"]: (x, y, block) for block, x, y in seen_as("max").placed}
    for first, second in (("x", "y"), ("dx", "dy")):
        middles = [y + block.height / 2 for _, y, block in (blocks[first], blocks[second])]
        assert abs(middles[0] - middles[1]) <= 1
    assert [blocks[name][0] for name in ("x", "dx")] == [0, 0]
    assert blocks["y"][0] == blocks["dy"][0]


def test_panels_that_nothing_joins_go_on_below_where_there_is_no_room_beside():
    shown = [panel(f"p{k}", np.zeros((1, 10, 10)), "p", "", role="y", column=k) for k in range(5)]
    seen = Seen({**alone(shown[0]), "panels": shown})
    block, *_ = seen.placed[0]
    assert [(x, y) for _, x, y in seen.placed] == [
        *((k * (block.width + NO_SIGN), 0) for k in range(4)),
        (0, block.height + APART),
    ]
    assert len(seen.numbers()) == 500


def test_numbers_of_one_scene_have_one_size():
    scene = pooling_scene(np.abs(X).round(), 3, op="mean", stride=2, padding=1, dy=-np.ones((1, 1, 3, 3)))
    assert len({word.size for word in Seen(scene).written().values()}) == 1


def test_a_scene_of_no_panel_with_numbers_and_one_that_nobody_has_described_are_drawn():
    shown = panel("p", np.array([[[0.25], [0.75]]]), "softmax", "", role="y", view="bars", captions=["0", "1"], best=1)
    assert texts(draw_scenes([alone(shown)])) == ["softmax", "0", "25 %", "1", "75 %"]
    assert "out of object" in texts(draw_scenes([layer_scene(object(), X, X)]))
    assert draw_scenes([]).png()[1:4] == b"PNG"


def test_each_kind_of_picture_is_a_class_and_one_entry(monkeypatch):
    class Dial(Block):
        def measure(self, sizes):
            self.width, self.height = 100, 50

        def draw_body(self, canvas, x, y, light, faded):
            canvas.write(x, y + 25, f"dial at {self.panel['values'].item():g}")

    with pytest.raises(KeyError):
        draw_scenes([alone(panel("d", [[[7.0]]], "d", "", role="y", view="dial"))])
    assert set(VIEWS) == set(get_args(get_type_hints(Panel)["view"])) - {"none"}
    monkeypatch.setitem(VIEWS, "dial", Dial)
    shown = [panel(name, [[[7.0]]], name, "", role="y", view=view) for name, view in (("d", "dial"), ("x", "cells"))]
    assert texts(draw_scenes([{**alone(shown[0]), "panels": shown}])) == ["d", "dial at 7", "x", "7"]
