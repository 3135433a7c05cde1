// Keys: those meant for an explorer do not reach the host's shortcuts, and arrows move from cell to cell.

/** @type {Record<string, number[]>} the step (rows, columns) of each arrow key */
export const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/**
 * Does a key belong to the focused element? Ctrl+S and the like, and Shift+Enter, belong to the host.
 * @param {KeyboardEvent} event
 */
export const isOurs = (event) =>
  !event.ctrlKey && !event.metaKey && !event.altKey && !(event.shiftKey && event.key === "Enter");

/**
 * Keeps keys pressed inside an element from the host's shortcuts: JupyterLab handles them while they bubble, Notebook
 * while they are captured, unless the focused element has a certain attribute.
 * @param {HTMLElement} root
 * @param {AbortSignal} signal
 */
export function guardKeys(root, signal) {
  const mark = (/** @type {KeyboardEvent} */ event) => {
    if (event.target instanceof Element && root.contains(event.target))
      event.target.toggleAttribute("data-lm-suppress-shortcuts", isOurs(event));
  };
  window.addEventListener("keydown", mark, { capture: true, signal });
  for (const type of ["keydown", "keyup", "keypress"])
    root.addEventListener(type, (event) => isOurs(/** @type {KeyboardEvent} */ (event)) && event.stopPropagation());
}

/**
 * The cell that an arrow key leads to, within its plane or among maps in a column; undefined for other keys.
 * @param {import("./schema.js").Panel} panel
 * @param {import("./schema.js").Cell} cell
 * @param {string} key
 * @returns {import("./schema.js").Cell | undefined}
 */
export function arrowTarget({ shape: [height, width], planes, view }, [plane, row, column], key) {
  const step = ARROWS[key];
  const clamp = (/** @type {number} */ index, /** @type {number} */ count) => Math.max(0, Math.min(count - 1, index));
  if (!step) return undefined;
  const [first, count] = view === "maps" ? [0, planes[0] * planes[1]] : [plane, 1];
  const down = clamp((plane - first) * height + row + step[0], count * height);
  return [first + Math.floor(down / height), down % height, clamp(column + step[1], width)];
}

/**
 * The number of nudges up for a key; 0 for other keys.
 * @param {KeyboardEvent} event
 */
export const nudgeIn = ({ shiftKey, key }) => (shiftKey ? 0 - (ARROWS[key]?.[0] ?? 0) : 0);

/**
 * Does a key begin an edit?
 * @param {string} key
 */
export const beginsEdit = (key) => /^[-−+0-9.,]$/.test(key) || key === "Enter" || key === "F2";
