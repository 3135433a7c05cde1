// The help names what can be done in an explorer, and nothing else.
import "./templates.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { waysIn } from "../../../cnnlab/lab/front/help.js";

const partOf = (name, more) => ({ scene: { panels: [{ name, symbol: name, ...more }] } });

test("keys that step and the window that is dragged are named where there is an output to step through", () => {
  const keys = (...parts) => waysIn(parts).map(([key]) => key);
  assert.ok(keys(partOf("y")).includes("drag the window"));
  assert.ok(!keys(partOf("curve")).includes("▶"));
  assert.ok(keys(partOf("w", { editable: true })).includes("Ctrl+Z"));
  assert.deepEqual(keys({}), ["Tab", "?"]);
});
