// The connection of an explorer to a kernel, or to a table of scenes: see cnnlab/lab/explorers/_events.py.
// Traits coalesce: of several writes only the last may arrive. So every request contains all unanswered events.

/** @typedef {{stage: number, panel: string, cell: number[]}} Target a cell, as it is sent to Python */
/** @typedef {{serial: number, set?: Record<string, any>, edit?: Target & {value: number, more?: boolean}, press?: string, pick?: Target}} Asked the value's type depends on the setting */

/** @type {WeakMap<object, import("./schema.js").Shown>} the decoded messages of a kernel */
const read = new WeakMap();

/**
 * Copies the bytes of a DataView, which need not begin where its buffer does.
 * @param {DataView} view
 */
export const bytesOf = (view) =>
  /** @type {ArrayBuffer} */ (view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));

/** @param {import("./schema.js").Packed} packed */
export const readArray = ({ dtype, data }) => new (dtype === "f4" ? Float32Array : Float64Array)(bytesOf(data));

export class Connection {
  /** @param {any} model anywidget's model, or a substitute for it */
  constructor(model) {
    this.model = model;
    this.edited = -Infinity; // time of the last edit, in ms
  }

  /** @returns {import("./schema.js").Shown} */
  get shown() {
    const sent = this.model.get("shown");
    if (!sent.text) return sent; // without a kernel it is not packed
    const revive = (/** @type {string} */ _, /** @type {any} any JSON value */ value) =>
      value?.dtype ? readArray(value) : value?.bytes === undefined ? value : sent.buffers[value.bytes];
    if (!read.has(sent)) read.set(sent, JSON.parse(sent.text, revive));
    return /** @type {import("./schema.js").Shown} */ (read.get(sent));
  }

  /** The unanswered events, kept in the model, since another view may have sent them. */
  get pending() {
    /** @type {{events: Asked[]}} */
    const { events } = this.model.get("asked");
    return events.filter(({ serial }) => serial > this.shown.serial);
  }

  /**
   * Sends an event: {set}, {edit}, {press} or {pick}.
   * @param {Omit<Asked, "serial">} event
   */
  ask(event) {
    const { pending } = this;
    if (event.edit) this.edited = performance.now();
    const serial = 1 + (pending.at(-1) ?? this.shown).serial;
    const subject = subjectOf(event);
    while (subject && pending.length && subjectOf(pending[pending.length - 1]) === subject) pending.pop(); // others may depend on earlier events
    this.model.set("asked", { events: [...pending, { serial, ...event }] });
    this.model.save_changes();
  }

  /**
   * The value last set, answered or not.
   * @param {string} name
   * @param {any} value of the setting's type
   */
  wanted(name, value) {
    return this.pending.findLast(({ set }) => set && name in set)?.set?.[name] ?? value;
  }

  /**
   * The number in a cell as it was last typed, answered or not.
   * @param {Target} target
   * @param {number} value
   */
  typed(target, value) {
    return this.pending.findLast(({ edit }) => edit && placeOf(edit) === placeOf(target))?.edit?.value ?? value;
  }
}

/** @param {Target} target */
const placeOf = ({ stage, panel, cell }) => `${stage} ${panel} ${cell}`;

/**
 * What an event changes: a later one that changes the same makes it redundant. Nothing overtakes a press.
 * @param {Omit<Asked, "serial">} event
 */
function subjectOf({ set, edit, pick }) {
  if (set) return `set ${Object.keys(set)}`;
  if (edit) return `edit ${placeOf(edit)}`;
  return pick && `pick ${pick.stage}`;
}
