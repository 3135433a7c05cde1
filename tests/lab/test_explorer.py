"""What an explorer is: one widget, made once, with one update for each change."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import ipywidgets
import numpy as np
import pytest
import traitlets
from explorer_steps import ask, controls_of, move, panels, state_of, type_in, updates_of
from explorers import MAKERS, every_explorer, explore
from numpy.testing import assert_array_equal

from cnnlab import convolution
from cnnlab.lab import ActivationExplorer, ConvolutionExplorer, OutputSizeExplorer
from cnnlab.lab.explorers import Choice, Explorer, Slider, Switch, front, line

# --- one widget -----------------------------------------------------------------------------------------------------


@every_explorer
def test_an_explorer_is_one_widget_whose_layout_is_the_only_other_model(make, monkeypatch):
    made = []
    monkeypatch.setattr(ipywidgets.Widget, "_widget_construction_callback", made.append)
    explorer = make()
    assert [type(widget).__name__ for widget in made] == [type(explorer).__name__, "Layout"]


@every_explorer
def test_what_a_front_end_is_told_first_is_all_there_is_to_show_in_one_message(make, monkeypatch):
    opened, sent = [], []
    monkeypatch.setattr(Explorer, "send_state", lambda self, key=None: sent.append(key))
    real = ipywidgets.Widget.open
    monkeypatch.setattr(ipywidgets.Widget, "open", lambda self: opened.append(self.get_state()) or real(self))
    explorer = make()
    (state,) = [state for state in opened if "shown" in state]
    assert state["shown"] == front.as_message(explorer.shown)
    assert explorer.shown["parts"]
    assert "shown" not in sent


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("ConvolutionExplorer", {"conv2d": 1}),
        ("ConvolutionExplorer with gradients", {"conv2d": 1, "conv2d_backward": 1}),
        ("ConvolutionExplorer with channels", {"conv2d": 1 + 1, "conv2d_backward": 1}),  # one for the partial maps
        ("ChannelsExplorer", {"conv2d": 1 + 1, "conv2d_backward": 1}),
        ("PhotoExplorer", {"conv2d": 1}),
    ],
)
def test_nothing_is_computed_twice_when_an_explorer_is_made_or_changed(name, calls, monkeypatch):
    counted = Counter()
    for function in ("conv2d", "conv2d_backward"):
        real = getattr(convolution, function)
        count = lambda *args, real=real, name=function, **more: counted.update([name]) or real(*args, **more)  # noqa: E731
        monkeypatch.setattr(convolution, function, count)
    explorer = MAKERS[name]()
    assert counted == calls
    counted.clear()
    move(explorer, padding=2)
    assert counted == calls
    counted.clear()
    type_in(explorer, ("w", (0, 0, 0), 5.0))
    assert counted == calls
    repr(explorer)
    assert counted == calls


class Late(Explorer):
    """An explorer of one's own, which sets what it needs after the constructor of its parent."""

    times = Slider(2, "times", 1, 5)
    most = Slider(10, "most", 1, 10)
    word = Choice(["one", "other"], "word")
    loud = Switch(False, "loud")

    def __init__(self, factor=3, **settings):
        super().__init__({"x": np.ones((1, 1, 2, 2))}, **settings)
        self.times = 4
        self.factor = factor
        self.drawn, self._given = 0, "of the subclass"

    def check(self, s):
        if s.times * self.factor > s.most + 2:
            raise ValueError(f"times ({s.times}) must be at most {s.most} + 2, by {self.factor}")

    def scenes(self):
        self.drawn += 1
        return [{**ActivationExplorer(self.arrays["x"] * self.times * self.factor).scenes()[0], "pick": True}]

    def plane_of(self, panel, number):
        return self.arrays["x"][0, number]

    def formula_lines(self, scenes):
        return [line(f"{self.times} times {self.factor}")]

    def describe(self):
        return f"Late: {self.times}"


def test_a_subclass_may_set_what_it_needs_after_its_parents_constructor_and_is_drawn_once():
    explorer = Late()
    assert (explorer.drawn, explorer.times) == (1, 4)
    assert_array_equal(panels(explorer)["x"], np.full((1, 2, 2), 12))
    assert explorer.shown["parts"][0]["lines"] == [[["", "4 times 3"]]]
    move(explorer, times=2)
    assert explorer.drawn == 2
    type_in(explorer, ("x", (0, 1, 1), 7.0))
    assert panels(explorer)["x"].tolist() == [[[6, 6], [6, 42]]]
    assert explorer._given == "of the subclass"


def test_an_explorer_of_one_s_own_may_have_no_settings():
    class Plain(Explorer):
        def scenes(self):
            return ActivationExplorer(np.ones((2, 2))).scenes()

    assert panels(Plain())["x"].tolist() == [[[1, 1], [1, 1]]]


def test_a_setting_that_does_not_exist_is_refused_by_name():
    with pytest.raises(TypeError, match=r"strid \(2\) must be a setting \(size, kernel, padding, stride, turned\)"):
        explore(strid=2)


def test_first_values_that_do_not_go_together_are_refused_and_no_front_end_hears_of_them(monkeypatch):
    opened = []
    monkeypatch.setattr(ipywidgets.Widget, "open", lambda self: opened.append(type(self).__name__))
    with pytest.raises(ValueError, match=r"times \(4\) must be at most 10 \+ 2, by 9"):
        Late(9)
    assert opened == []


# --- one update -----------------------------------------------------------------------------------------------------


@every_explorer
def test_each_event_and_each_assignment_is_answered_by_one_update_with_its_serial(make):
    explorer = make()
    updates, serial = updates_of(explorer), explorer.shown["serial"]
    for count, (name, control) in enumerate(controls_of(explorer).items(), start=1):
        event = {"press": name} if control["kind"] == "button" else {"set": {name: control.get("value")}}
        ask(explorer, event)
        assert [shown["serial"] for shown in updates] == list(range(serial + 1, serial + 1 + count))


def test_an_assignment_of_another_value_is_one_update_with_the_serial_as_it_was():
    explorer = explore()
    updates = updates_of(explorer)
    explorer.kernel = 2
    explorer.kernel = 2
    assert [shown["serial"] for shown in updates] == [0]


def test_several_settings_in_one_event_or_set_together_are_one_update_and_one_scene(monkeypatch):
    explorer, drawn = explore(), []
    updates, real = updates_of(explorer), ConvolutionExplorer.scenes
    monkeypatch.setattr(ConvolutionExplorer, "scenes", lambda self: drawn.append(self.settings) or real(self))
    ask(explorer, {"set": {"kernel": 7, "size": 9, "stride": 2}})
    explorer.set_together({"kernel": 1, "padding": 0, "size": 1})
    assert [(s["size"], s["kernel"]) for s in drawn] == [(9, 7), (1, 1)]
    assert [shown["serial"] for shown in updates] == [1, 1]


def test_events_that_arrive_again_are_made_once():
    explorer = explore()
    edit = {"edit": {"stage": 0, "panel": "x", "cell": [0, 0, 0], "value": 5.0}}
    more = {"edit": {"stage": 0, "panel": "dy", "cell": [0, 0, 1], "value": -3.0}}
    request = {"asked": {"events": [{"serial": 1, **edit}, {"serial": 2, **more}]}}
    explorer.set_state(request)
    before, updates = state_of(explorer), updates_of(explorer)
    explorer.set_state(request)
    explorer.set_state({"asked": {"events": [{"serial": 2, **edit}, {"serial": 2, **edit}]}})
    assert (state_of(explorer), explorer.shown["serial"], updates, len(explorer._past)) == (before, 2, [], 2)


def test_events_of_one_request_are_served_in_the_order_of_their_serials():
    explorer = explore()
    events = [{"serial": serial, "set": {"stride": stride}} for serial, stride in ((7, 4), (3, 2), (5, 3))]
    strides = []
    explorer.observe(lambda change: strides.append(change["new"]), names="stride")
    explorer.set_state({"asked": {"events": events}})
    assert (strides, explorer.shown["serial"]) == ([2, 3, 4], 7)


def test_what_an_observer_or_a_link_raises_is_told_where_a_slider_was_moved():
    explorer, other = explore(), explore()
    explorer.observe(lambda change: {}["stride"], names="stride")
    move(explorer, stride=2)
    said = "What is linked to this explorer, or observes it, cannot follow."
    assert explorer._scenes[0]["note"] == f"{said} KeyError: 'stride'"
    move(explorer, padding=2)
    assert "note" not in explorer._scenes[0]
    other.padding = 0
    traitlets.link((explorer, "size"), (other, "size"))
    ask(explorer, {"set": {"size": 1}})  # into which no kernel of the other fits
    assert (explorer.size, other.size) == (1, 5)
    assert explorer._scenes[0]["note"].startswith(f"{said} ValueError: kernel (3) must fit")
    with pytest.raises(KeyError):
        explorer.stride = 1


@pytest.mark.parametrize(("make", "name"), [(explore, "stride"), (OutputSizeExplorer, "size")])
def test_what_a_linked_slider_cannot_set_is_told_on_the_explorer_until_something_changes(make, name, monkeypatch):
    explorer, slider = make(), ipywidgets.IntSlider(getattr(make(), name), max=1000)
    traitlets.link((slider, "value"), (explorer, name))
    before, kernel = slider.value, SimpleNamespace(get_parent=lambda: {"header": {"msg_type": "comm_msg"}})
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(kernel=kernel))
    with pytest.raises(ValueError, match="must be at most"):
        slider.set_state({"value": 900})  # as its front end does: the kernel's log alone has the error
    assert (slider.value, getattr(explorer, name)) == (900, before)
    said = f"{name} stays at {before}: {name} (900) must be at most"
    assert said in str(explorer.shown["parts"])
    slider.value = before + 1
    assert (getattr(explorer, name), said in str(explorer.shown["parts"])) == (before + 1, False)
