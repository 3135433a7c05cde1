// Where nobody points, the first explorer of a notebook that no question covers plays once, slowly; any input stops it.

import { isCalm } from "./frame.js";

const PATIENCE = 6000; // ms without any input
const INPUTS = ["pointermove", "pointerdown", "keydown", "wheel", "beforeprint"];
const FIRST = ".cnnlab-explorer:not(.cnnlab-veiled) .cnnlab-play";

let latest = 0; // ms: when there was some input
const played = new WeakSet(); // the notebooks of this page in which one has played

/**
 * Has a stage play by itself, should nobody touch anything while it is in view.
 * @param {import("./stage.js").Stage} stage
 */
export function playAlone(stage) {
  if (navigator.webdriver || isCalm()) return;
  const { signal } = stage.life;
  const heard = () => {
    latest = performance.now();
  };
  for (const type of INPUTS) window.addEventListener(type, heard, { capture: true, passive: true, signal });
  let timer = 0;
  const begin = () => {
    const rest = latest + PATIENCE - performance.now();
    const notebook = stage.root.closest(".jp-Notebook") ?? document.body;
    const isFirst = notebook.querySelector(FIRST)?.closest(".cnnlab-stage") === stage.root;
    if (played.has(notebook) || !isFirst) return;
    if (rest > 0) {
      timer = window.setTimeout(begin, rest);
      return;
    }
    played.add(notebook);
    const { speed } = stage;
    stage.pace("½×");
    stage.dispatch({ type: "play", on: true });
    const over = new AbortController();
    const stop = () => {
      over.abort();
      stage.pace(speed);
      stage.dispatch({ type: "release" });
    };
    for (const type of INPUTS)
      window.addEventListener(type, stop, { capture: true, signal: AbortSignal.any([signal, over.signal]) });
  };
  const watcher = new IntersectionObserver(
    ([{ isIntersecting }]) => {
      clearTimeout(timer);
      if (isIntersecting) timer = window.setTimeout(begin, PATIENCE);
    },
    { threshold: 0.8 },
  );
  watcher.observe(stage.root);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    watcher.disconnect();
  });
}
