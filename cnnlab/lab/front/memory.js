// The browser's storage for all pages of a site, with or without a kernel: the solved questions and the theme.

const SOLVED = "cnnlab-solved";
const PAGES = "[data-widget], [data-jupyter-lite-root]"; // a Jupyter server has a file: cnnlab.course.progress

/**
 * @param {string} name
 * @returns {any} the value stored under the name; null if unreadable
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
  } catch {} // a browser may refuse storage: the page works without it
}

/** @returns {Record<string, string>} the right answers as given, by question */
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

/** Shows how many questions of a notebook are solved, wherever the page displays it. */
export function showSolved() {
  const keys = Object.keys(solved());
  for (const el of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-solved]"))) {
    const count = keys.filter((key) => key.startsWith(`${el.dataset.solved}.`)).length;
    el.textContent = count ? ` · ${count} of ${el.dataset.of} solved` : "";
  }
}
