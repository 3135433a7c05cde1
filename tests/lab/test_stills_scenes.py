"""The stills of scenes: what is written on them, and that all of it fits the page."""

from __future__ import annotations

import numpy as np
import pytest
from stills_seen import SCENES, Seen, W, X, alone, each_scene, panels_of

from cnnlab import load_digits, trained_network
from cnnlab.lab.scenes import convolution_scene, layer_scene, network_scene, panel, pooling_scene, run_network
from cnnlab.lab.scenes.reading import sentence_of, strip_of, terms_of
from cnnlab.lab.stills import draw_scene, new_axes, scene_png
from cnnlab.lab.stills.canvas import ROLES, UNIT, WIDTH, words_on
from cnnlab.lab.stills.text import LEAST, brief

# --- words ---


def plain(text: str) -> str:
    return "".join(text.split())


def below(seen: Seen) -> str:
    """Return all that is written below the panels, without spaces."""
    return plain("".join(word.text for word in seen.words if word.top * UNIT > seen.layout.height))


@each_scene
def test_below_stand_the_sum_with_its_result_and_the_sentence(scene):
    strip, sentence = strip_of(scene, scene["first"]), sentence_of(scene, scene["first"])
    said = below(Seen(scene))
    assert said.endswith(plain(sentence))
    if len(strip.terms) <= 12 and scene["wires"]:
        total = f"= {strip.total}" if strip.total else ""
        assert said == plain(f"{strip.head}{strip.joiner.join(strip.terms)}{strip.closing}{total}{sentence}")


def test_a_long_sum_over_channels_is_written_as_one_subtotal_a_channel():
    scene = SCENES["channels"]
    y, groups = panels_of(scene)["y"], panels_of(scene)["y"]["sum"]["groups"][:3, 0, 0]
    bias = panels_of(scene)["b"]["values"][0, 0, 0]
    assert groups.sum() + bias == y["values"][0, 0, 0]
    texts = [f"x {channel}: {brief(value)}" for channel, value in enumerate(groups)]
    total = f"y[0, 0, 0] = {' + '.join(texts)} + {brief(bias)} = {brief(y['values'][0, 0, 0])}"
    assert below(Seen(scene)).startswith(plain(total))


@pytest.mark.parametrize(("name", "more"), [("long", "+…4more+2=−"), ("long maximum", ",…4more)=")])
def test_of_another_long_sum_twelve_terms_are_written_and_how_many_more_there_are(name, more):
    strip = strip_of(SCENES[name], SCENES[name]["first"])
    said = below(Seen(SCENES[name]))
    assert said.startswith(plain(strip.head + strip.joiner.join(strip.terms[:12])) + more.rstrip("−"))


def test_captions_headings_notes_and_titles_are_whole():
    scene = convolution_scene(X, W) | {"heading": "A heading of δ_zA", "note": "A note that is long. " * 8}
    scene["panels"][2]["title"] = "the output, which has a title that is very much longer than the panel is wide"
    seen = Seen(scene)
    texts = [word.text for word in seen.words]
    assert texts[0] == "A heading of δ_zA"
    for shown in scene["panels"]:
        assert plain(f"{shown['symbol']}{shown['title']}") in plain("".join(texts))
    assert below(seen).endswith(plain(scene["note"]))


def test_signs_stand_between_the_columns_and_an_arrow_only_where_a_gradient_is_made_from_its_neighbour():
    forward, backward = ["⋆", "="], ["←"]
    seen = Seen(SCENES["convolution"])
    signs = [word for word in seen.words if word.text in (*forward, *backward)]
    assert [word.text for word in signs if word.bottom * UNIT < seen.layout.height] == forward + backward
    pool = [word.text for word in Seen(SCENES["max"]).words]
    assert (pool.count("→"), pool.count("←")) == (1, 1)


# --- the page ---


def uncut(ax) -> bool:
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    return all(
        left <= word.left and word.right <= right and top <= word.top and word.bottom <= bottom for word in words_on(ax)
    )


@each_scene
def test_nothing_is_cut_or_too_small_to_read_and_the_picture_is_at_most_as_wide_as_a_page(scene):
    ax = draw_scene(scene, new_axes())
    assert uncut(ax)
    assert np.ptp(ax.get_xlim()) * UNIT <= 880
    assert min(word.size for word in words_on(ax)) >= LEAST


@each_scene
def test_no_text_lies_on_another(scene):
    boxes = np.array([word[1:5] for word in words_on(draw_scene(scene, new_axes()))])
    left, top, right, bottom = boxes.T[:, :, None]
    overlap = (left + 0.03 < right.T) & (right > left.T + 0.03) & (top + 0.05 < bottom.T) & (bottom > top.T + 0.05)
    assert np.argwhere(overlap & ~np.eye(len(boxes), dtype=bool)).tolist() == []


def test_scenes_stand_below_each_other():
    ax = draw_scene(SCENES["channels"], new_axes())
    first, bottom, right = len(words_on(ax)), ax.get_ylim()[0], ax.get_xlim()[1]
    draw_scene(SCENES["one cell"], ax, top=bottom)
    later = words_on(ax)[first:]
    assert min(word.top for word in later) >= bottom
    assert uncut(ax)
    assert ax.get_xlim()[1] == pytest.approx(right)


def test_many_channels_stand_side_by_side_before_numbers_are_left_out():
    seen = Seen(SCENES["channels"])
    (x, y), (second_x, second_y), _ = seen.blocks["x"][1]
    assert (second_x, second_y > y) == (x, True)
    assert {corner[0] for corner in seen.blocks["x"][1].tolist()} == {x, x + seen.blocks["x"][0].pitch[0]}
    assert all(block.letters for block, _ in seen.blocks.values())


def test_many_filters_stand_below_each_other_before_numbers_are_left_out():
    seen = Seen(SCENES["many filters"])
    assert [seen.blocks[name][0].across < 6 for name in ("w", "parts")] == [True, True]
    assert all(block.letters for block, _ in seen.blocks.values())
    left, top = seen.blocks["w"][1][:3].T
    assert left[0] == left[1] == left[2]
    assert top[0] < top[1] < top[2]


def test_photographs_shrink_before_the_numbers_of_kernels_are_left_out():
    seen = Seen(SCENES["photographs"])
    assert seen.blocks["w"][0].letters > 0
    assert seen.blocks["x"][0].side * 60 < 250
    assert len({block.side for block, _ in seen.blocks.values() if block.panel["view"] == "photo"}) == 2  # 60, 56 wide
    assert seen.layout.width <= WIDTH


def test_panels_of_a_row_are_centred_on_each_other_and_left_aligned_in_their_column():
    blocks = {block.panel["name"]: (x, y, block) for block, x, y in Seen(SCENES["max"]).layout.blocks}
    for first, second in (("x", "y"), ("dx", "dy")):
        middles = [y + block.height / 2 for _, y, block in (blocks[first], blocks[second])]
        assert abs(middles[0] - middles[1]) <= 1
    assert [blocks[name][0] for name in ("x", "dx")] == [0, 0]
    assert blocks["y"][0] == blocks["dy"][0]


def test_panels_that_nothing_joins_go_on_below_where_there_is_no_room_beside():
    shown = [panel(f"p{k}", np.zeros((1, 10, 10)), "p", "", role="y", column=k) for k in range(5)]
    seen = Seen({**alone(shown[0]), "panels": shown})
    places = [(x, y) for _, x, y in seen.layout.blocks]
    assert [x for x, _ in places] == [0, 220, 440, 0, 220]
    assert [y for _, y in places] == [0, 0, 0, seen.layout.height / 2 + 6, seen.layout.height / 2 + 6]
    assert len(seen.numbers()) == 500


def test_where_an_explorer_has_its_controls_no_sign_stands():
    digits = load_digits()
    scene = network_scene(run_network(trained_network(), digits.x_test[:1]), (1, [0, 4, 4]))
    arrows = [word.top for word in Seen(scene).words if word.text == "→"]
    assert len(arrows) == 6
    assert len(set(arrows)) == 1


def test_the_factors_of_a_term_have_the_colours_of_their_panels():
    words = Seen(SCENES["two channels"]).words
    chips = {words[k].colour + words[k + 2].colour for k, word in enumerate(words[:-1]) if words[k + 1].text == "·"}
    assert chips == {ROLES["x"] + ROLES["w"]}
    assert [word.colour for word in words if word.text in ("x ", "w ", "y ", "b ")] == [ROLES[role] for role in "xwby"]


def test_a_product_of_zero_has_a_dotted_border_and_the_largest_of_a_window_a_strong_one():
    scene = SCENES["two channels"]
    zeros = [term for term in terms_of(scene, scene["first"]) if term.a.value * term.b.value == 0]
    dashes = [dash for _, dash in Seen(scene).ax.collections[0].get_linestyle()]
    assert 0 < len(zeros) == len(dashes) - dashes.count(None)
    pooled = pooling_scene(np.array([[[[1.0, 2], [4, 3]]]]), 2)
    seen = Seen(pooled)
    strong = [word.text for word in seen.words if word.bold and word.top * UNIT > seen.layout.height]
    assert strong == ["y[0, 0] = max(", "4", "= 4"]


def test_numbers_of_one_row_have_one_size():
    scene = pooling_scene(np.abs(X).round(), 3, op="mean", stride=2, padding=1, dy=-np.ones((1, 1, 3, 3)))
    letters = {name: block.letters for name, (block, _) in Seen(scene).blocks.items()}
    assert letters["x"] == letters["y"] > letters["dx"] == letters["dy"]


def test_a_scene_of_no_panel_with_numbers_and_one_that_nobody_has_described_are_drawn():
    shown = panel("p", np.array([[[0.25], [0.75]]]), "softmax", "", role="y", view="bars", captions=["0", "1"], best=1)
    assert [word.text for word in Seen(alone(shown)).words] == ["softmax", "0", "25 %", "1", "75 %"]
    assert scene_png()[1:4] == b"PNG"
    assert "out of object" in [word.text for word in Seen(layer_scene(object(), X, X)).words]
