// Keys: those of a block of ours do not reach the host's shortcuts, and the arrows move from cell to cell.

const SUPPRESS = "data-lm-suppress-shortcuts";

/** @type {Record<string, number[]>} the step (rows, columns) of each arrow key */
export const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/**
 * Does a key belong to the block that has the focus? Ctrl+S and the like, and Shift+Enter, are the host's.
 * @param {KeyboardEvent} event
 */
export const isOurs = (event) =>
  !event.ctrlKey && !event.metaKey && !event.altKey && !(event.shiftKey && event.key === "Enter");

/**
 * Keeps the keys that are pressed inside an element from the host's shortcuts: JupyterLab takes them on their way up,
 * Notebook on their way down, where it looks at an attribute of the element that has the focus.
 * @param {HTMLElement} root
 * @param {AbortSignal} signal
 */
export function guardKeys(root, signal) {
  const mark = (/** @type {KeyboardEvent} */ event) => {
    if (event.target instanceof Element && root.contains(event.target))
      event.target.toggleAttribute(SUPPRESS, isOurs(event));
  };
  window.addEventListener("keydown", mark, { capture: true, signal });
  for (const type of ["keydown", "keyup", "keypress"])
    root.addEventListener(type, (event) => isOurs(/** @type {KeyboardEvent} */ (event)) && event.stopPropagation(), {
      signal,
    });
}

/**
 * The cell that an arrow key goes to, within its plane, or among maps that stand below each other; nothing for another key.
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
 * How many nudges up a key means; 0 for another key.
 * @param {KeyboardEvent} event
 */
export const nudgeIn = ({ shiftKey, key }) => (shiftKey ? Number(key === "ArrowUp") - Number(key === "ArrowDown") : 0);

/**
 * Does a key begin the typing of a number?
 * @param {string} key
 */
export const beginsEdit = (key) => /^[-−+0-9.,]$/.test(key) || key === "Enter" || key === "F2";
