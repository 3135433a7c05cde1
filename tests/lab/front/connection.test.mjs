// The line to the kernel: no event is lost, each has a number, and one that a later one overtakes is not sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection } from "../../../cnnlab/lab/front/connection.js";

/** A model of which the kernel has served nothing; `answer(serial)` is its next answer. */
function makeModel(shown = { serial: 0, parts: [], undo: false }) {
  const traits = { asked: { events: [] }, shown };
  const sent = [];
  return {
    sent,
    get: (name) => traits[name],
    set: (name, value) => (traits[name] = value),
    save_changes: () => sent.push(structuredClone(traits.asked)),
    answer: (serial) => (traits.shown = { ...traits.shown, serial }),
  };
}

const set = (name, value) => ({ set: { [name]: value } });
const edit = (column, value, panel = "x") => ({ edit: { stage: 0, panel, cell: [0, 0, column], value } });
const pick = (column, stage = 0) => ({ pick: { stage, panel: "h1", cell: [0, 0, column] } });
const asked = (model) => model.get("asked").events;
/** What is asked, without the serials. */
const events = (model) => asked(model).map(({ serial, ...event }) => event);

function asking(...all) {
  const model = makeModel();
  const connection = new Connection(model);
  for (const event of all) connection.ask(event);
  return model;
}

test("a message of one text and its bytes is read once", () => {
  const [text, data] = ['{"serial":3,"parts":[{"value":{"bytes":0}}],"undo":false}', new DataView(new ArrayBuffer(1))];
  const model = makeModel({ text, buffers: [data] });
  const { shown } = new Connection(model);
  assert.equal(shown.serial, 3);
  assert.equal(shown.parts[0].value, data);
  assert.equal(new Connection(model).shown, shown); // what a stage showed of a scene is remembered by the scene
});

test("numbers are read from bytes that lie anywhere in a buffer, in either precision, wherever they stand", () => {
  const bytes = new Uint8Array(3 + 8);
  bytes.set(new Uint8Array(Float32Array.of(1.5, -2).buffer), 3);
  const buffers = [new DataView(bytes.buffer, 3, 8), new DataView(Float64Array.of(2, 3).buffer)];
  const packed = (dtype, number) => ({ dtype, data: { bytes: number } });
  const parts = [{ values: packed("f4", 0), chart: { lines: [{ y: packed("f8", 1) }] } }];
  const [part] = new Connection(makeModel({ text: JSON.stringify({ parts }), buffers })).shown.parts;
  assert.deepEqual([part.values, part.chart.lines[0].y], [Float32Array.of(1.5, -2), Float64Array.of(2, 3)]);
});

test("events are numbered from the last one that was served", () => {
  const model = makeModel({ serial: 7 });
  const connection = new Connection(model);
  connection.ask(set("stride", 2));
  connection.ask({ press: "undo" });
  assert.deepEqual(asked(model), [
    { serial: 8, set: { stride: 2 } },
    { serial: 9, press: "undo" },
  ]);
  assert.deepEqual(
    model.sent.map(({ events: each }) => each.length),
    [1, 2],
  );
});

test("every request holds all that is not answered, and nothing that is", () => {
  const model = makeModel();
  const connection = new Connection(model);
  for (const name of ["a", "b", "c"]) connection.ask({ press: name });
  model.answer(2);
  assert.deepEqual(connection.pending, [{ serial: 3, press: "c" }]);
  connection.ask({ press: "d" });
  assert.deepEqual(asked(model), [
    { serial: 3, press: "c" },
    { serial: 4, press: "d" },
  ]);
  model.answer(4);
  assert.deepEqual(connection.pending, []);
});

test("while a slider is dragged only its last place is asked for, under a new number", () => {
  const model = asking(set("stride", 2), set("stride", 3), set("stride", 4));
  assert.deepEqual(asked(model), [{ serial: 3, set: { stride: 4 } }]);
});

test("a setting does not overtake another, nor a transaction that sets more", () => {
  assert.equal(asking(set("stride", 2), set("kernel", 3)).get("asked").events.length, 2);
  assert.equal(asking({ set: { stride: 2, kernel: 3 } }, set("stride", 4)).get("asked").events.length, 2);
  const both = { set: { stride: 2, kernel: 3 } };
  assert.deepEqual(events(asking(both, { set: { stride: 4, kernel: 1 } })), [{ set: { stride: 4, kernel: 1 } }]);
});

test("an edit overtakes one of the same cell alone", () => {
  assert.deepEqual(events(asking(edit(0, 1), edit(0, 2))), [edit(0, 2)]);
  assert.deepEqual(events(asking(edit(1, 9), edit(0, 1), edit(0, 2))), [edit(1, 9), edit(0, 2)]);
  for (const other of [edit(1, 2), edit(0, 2, "w"), { edit: { ...edit(0, 2).edit, stage: 1 } }])
    assert.deepEqual(events(asking(edit(0, 1), other)), [edit(0, 1), other]);
});

test("a pick overtakes one of the same stage alone", () => {
  assert.deepEqual(events(asking(pick(0), pick(3))), [pick(3)]);
  assert.deepEqual(events(asking(pick(0), pick(3, 1))), [pick(0), pick(3, 1)]);
});

test("nothing overtakes a press, and nothing is overtaken by another kind of event", () => {
  const all = [{ press: "step" }, { press: "step" }, set("a", 1), edit(0, 1), pick(0)];
  assert.deepEqual(events(asking(...all)), all);
});

test("what others may build on is kept: an edit between two settings, an undo between two edits", () => {
  const upstream = [set("upstream", "one"), edit(0, 5, "dy"), set("upstream", "ones")];
  assert.deepEqual(events(asking(...upstream)), upstream);
  const undone = [edit(0, 1), { press: "undo" }, edit(0, 2)];
  assert.deepEqual(events(asking(...undone)), undone);
});

test("two views on one model number their events in one row and lose none of each other's", () => {
  const model = makeModel();
  const [left, right] = [new Connection(model), new Connection(model)];
  left.ask(set("stride", 2));
  right.ask(set("kernel", 3));
  left.ask({ press: "undo" });
  assert.deepEqual(asked(model), [
    { serial: 1, set: { stride: 2 } },
    { serial: 2, set: { kernel: 3 } },
    { serial: 3, press: "undo" },
  ]);
  assert.deepEqual(left.pending, right.pending);
  model.answer(1);
  assert.deepEqual(
    right.pending.map(({ serial }) => serial),
    [2, 3],
  );
});

test("until it is answered a setting is shown as it was last asked for, in every view", () => {
  const model = makeModel();
  const [left, right] = [new Connection(model), new Connection(model)];
  left.ask(set("stride", 2));
  left.ask({ press: "undo" });
  right.ask(set("kernel", 0));
  assert.deepEqual([left.wanted("stride", 1), left.wanted("kernel", 3), left.wanted("padding", 5)], [2, 0, 5]);
  left.ask(set("stride", 4));
  assert.equal(right.wanted("stride", 1), 4);
  model.answer(4);
  assert.deepEqual([left.wanted("stride", 1), left.wanted("kernel", 3)], [1, 3]);
});

test("until it is answered a cell counts as it was last typed", () => {
  const model = asking(edit(0, 1), edit(1, 9), edit(1, 0), { press: "undo" }, edit(0, 4));
  const connection = new Connection(model);
  assert.deepEqual(
    [0, 1, 2].map((column) => connection.typed({ stage: 0, panel: "x", cell: [0, 0, column] }, -1)),
    [4, 0, -1],
  );
  const [first, ...others] = ["0 x", "1 x", "0 w"].map((name) => {
    const [stage, panel] = name.split(" ");
    return { stage: Number(stage), panel, cell: [0, 0, 0] };
  });
  for (const other of others) assert.equal(connection.typed(other, -1), -1);
  model.answer(5);
  assert.equal(connection.typed(first, -1), -1);
});

test("what is asked is not changed by what is asked later", () => {
  const model = makeModel();
  const connection = new Connection(model);
  connection.ask(set("stride", 2));
  const before = model.get("asked");
  connection.ask(set("stride", 3));
  assert.deepEqual(before, { events: [{ serial: 1, set: { stride: 2 } }] });
});
