// The state of a stage as one plain object, and its changes: a pure reducer. Drawing compares and paints.

import { AXES, cellAt, countOf, numberOf, sameAt, twinsOf } from "./scene.js";

/** @typedef {import("./schema.js").At} At */
/** @typedef {import("./schema.js").Panel} Panel */
/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {{type: "point", at: At} | {type: "hold", at: At} | {type: "visit", at: At} | {type: "release"} | {type: "tick"} | {type: "step", step: number} | {type: "play", on: boolean} | {type: "turn", name: string} | {type: "edit", at: At} | {type: "typed", message: string, lands?: boolean} | {type: "scene", scene: Scene}} Action */

/**
 * @typedef {object} State
 * @property {Scene} scene
 * @property {At} at the selected cell
 * @property {boolean} held whether it stays when the pointer moves on
 * @property {boolean} playing
 * @property {number} step the step of the transport
 * @property {number | null} filled how many outputs are filled, while they are filled one by one; null if all are
 * @property {Record<string, boolean>} on visible: numbers, wires, coverage, gradients, code
 * @property {At | null} editing the cell being edited
 * @property {string} message shown instead of the sentence
 */

/** @type {Record<string, boolean>} */
export const ON = { numbers: true, wires: true, coverage: false, gradients: true, code: false };

/**
 * The initial state of a stage for a scene.
 * @param {Scene} scene
 * @returns {State}
 */
export function firstState(scene) {
  return moved(
    {
      scene,
      at: scene.first,
      held: Boolean(scene.held),
      playing: false,
      step: 0,
      filled: null,
      on: ON,
      editing: null,
      message: "",
    },
    scene.first,
  );
}

/**
 * Is the backward row shown?
 * @param {Pick<State, "scene" | "on">} state
 */
export const isBackward = ({ scene, on }) =>
  on.gradients && Object.values(scene.panels).some(({ gradient }) => gradient);

/**
 * The panel that the transport steps through, if any.
 * @param {Scene} scene
 * @returns {Panel | undefined}
 */
export const stepperOf = (scene) => scene.panels[scene.steps ?? "y"];

/**
 * The number of steps.
 * @param {Scene} scene
 */
export function stepsOf(scene) {
  const stepper = stepperOf(scene);
  return stepper ? countOf(stepper) : 1;
}

/**
 * The number that an arrow nudges a cell by.
 * @param {Panel} panel
 */
export const nudgeOf = (panel) => (panel.values.every((value) => Number.isInteger(value)) ? 1 : 0.1);

/** @type {{[Type in Action["type"]]: (state: State, action: Extract<Action, {type: Type}>) => State}} */
const CHANGES = {
  point: (state, { at }) => (state.held || state.playing ? state : moved(state, at)),
  hold: (state, { at }) => ({
    ...moved(state, at),
    playing: false,
    held: !(state.held && sameAt(at, state.at)),
  }),
  visit: (state, { at }) => ({ ...moved(state, at), held: true }),
  release: (state) => ({ ...state, held: false, playing: false, filled: null, editing: null }),
  step: (state, { step }) => atStep(state, step),
  play: (state, { on }) => played(state, on),
  tick: (state) => ticked(state),
  turn: (state, { name }) => visible({ ...state, on: { ...state.on, [name]: !state.on[name] } }),
  edit: (state, { at }) => ({ ...moved(state, at), playing: false, held: true, editing: at }),
  typed: (state, { message, lands }) => ({
    ...(lands ? atStep(state, state.filled ?? 0) : state),
    editing: null,
    message,
  }),
  scene: (state, { scene }) => renewed(state, scene),
};

/**
 * The state after an action.
 * @param {State} state
 * @param {Action} action
 * @returns {State}
 */
export const reduce = (state, action) => CHANGES[action.type](state, /** @type {any} of that type */ (action));

/**
 * The state with another cell selected.
 * @param {State} state
 * @param {At} at
 */
function moved(state, at) {
  const stepper = stepperOf(state.scene);
  const { name, end } = state.scene.panels[at.panel];
  const ours = stepper && (name === stepper.name || (end && end === stepper.end));
  const step = ours ? numberOf(stepper, at.cell) : Math.min(state.step, stepsOf(state.scene) - 1);
  return { ...state, at, step, message: "" };
}

/**
 * The state at a step, clamped to the existing ones; the outputs up to it are filled.
 * @param {State} state
 * @param {number} step
 * @returns {State}
 */
function atStep(state, step) {
  const stepper = stepperOf(state.scene);
  if (!stepper) return state;
  const steps = stepsOf(state.scene);
  const k = Math.max(0, Math.min(steps - 1, step));
  const filled = state.filled === null || k + 1 === steps ? null : k + 1;
  return { ...moved(state, { panel: stepper.name, cell: cellAt(stepper, k) }), held: false, filled };
}

/**
 * Starts to play, with the outputs from here on still empty; or pauses.
 * @param {State} state
 * @param {boolean} on
 * @returns {State}
 */
function played(state, on) {
  const last = stepsOf(state.scene) - 1;
  const { end, view, sum } = stepperOf(state.scene) ?? {};
  const isMade = end === "output" && view === "cells" && sum && !sum.goes;
  const begun = { ...state, playing: on && last > 0, held: false };
  return isMade && begun.playing && state.filled === null ? atStep({ ...begun, filled: 0 }, state.step % last) : begun;
}

/**
 * Is a cell an output that is still empty?
 * @param {State} state
 * @param {At} at
 */
export function isAwaited({ scene, filled }, { panel, cell }) {
  const stepper = stepperOf(scene);
  return filled !== null && stepper?.name === panel && numberOf(stepper, cell) >= filled;
}

/**
 * Plays to the last step and stops; from there it starts over.
 * @param {State} state
 */
function ticked(state) {
  const last = stepsOf(state.scene) - 1;
  const step = state.filled ?? (state.step === last ? 0 : state.step + 1);
  return { ...atStep(state, step), playing: step !== last };
}

/**
 * If the selected cell is in a hidden row, selects its twin above.
 * @param {State} state
 * @returns {State}
 */
function visible(state) {
  const { panels } = state.scene;
  const { panel, cell } = state.at;
  if (state.on.gradients || panels[panel].row === 0) return state;
  const twin = twinsOf(state.scene, panel).find((name) => panels[name].row === 0);
  return twin ? { ...moved(state, { panel: twin, cell }), editing: null } : state;
}

/**
 * The state with a new scene: the same cell of the array, whatever its padding; else the nearest one.
 * @param {State} state
 * @param {Scene} scene
 */
function renewed(state, scene) {
  const filled = state.filled !== null && state.filled < stepsOf(scene) ? state.filled : null;
  const next = { ...state, scene, filled, playing: state.playing && stepsOf(scene) > 1 };
  const at = state.scene.topic === scene.topic && follow(state.scene, scene, state.at);
  if (!at) return visible({ ...moved(next, scene.first), held: Boolean(scene.held), editing: null });
  const { editing } = state;
  const stays = editing && scene.panels[editing.panel]?.editable;
  const same = stays && sameAt(follow(state.scene, scene, editing), editing); // else its field is removed
  return visible({ ...moved(next, at), editing: same ? editing : null, message: state.message });
}

/**
 * The position of a cell of one scene in another; undefined if its panel is gone.
 * @param {Scene} before
 * @param {Scene} after
 * @param {At} at
 * @returns {At | null}
 */
function follow(before, after, { panel: name, cell }) {
  const [old, panel] = [before.panels[name], after.panels[name]];
  if (!panel) return null;
  const lengths = [panel.planes[0] * panel.planes[1], ...panel.shape];
  const to = cell.map((index, axis) => {
    const places = (/** @type {Panel} */ { places }) => /** @type {unknown[]} */ (places[AXES[axis]]);
    const moved = places(panel).indexOf(places(old)[index]); // planes, whose places are lists, stay
    return moved < 0 ? Math.min(index, lengths[axis] - 1) : moved;
  });
  return { panel: name, cell: /** @type {import("./schema.js").Cell} */ (to) };
}
