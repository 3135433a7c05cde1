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
  const asked = new URLSearchParams(`name=${hash.slice(1).replace("?", "&")}`);
  const { name, ...settings } = Object.fromEntries(asked);
  const [panel, ...numbers] = settings.at?.split(",") ?? [""];
  const [plane, row, column, stage = 0] = numbers.map(Number);
  return { name, settings, place: { stage, panel, cell: [plane, row, column] } };
}

/**
 * The first of the states with the most of the requested settings, and the settings that it does not have.
 * @param {Parts[]} states nearest to the initial state first
 * @param {Record<string, string>} settings
 */
export function stateWith(states, settings) {
  const missing = states.map((parts) => {
    const held = settingsOf(parts);
    return Object.entries(settings).filter(([name, value]) => held.get(name) !== value);
  });
  const [fewest] = missing.toSorted((one, other) => one.length - other.length);
  return { number: missing.indexOf(fewest), missing: fewest };
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
