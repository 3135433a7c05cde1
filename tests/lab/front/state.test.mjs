// The state of a stage: what each action makes of it, and what is left of it in a new scene.
import "./templates.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { readScene } from "../../../cnnlab/lab/front/scene.js";
import {
  firstState,
  isAwaited,
  isBackward,
  nudgeOf,
  ON,
  reduce,
  stepperOf,
  stepsOf,
} from "../../../cnnlab/lab/front/state.js";
import { convolution, numbers, panel, pool, range } from "./scenes.mjs";

const scene = readScene(convolution());
const first = firstState(scene);
const at = (panel, ...cell) => ({ panel, cell });
/** The state after some actions, each [type, more]. */
const after = (state, ...actions) => actions.reduce((now, [type, more]) => reduce(now, { type, ...more }), state);
const edit = (panel, ...cell) => ["edit", { at: at(panel, ...cell) }];

test("a stage opens on the scene's first cell, with nothing held, played or typed", () => {
  const begun = firstState(readScene(convolution({}, { first: at("w", 0, 1, 0) })));
  const expected = {
    at: at("w", 0, 1, 0),
    held: false,
    playing: false,
    step: 0,
    on: ON,
    editing: null,
    message: "",
    filled: null,
  };
  assert.deepEqual({ ...begun, scene: null }, { scene: null, ...expected });
  assert.deepEqual(ON, { numbers: true, wires: true, coverage: false, gradients: true, code: false });
});

// --- selecting ----------------------------------------------------------------------------------------------------------

test("pointing selects, unless something is held, played or typed", () => {
  const pointed = after(first, ["point", { at: at("x", 0, 1, 2) }]);
  assert.deepEqual([pointed.at, pointed.held], [at("x", 0, 1, 2), false]);
  for (const [type, more] of [["hold", { at: at("y", 0, 0, 1) }], ["play", { on: true }], edit("x", 0, 0, 0)]) {
    const busy = after(first, [type, more]);
    assert.equal(after(busy, ["point", { at: at("x", 0, 1, 2) }]), busy);
  }
});

test("a click holds a cell, a second one lets it go, and one on another cell holds that", () => {
  const [here, there] = [at("x", 0, 1, 1), at("x", 0, 1, 2)];
  const held = after(first, ["hold", { at: here }]);
  assert.deepEqual([held.at, held.held], [here, true]);
  assert.equal(after(held, ["hold", { at: here }]).held, false);
  assert.deepEqual([after(held, ["hold", { at: there }]).at, after(held, ["hold", { at: there }]).held], [there, true]);
  assert.equal(after(first, ["play", { on: true }], ["hold", { at: here }]).playing, false);
});

test("a cell that the keyboard goes to stays held, however often", () => {
  const visited = after(first, ["visit", { at: first.at }], ["visit", { at: first.at }]);
  assert.deepEqual([visited.at, visited.held], [first.at, true]);
});

test("letting go ends holding, playing and typing, and keeps the cell in view", () => {
  for (const action of [["hold", { at: at("x", 0, 1, 1) }], ["play", { on: true }], edit("x", 0, 1, 1)]) {
    const busy = after(first, action);
    const free = after(busy, ["release"]);
    assert.deepEqual(
      { ...free, scene: null },
      { ...busy, scene: null, held: false, playing: false, editing: null, filled: null },
    );
  }
});

// --- stepping -----------------------------------------------------------------------------------------------------------

test("a step goes to an output, no further than the first and the last, and holds nothing", () => {
  assert.deepEqual([stepperOf(scene).name, stepsOf(scene)], ["y", 4]);
  const cells = [0, 2, 3, 9, -5].map((step) => after(first, ["hold", { at: first.at }], ["step", { step }]));
  assert.deepEqual(
    cells.map((state) => `${state.at.panel} ${state.at.cell} ${state.step} ${state.held}`),
    ["y 0,0,0 0 false", "y 0,1,0 2 false", "y 0,1,1 3 false", "y 0,1,1 3 false", "y 0,0,0 0 false"],
  );
});

test("the transport follows to an output that is selected, in y or in its gradient, and to no other cell", () => {
  const there = after(first, ["point", { at: at("dy", 0, 1, 0) }]);
  assert.equal(there.step, 2);
  assert.equal(after(there, ["point", { at: at("w", 0, 0, 1) }]).step, 2);
});

test("playing goes step by step to the last and rests there; from there it begins again", () => {
  const steps = [];
  let state = after(first, ["step", { step: 1 }], ["play", { on: true }]);
  while (state.playing) {
    state = after(state, ["tick"]);
    steps.push([state.step, state.playing]);
  }
  assert.deepEqual(steps, [
    [2, true],
    [3, false],
  ]);
  assert.equal(after(state, ["play", { on: true }]).step, 0);
  assert.equal(after(first, ["play", { on: true }], ["play", { on: false }]).playing, false);
});

test("the outputs empty to be made one by one; they are all there at the end, when let go, and while nothing plays", () => {
  const paused = after(first, ["play", { on: true }], ["tick"], ["play", { on: false }]);
  const awaited = (state) => range(4).filter((k) => isAwaited(state, at("y", 0, k >> 1, k % 2)));
  assert.deepEqual(awaited(first), []);
  assert.deepEqual(awaited(paused), [2, 3]);
  assert.equal(isAwaited(paused, at("x", 0, 3, 2)), false);
  const foretold = after(paused, edit("y", 0, 1, 0), ["typed", { message: "✓", lands: true }]);
  assert.deepEqual([awaited(foretold), foretold.at, foretold.message], [[3], at("y", 0, 1, 0), "✓"]);
  assert.deepEqual(awaited(after(foretold, ["play", { on: true }], ["tick"])), []);
  assert.deepEqual(awaited(after(paused, ["release"])), []);
  assert.deepEqual(awaited(after(first, ["step", { step: 1 }])), []);
});

test("a scene may say what it steps through", () => {
  const steps = readScene(convolution({}, { steps: "x" }));
  assert.deepEqual([stepsOf(steps), after(firstState(steps), ["step", { step: 6 }]).at], [16, at("x", 0, 1, 2)]);
});

test("where there is nothing to step through there is one step, and no way to play", () => {
  const alone = (panels) => firstState(readScene({ ...convolution(), panels, first: at(panels[0].name, 0, 0, 0) }));
  const none = alone([panel("h0", "map 0", [2, 2], [1, 2, 3, 4])]);
  assert.deepEqual([stepsOf(none.scene), after(none, ["play", { on: true }]).playing], [1, false]);
  assert.equal(after(none, ["step", { step: 1 }]), none);
  const one = alone([panel("y", "output", [1, 1], [1])]);
  assert.equal(after(one, ["play", { on: true }]).playing, false);
});

test("a cell of a panel that no wire ends in is no step of another such panel", () => {
  const panels = [panel("x", undefined, [3, 3], range(9)), panel("y", undefined, [1, 2], [1, 2], { column: 1 })];
  const plain = firstState(readScene({ ...convolution(), panels, wires: {}, first: at("y", 0, 0, 1) }));
  assert.equal(plain.step, 1);
  assert.equal(after(plain, ["point", { at: at("x", 0, 2, 2) }]).step, 1);
});

// --- typing -------------------------------------------------------------------------------------------------------------

test("typing holds the cell; when it is done the message tells what was wrong, until another cell is in view", () => {
  const typing = after(first, ["play", { on: true }], edit("w", 0, 1, 0));
  assert.deepEqual([typing.at, typing.held, typing.playing], [at("w", 0, 1, 0), true, false]);
  assert.deepEqual(typing.editing, at("w", 0, 1, 0));
  const done = after(typing, ["typed", { message: "no number" }]);
  assert.deepEqual([done.editing, done.message, done.held], [null, "no number", true]);
  assert.equal(after(typing, ["typed", { message: "" }]).message, "");
  assert.equal(after(done, ["visit", { at: at("w", 0, 0, 0) }]).message, "");
});

test("a nudge is 1 where all numbers are whole, else 0.1", () => {
  assert.deepEqual([nudgeOf({ values: [1, -3] }), nudgeOf({ values: [1, 0.5] })], [1, 0.1]);
});

// --- what is shown --------------------------------------------------------------------------------------------------------

test("a toggle turns one thing, and a second press turns it back", () => {
  for (const name of Object.keys(ON)) {
    const turned = after(first, ["turn", { name }]);
    assert.deepEqual(turned.on, { ...ON, [name]: !ON[name] });
    assert.deepEqual(after(turned, ["turn", { name }]).on, ON);
  }
});

test("gradients are shown where there are any and they are not hidden", () => {
  assert.deepEqual([isBackward(first), isBackward(after(first, ["turn", { name: "gradients" }]))], [true, false]);
  assert.equal(isBackward(firstState(readScene(convolution({ w: { gradient: undefined } })))), false);
});

test("when gradients are hidden, the cell in view gives way to its twin above", () => {
  const hidden = (...cell) => after(first, ["hold", { at: at(...cell) }], ["turn", { name: "gradients" }]);
  assert.deepEqual([hidden("dw", 0, 1, 0).at, hidden("dw", 0, 1, 0).held], [at("w", 0, 1, 0), true]);
  assert.deepEqual(hidden("dy", 0, 1, 1).at, at("y", 0, 1, 1));
  assert.deepEqual(hidden("x", 0, 3, 2).at, at("x", 0, 3, 2));
  const back = after(hidden("dw", 0, 1, 0), ["turn", { name: "gradients" }]);
  assert.deepEqual(back.at, at("w", 0, 1, 0));
  assert.equal(after(first, edit("dy", 0, 1, 1), ["turn", { name: "gradients" }]).editing, null);
  const typing = after(first, ["turn", { name: "gradients" }], edit("x", 0, 1, 1));
  assert.equal(after(typing, ["turn", { name: "wires" }]).editing, typing.editing);
});

// --- a new scene ----------------------------------------------------------------------------------------------------------

/** x padded by `ring` around, as a panel. */
const padded = (side, ring) => {
  const length = side + 2 * ring;
  const places = { planes: [[]], rows: range(length, -ring), columns: range(length, -ring) };
  return { shape: [length, length], values: numbers(...range(length * length)), places, edges: undefined };
};
const renew = (state, message) => after(state, ["scene", { scene: readScene(message) }]);

test("new numbers leave the cell, the hold, the step and the switches as they are", () => {
  const before = after(
    first,
    ["turn", { name: "coverage" }],
    ["step", { step: 2 }],
    ["hold", { at: at("x", 0, 2, 1) }],
  );
  const next = renew(before, convolution({ x: { values: numbers(...range(16)) } }));
  assert.deepEqual({ ...next, scene: null }, { ...before, scene: null });
  assert.equal(next.scene.panels.x.values[5], 5);
});

test("with other padding the same cell of the array stays in view", () => {
  const before = after(firstState(readScene(convolution({ x: padded(3, 0) }))), ["hold", { at: at("x", 0, 1, 2) }]);
  const more = renew(before, convolution({ x: padded(3, 2) }));
  assert.deepEqual([more.at, more.held], [at("x", 0, 3, 4), true]);
  assert.deepEqual(renew(more, convolution({ x: padded(3, 1) })).at, at("x", 0, 2, 3));
  assert.deepEqual(renew(more, convolution({ x: padded(3, 0) })).at, at("x", 0, 1, 2));
});

test("rows and columns move by their own padding", () => {
  const places = { planes: [[]], rows: range(4, -1), columns: range(4) };
  const next = renew(after(first, ["hold", { at: at("x", 0, 1, 1) }]), convolution({ x: { places } }));
  assert.deepEqual(next.at, at("x", 0, 2, 1));
});

test("a cell of padding that is no more gives way to the nearest one", () => {
  const before = firstState(readScene(convolution({ x: padded(3, 2) })));
  const corners = [
    [0, 0, 0],
    [0, 6, 6],
    [0, 0, 6],
  ].map((cell) => renew(after(before, ["hold", { at: at("x", ...cell) }]), convolution({ x: padded(3, 0) })));
  assert.deepEqual(
    corners.map((state) => state.at.cell),
    [
      [0, 0, 0],
      [0, 2, 2],
      [0, 0, 2],
    ],
  );
});

test("a tap of a kernel that is shown turned stays in view", () => {
  const places = { planes: [[]], rows: [1, 0], columns: [1, 0] };
  const larger = {
    shape: [3, 3],
    values: numbers(...range(9)),
    places: { planes: [[]], rows: [2, 1, 0], columns: [2, 1, 0] },
  };
  const before = after(firstState(readScene(convolution({ w: { places } }))), ["hold", { at: at("w", 0, 1, 0) }]);
  assert.deepEqual(renew(before, convolution({ w: larger })).at, at("w", 0, 2, 1));
});

test("a plane that is no more gives way to the last one", () => {
  const two = {
    planes: [2, 1],
    places: { planes: [[0], [1]], rows: range(4), columns: range(4) },
    values: numbers(...range(32)),
  };
  const before = after(firstState(readScene(convolution({ x: two }))), ["hold", { at: at("x", 1, 2, 2) }]);
  assert.deepEqual(renew(before, convolution()).at, at("x", 0, 2, 2));
});

test("another topic begins at its own first cell, and holds nothing", () => {
  const before = after(first, ["hold", { at: at("x", 0, 2, 1) }]);
  const other = renew(before, convolution({}, { topic: "2 1", first: at("w", 0, 1, 1) }));
  assert.deepEqual([other.at, other.held, other.on], [at("w", 0, 1, 1), false, ON]);
  assert.deepEqual(
    renew(after(other, ["hold", { at: at("x", 0, 2, 1) }]), convolution({}, { topic: "2 1" })).at,
    at("x", 0, 2, 1),
  );
});

test("where the panel in view is no more, the scene's first cell is", () => {
  const held = after(first, ["hold", { at: at("dw", 0, 1, 1) }]);
  const next = renew(held, pool([0, 1, 1, 0]));
  assert.deepEqual([next.at, next.held, next.editing], [at("y", 0, 0, 0), false, null]);
});

test("among the rules for ties the rule in view stays in view", () => {
  const ties = (...values) => {
    const [x, , , dy] = pool([0, 1, 1, 0]).panels;
    const under = (rule, column) => ({
      ...x,
      name: `dx-${rule}`,
      gradient: undefined,
      sum: undefined,
      values: numbers(...values),
      column,
    });
    const panels = [{ ...dy, row: 0 }, under("first", 1), under("split", 2)];
    return { ...pool([0, 1, 1, 0]), panels, steps: "dy", first: at("dy", 0, 0, 0) };
  };
  const before = after(firstState(readScene(ties(0, 30, 0))), ["hold", { at: at("dx-split", 0, 0, 2) }]);
  const next = renew(before, ties(5, 15, 10));
  assert.deepEqual([next.at, next.held, stepperOf(next.scene).name], [at("dx-split", 0, 0, 2), true, "dy"]);
});

test("while gradients are hidden no new scene brings a cell of them into view", () => {
  const hidden = after(first, ["turn", { name: "gradients" }]);
  const next = renew(hidden, convolution({}, { topic: "back", first: at("dw", 0, 0, 1) }));
  assert.deepEqual([next.at, next.on.gradients], [at("w", 0, 0, 1), false]);
});

test("playing goes on in a new scene from where it is, and stops where there is one step", () => {
  const playing = after(first, ["step", { step: 3 }], ["step", { step: 2 }], ["play", { on: true }]);
  const next = renew(playing, convolution({ y: { values: numbers(1, 2, 3, 4) } }));
  assert.deepEqual([next.playing, next.step], [true, 2]);
  const small = { shape: [1, 1], values: numbers(1), places: { planes: [[]], rows: [0], columns: [0] } };
  for (const more of [{}, { topic: "other" }]) {
    const one = renew(playing, convolution({ y: small }, more));
    assert.deepEqual([one.playing, one.step, one.at.cell], [false, 0, [0, 0, 0]]);
  }
});

test("what is being typed is kept while its cell stays where it is, and dropped with its cell", () => {
  const typing = after(first, edit("x", 0, 2, 2));
  assert.equal(renew(typing, convolution({ x: { values: numbers(...range(16)) } })).editing, typing.editing);
  const elsewhere = renew(after(typing, ["visit", { at: at("y", 0, 1, 1) }]), convolution({ w: padded(3, 0) }));
  assert.deepEqual([elsewhere.editing, elsewhere.at], [typing.editing, at("y", 0, 1, 1)]); // while another view moves
  assert.equal(renew(typing, convolution({ x: { editable: false } })).editing, null);
  assert.equal(renew(typing, convolution({ x: padded(2, 0) })).editing, null);
  assert.equal(renew(typing, convolution({ x: padded(4, 1) })).editing, null);
  assert.equal(renew(typing, convolution({}, { topic: "other" })).editing, null);
});

test("what was said of a typed text stays when an answer arrives", () => {
  const told = after(first, edit("x", 0, 2, 2), ["typed", { message: "no number" }]);
  assert.equal(renew(told, convolution()).message, "no number");
});
