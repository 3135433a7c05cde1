// Whether the kernel answers. When an answer is late at one explorer, or the host says that the kernel is gone, all
// explorers of that kernel in the page say so, until a message arrives again.

const LOOK = 250; // ms
const PATIENCE = { asked: 1500, training: 5000 }; // ms without a message before a warning
const BUSY = "No answer from the kernel: it is busy, or was restarted. After a restart, run this cell again.";
const GONE = "The kernel is gone: run this cell again.";

/** @type {Map<Element, unknown>} where each explorer of the page says it, and which kernel it has */
const lines = new Map();

/**
 * Watches the kernel of an explorer.
 * @param {import("./connection.js").Connection} link
 * @param {Element} line of its text: the message, if any
 * @param {AbortSignal} signal
 */
export function listen(link, line, signal) {
  const { model } = link;
  const kernel = model.get("process");
  lines.set(line, kernel);
  let quiet = 0;
  const say = (/** @type {string} */ words) => {
    for (const [other, its] of lines) if (its === kernel && other.textContent !== words) other.textContent = words;
  };
  const heard = () => {
    quiet = 0;
    say("");
  };
  // JupyterLab sends an event at a restart, and nothing at a shutdown: then it just has no kernel any more.
  const gone = () => say(GONE);
  const timer = setInterval(() => {
    const { pending, shown } = link;
    const isTraining = shown.parts.some(({ alive }) => alive);
    const patience = pending.length ? PATIENCE.asked : isTraining ? PATIENCE.training : Infinity;
    quiet = patience < Infinity && !document.hidden ? quiet + LOOK : 0; // counts ticks: the page itself may be busy
    if (model.widget_manager?.kernel === null) gone();
    else if (quiet >= patience) say(BUSY);
  }, LOOK);
  model.on("change:shown", heard);
  model.on("comm_live_update", gone);
  signal.addEventListener("abort", () => {
    clearInterval(timer);
    lines.delete(line);
    model.off("change:shown", heard);
    model.off("comm_live_update", gone);
  });
}
