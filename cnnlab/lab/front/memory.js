// What the browser keeps for all pages of a site, with a kernel or without one: what has been solved, and the theme.

const SOLVED = "cnnlab-solved";
const PAGES = "[data-widget], [data-jupyter-lite-root]"; // a Jupyter server has a file for it: cnnlab.course.progress

/**
 * @param {string} name
 * @returns {any} whatever was kept under the name; null where nothing can be read
 */
export function recalled(name) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {} // a browser may keep nothing: the page works all the same
}

/** @returns {Record<string, string>} the right answers as they were given, by question */
export const solved = () => (document.querySelector(PAGES) && recalled(SOLVED)) ?? {};

/**
 * @param {string} key of a question
 * @param {string} given
 */
export function keepSolved(key, given) {
  if (!document.querySelector(PAGES)) return;
  remember(SOLVED, { ...solved(), [key]: given });
  showSolved();
}

/** Says how many questions of a notebook are solved, wherever a page has room for it. */
export function showSolved() {
  const keys = Object.keys(solved());
  for (const el of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-solved]"))) {
    const count = keys.filter((key) => key.startsWith(`${el.dataset.solved}.`)).length;
    el.textContent = count ? ` · ${count} of ${el.dataset.of} solved` : "";
  }
}
