// The address of an explorer in a state, and back.

import assert from "node:assert/strict";
import test from "node:test";
import { addressOf, isThere, readAddress, settingsOf, stateWith } from "../../../cnnlab/lab/front/links.js";

const slider = (name, value) => ({ kind: "slider", name, value });
const partsOf = (kernel, stride, more = []) => [
  {
    kind: "head",
    controls: [slider("kernel", kernel), slider("stride", stride), { kind: "button", name: "go" }, ...more],
  },
  { kind: "stage", scene: { panels: [{ name: "y", planes: [1, 2], shape: [3, 4] }] } },
];
const STATES = [partsOf(3, 1), partsOf(3, 2), partsOf(2, 1), partsOf(2, 2)];

test("an address holds what differs from the first state, and the cell that is held", () => {
  assert.equal(addressOf("window", STATES[0], STATES[0], null), "#window");
  assert.equal(addressOf("window", STATES[0], STATES[3], null), "#window?kernel=2&stride=2");
  const at = { stage: 0, panel: "y", cell: [0, 1, 2] };
  assert.equal(addressOf("window", STATES[0], STATES[1], at), "#window?stride=2&at=y,0,1,2");
  assert.equal(addressOf("window", STATES[0], STATES[0], { ...at, stage: 1 }), "#window?at=y,0,1,2,1");
});

test("what is read from an address leads to the same state", () => {
  for (const [number, parts] of STATES.entries()) {
    const { name, settings } = readAddress(addressOf("δ & more?", STATES[0], parts, null));
    assert.equal(name, "δ & more?");
    assert.deepEqual(stateWith(STATES, settings), { number, missing: [] });
  }
  const { settings, place } = readAddress("#window?at=y,0,1,2");
  assert.equal(settings.at, "y,0,1,2");
  assert.deepEqual(place, { stage: 0, panel: "y", cell: [0, 1, 2] });
  assert.deepEqual(readAddress("#window?at=y,0,1,2,1").place.stage, 1);
});

test("a setting that no state has is told, and those beside it are taken", () => {
  const { settings } = readAddress("#window?kernel=9&stride=2&foo=1&go=1");
  const { number, missing } = stateWith(STATES, settings);
  assert.equal(number, 1);
  assert.deepEqual(
    missing.map(([name]) => name),
    ["kernel", "foo", "go"],
  );
  assert.deepEqual([...settingsOf(STATES[0]).keys()], ["kernel", "stride"]);
});

test("an odd address is read without an error", () => {
  for (const hash of ["", "#", "#?", "#%E0%A4%A", "#a?b?c=1", "#a?at=", "#a?at=,,,", "#a?=&&", "#a?at=y,0,1"]) {
    const { name, settings, place } = readAddress(hash);
    assert.equal(typeof name, "string");
    assert.equal(typeof settings, "object");
    assert.equal(isThere(STATES[0], place), false, hash);
  }
});

test("a cell is there or not", () => {
  const isIn = (panel, cell, stage = 0) => isThere(STATES[0], { stage, panel, cell });
  assert.ok(isIn("y", [1, 2, 3]));
  for (const cell of [
    [2, 0, 0],
    [0, 3, 0],
    [0, 0, 4],
    [-1, 0, 0],
    [0, 0.5, 0],
    [NaN, 0, 0],
  ])
    assert.ok(!isIn("y", cell));
  assert.ok(!isIn("z", [0, 0, 0]));
  assert.ok(!isIn("y", [0, 0, 0], 1));
});
