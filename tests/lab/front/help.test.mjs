// The help names each key and gesture once, with what it does.
import { read } from "./templates.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { help } from "../../../cnnlab/lab/front/help.js";

test("each key and each gesture is named once, with what it does", () => {
  const list = read(help()).all("cnnlab-help")[0].elements[0];
  const keys = list.elements.filter((_, k) => k % 2 === 0).map(({ text }) => text);
  const does = list.elements.filter((_, k) => k % 2).map(({ text }) => text);
  for (const key of ["Space", "drag the window", "Ctrl+Z", "?"]) assert.ok(keys.includes(key), key);
  assert.deepEqual([new Set(keys).size, does.length], [keys.length, keys.length]);
  assert.ok(does.every(Boolean));
});
