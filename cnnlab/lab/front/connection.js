// The explorer's line to whoever answers it, a kernel or a table of scenes: see cnnlab/lab/explorers/_events.py.
// Traits coalesce: of several writes only the last may arrive. So every request holds all events that are not answered.

export class Connection {
  /** @param {any} model anywidget's model, or what stands for it */
  constructor(model) {
    this.model = model;
  }

  /** @returns {import("./schema.js").Shown} */
  get shown() {
    return this.model.get("shown");
  }

  /** The events that are not answered; they stand in the model, since another view may have made them. */
  get pending() {
    return (this.model.get("asked")?.events ?? []).filter(({ serial }) => serial > (this.shown.serial ?? 0));
  }

  /**
   * Asks for something: {set}, {edit}, {press} or {pick}.
   * @param {Record<string, any>} event
   */
  ask(event) {
    const { pending } = this;
    const serial = 1 + Math.max(this.shown.serial ?? 0, ...pending.map((other) => other.serial));
    while (pending.length && isOvertaken(pending.at(-1), event)) pending.pop(); // others may build on what came before them
    this.model.set("asked", { events: [...pending, { serial, ...event }] });
    this.model.save_changes();
  }

  /** What a setting was last set to, answered or not. */
  wanted(name, value) {
    const event = this.pending.findLast(({ set }) => set && name in set);
    return event ? event.set[name] : value;
  }

  /** The number in a cell as it was last typed, answered or not. */
  typed(stage, panel, cell, value) {
    const event = this.pending.findLast(({ edit }) => edit && sameTarget(edit, { stage, panel, cell }));
    return event ? event.edit.value : value;
  }
}

const sameTarget = (p, q) => p.stage === q.stage && p.panel === q.panel && p.cell.join() === q.cell.join();

/** Does a later event make an earlier one needless? */
function isOvertaken(other, event) {
  if (event.set && other.set) return Object.keys(other.set).every((name) => name in event.set);
  if (event.edit && other.edit) return sameTarget(other.edit, event.edit);
  return Boolean(event.pick && other.pick && event.pick.stage === other.pick.stage);
}
