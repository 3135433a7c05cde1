// Keys: those that are ours and do not reach the host, and where the arrows go.
import assert from "node:assert/strict";
import { test } from "node:test";
import { arrowTarget, beginsEdit, guardKeys, isOurs, nudgeIn } from "../../../cnnlab/lab/front/keys.js";

const key = (name, more = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

test("keys are ours, but those of the host: with Ctrl, Alt or Meta, and Shift+Enter", () => {
  assert.deepEqual([key("x"), key("Enter"), key("ArrowUp", { shiftKey: true })].map(isOurs), [true, true, true]);
  const theirs = [
    key("s", { ctrlKey: true }),
    key("s", { metaKey: true }),
    key("s", { altKey: true }),
    key("Enter", { shiftKey: true }),
  ];
  assert.deepEqual(theirs.map(isOurs), [false, false, false, false]);
});

test("an arrow goes to the next cell of its plane, and stops at the edge", () => {
  const go = (cell, name) => arrowTarget({ shape: [2, 3] }, cell, name);
  assert.deepEqual(
    ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].map((name) => go([4, 1, 1], name)),
    [
      [4, 0, 1],
      [4, 1, 1],
      [4, 1, 0],
      [4, 1, 2],
    ],
  );
  assert.deepEqual(
    [go([0, 0, 0], "ArrowUp"), go([0, 0, 0], "ArrowLeft"), go([0, 1, 2], "ArrowRight")],
    [
      [0, 0, 0],
      [0, 0, 0],
      [0, 1, 2],
    ],
  );
  assert.equal(go([0, 0, 0], "a"), undefined);
});

test("an arrow with Shift nudges, up and down", () => {
  const nudges = ["ArrowUp", "ArrowDown", "ArrowLeft", "x"].map((name) => nudgeIn(key(name, { shiftKey: true })));
  assert.deepEqual([...nudges, nudgeIn(key("ArrowUp"))], [1, -1, 0, 0, 0]);
});

test("a digit, a sign or a point begins a number, and so do Enter and F2", () => {
  assert.deepEqual(["7", "-", "−", "+", ".", ",", "Enter", "F2"].map(beginsEdit), Array(8).fill(true));
  assert.deepEqual(["a", "F3", "Escape", "12", " ", "Tab"].map(beginsEdit), Array(6).fill(false));
});

/** As much of a page as the guard needs: a window, and a block with a cell in it. */
function makePage() {
  globalThis.Element ??= class extends EventTarget {
    toggleAttribute(name, on) {
      this[name] = on;
    }
  };
  globalThis.window = new EventTarget();
  const [root, cell, other] = [new Element(), new Element(), new Element()];
  root.contains = (element) => element === root || element === cell;
  return { root, cell, other };
}

/** Presses a key on an element: first down from the window, then up from the block. Returns whether it goes on. */
function press(root, target, event, type = "keydown") {
  let goesOn = true;
  const fire = (on) => {
    const fired = new Event(type);
    Object.defineProperty(fired, "target", { value: target });
    Object.assign(fired, key(...event), { stopPropagation: () => (goesOn = false) });
    on.dispatchEvent(fired);
  };
  fire(window);
  if (root.contains(target)) fire(root);
  return goesOn;
}

test("a key of ours ends at the block, and marks its target for hosts that listen on the way down", () => {
  const { root, cell, other } = makePage();
  const life = new AbortController();
  guardKeys(root, life.signal);
  const mark = "data-lm-suppress-shortcuts";
  assert.deepEqual([press(root, cell, ["x"]), cell[mark]], [false, true]);
  assert.deepEqual([press(root, cell, ["s", { ctrlKey: true }]), cell[mark]], [true, false]);
  for (const type of ["keyup", "keypress"]) assert.equal(press(root, cell, ["x"], type), false);
  assert.deepEqual([press(root, other, ["x"]), other[mark]], [true, undefined]);
  life.abort();
  assert.deepEqual([press(root, cell, ["x"]), cell[mark]], [false, false]);
});
