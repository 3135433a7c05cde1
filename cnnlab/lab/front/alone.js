// Without any input, the first uncovered explorer of a notebook plays once; any input stops it.

import { isCalm } from "./panels.js";

const PATIENCE = 6000; // ms without input
const INPUTS = ["pointermove", "pointerdown", "keydown", "wheel", "beforeprint"];
const FIRST = ".cnnlab-explorer:not(.cnnlab-veiled) [aria-label=play]";

const played = new WeakSet(); // the notebooks of this page in which a stage has played

/**
 * Plays a stage by itself if the reader does nothing while it is in view.
 * @param {import("./stage.js").Stage} stage
 */
export function playAlone(stage) {
  if (navigator.webdriver || isCalm()) return;
  const { signal } = stage.life;
  let isAlone = false; // while it plays by itself
  let isSeen = false;
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    if (isSeen) timer = window.setTimeout(begin, PATIENCE);
  };
  const begin = () => {
    const notebook = stage.root.closest(".jp-Notebook") ?? document.body;
    const isFirst = notebook.querySelector(FIRST)?.closest(".cnnlab-stage") === stage.root;
    if (played.has(notebook) || !isFirst) return;
    played.add(notebook);
    isAlone = true;
    stage.dispatch({ type: "play", on: true });
  };
  const heard = () => {
    wait();
    if (!isAlone) return;
    isAlone = false;
    stage.dispatch({ type: "release" });
  };
  for (const type of INPUTS) window.addEventListener(type, heard, { capture: true, passive: true, signal });
  const watcher = new IntersectionObserver(
    ([{ isIntersecting }]) => {
      isSeen = isIntersecting;
      wait();
    },
    { threshold: 0.8 },
  );
  watcher.observe(stage.root);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    watcher.disconnect();
  });
}
