// What covers an explorer: it comes and goes with the key of a question, and the focus does not fall out of the explorer.
import assert from "node:assert/strict";
import { test } from "node:test";
import "./document.mjs";

const { make } = await import("../../../cnnlab/lab/front/dom.js");
const { Veil } = await import("../../../cnnlab/lab/front/cover.js");

function covered(lift = () => {}) {
  const slider = make("input", {});
  const root = make("div", { class: "cnnlab-explorer" }, make("div", {}, slider));
  const veil = new Veil(root, lift);
  veil.show("06.flip");
  return { root, veil, slider, button: root.all("cnnlab-press")[0] };
}

test("an explorer is covered while there is a question, and the cover says what to do", () => {
  const { root, veil } = covered();
  assert.ok(root.classes.has("cnnlab-veiled"));
  assert.equal(root.all("cnnlab-veil").length, 1);
  assert.equal(root.all("cnnlab-veil")[0].textContent, "Answer the question above first.show");
  veil.show("");
  assert.ok(!root.classes.has("cnnlab-veiled"));
  assert.deepEqual(root.all("cnnlab-veil"), []);
});

test("a cover that is shown again stays where it is, with the focus on its button", () => {
  const { root, veil, button } = covered();
  const places = [...root.children];
  button.focus();
  veil.show("06.flip");
  assert.deepEqual(root.children, places);
  assert.equal(document.activeElement, button);
});

test("an explorer without a question is never covered", () => {
  const root = make("div", {});
  new Veil(root, () => {}).show("");
  assert.deepEqual(root.children, []);
});

test("its button asks to see the explorer, which is seen at once and stays so for this question", () => {
  let asked = 0;
  const { root, veil, button } = covered(() => asked++);
  button.listeners.click();
  assert.equal(asked, 1);
  veil.show("06.flip"); // as long as the kernel has not answered
  assert.deepEqual(root.all("cnnlab-veil"), []);
  veil.show("06.ring");
  assert.equal(root.all("cnnlab-veil").length, 1);
});

test("the focus goes from the button to the first control, and stays where it is elsewhere", () => {
  const { veil, button, slider } = covered();
  button.focus();
  veil.show("");
  assert.equal(document.activeElement, slider);
  const other = covered();
  other.veil.show("");
  assert.equal(document.activeElement, slider);
});
