// The address of an explorer in a state: its name, the settings that differ from the initial ones, and the selected
// cell, as in `#window?stride=2&at=y,0,1,2`. A fifth number is the index of the cell's stage, if not the first.

const LINKED = ["slider", "select", "switch", "tabs"]; // controls whose values fit in an address

/** @typedef {{stage: number, panel: string, cell: number[]}} Place */
/** @typedef {Pick<import("./schema.js").Part, "kind" | "controls" | "scene">[]} Parts */

/**
 * The visible settings in the form used in an address.
 * @param {Parts} parts
 */
export function settingsOf(parts) {
  const controls = parts.flatMap(({ controls = [] }) => controls).filter(({ kind }) => LINKED.includes(kind));
  return new Map(controls.map(({ name, value }) => [name, String(value)]));
}

/**
 * @param {string} name
 * @param {Parts} first its initial state
 * @param {Parts} now
 * @param {Place | null} at the selected cell
 */
export function addressOf(name, first, now, at) {
  const before = settingsOf(first);
  const changed = [...settingsOf(now)].filter(([setting, value]) => before.get(setting) !== value);
  const held = at ? [["at", [at.panel, ...at.cell, ...(at.stage ? [at.stage] : [])].join()]] : [];
  const query = String(new URLSearchParams([...changed, ...held])).replaceAll("%2C", ",");
  return `#${encodeURIComponent(name)}${query && `?${query}`}`;
}

/**
 * The target of an address: an explorer or a section.
 * @param {string} hash
 */
export function readAddress(hash) {
  const [name, query = ""] = hash.slice(1).split("?");
  const asked = new URLSearchParams(query);
  const at = asked.get("at");
  asked.delete("at");
  const [panel, ...numbers] = at?.split(",") ?? [""];
  const [plane, row, column, stage = 0] = numbers.map(Number);
  return { name: decoded(name), settings: [...asked], at, place: { stage, panel, cell: [plane, row, column] } };
}

/** @param {string} name */
function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // a name that matches nothing
  }
}

/**
 * The first state with all requested settings, as far as possible, and the settings that no state has.
 * @param {Parts[]} states nearest to the initial state first
 * @param {[string, string][]} settings
 */
export function stateWith(states, settings) {
  let found = states.map((parts, number) => ({ number, settings: settingsOf(parts) }));
  const missing = settings.filter(([name, value]) => {
    const held = found.filter((state) => state.settings.get(name) === value);
    if (held.length) found = held;
    return !held.length;
  });
  return { number: found[0].number, missing };
}

/**
 * Does the cell exist?
 * @param {Parts} parts
 * @param {Place} place
 */
export function isThere(parts, { stage, panel, cell }) {
  const panels = parts.filter(({ kind }) => kind === "stage")[stage]?.scene?.panels ?? [];
  const { planes, shape } = panels.find(({ name }) => name === panel) ?? {};
  const lengths = planes && shape ? [planes[0] * planes[1], ...shape] : [0, 0, 0];
  return cell.every((index, axis) => Number.isInteger(index) && index >= 0 && index < lengths[axis]);
}
