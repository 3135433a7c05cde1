// The transport of a stage: step back, play, step on, and a slider over all steps.

import { make, write } from "./dom.js";
import { stepperOf, stepsOf } from "./state.js";

const SPEEDS = { "½×": 1400, "1×": 700, "3×": 230 }; // ms a step

export class Transport {
  /** @param {(action: any) => void} dispatch */
  constructor(dispatch) {
    const button = (name, label, text, onclick) =>
      make(
        "button",
        { type: "button", class: `cnnlab-button cnnlab-${name}`, "aria-label": label, title: label, onclick },
        text,
      );
    this.dispatch = dispatch;
    this.text = make("span", { class: "cnnlab-step" });
    this.playButton = button("play", "play", "▶", () => dispatch({ type: "play", on: !this.timer }));
    this.scrub = make("input", {
      type: "range",
      min: "1",
      class: "cnnlab-scrub",
      "aria-label": "step",
      oninput: () => this.go(this.scrub.valueAsNumber - 1),
    });
    this.speed = make(
      "select",
      { class: "cnnlab-speed", "aria-label": "speed of playing", onchange: () => this.restart() },
      ...Object.keys(SPEEDS).map((name) => make("option", { value: name, selected: name === "1×" }, name)),
    );
    this.element = make(
      "span",
      { class: "cnnlab-transport" },
      this.text,
      button("back", "one step back", "◀", () => this.go(this.step - 1)),
      this.playButton,
      button("next", "one step on", "▶❘", () => this.go(this.step + 1)),
      this.scrub,
      this.speed,
    );
  }

  go(step) {
    this.dispatch({ type: "step", step });
  }

  restart() {
    clearInterval(this.timer);
    this.timer = this.playing ? setInterval(() => this.dispatch({ type: "tick" }), SPEEDS[this.speed.value]) : null;
  }

  /** Shows where a state is, and plays while it does. */
  update(state) {
    const steps = stepsOf(state.scene);
    this.step = state.step;
    this.element.hidden = !stepperOf(state.scene) || steps === 1;
    write(this.text, `step ${state.step + 1} of ${steps}`);
    this.scrub.max = String(steps);
    this.scrub.value = String(state.step + 1);
    if (this.playing === state.playing) return;
    this.playing = state.playing;
    write(this.playButton, state.playing ? "❚❚" : "▶");
    this.playButton.setAttribute("aria-label", state.playing ? "pause" : "play");
    this.restart();
  }

  remove() {
    clearInterval(this.timer);
  }
}
