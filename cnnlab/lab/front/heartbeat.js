// Whether the kernel answers. When an answer is late at one explorer, or the host says that the kernel is gone, all
// explorers of that kernel in the page say so, until a message arrives again.

const LOOK = 250; // ms
const PATIENCE = { asked: 1500, training: 5000 }; // ms without a message before a warning
const BUSY = "No answer from the kernel: it is busy, or was restarted. After a restart, run this cell again.";
const GONE = "The kernel is gone: run this cell again.";

/**
 * How long an explorer may be without a message.
 * @param {import("./connection.js").Connection} link
 */
function patienceOf({ pending, shown }) {
  if (pending.length) return PATIENCE.asked;
  return shown.parts?.some(({ alive }) => alive) ? PATIENCE.training : Infinity;
}

/**
 * Watches the kernel of an explorer.
 * @param {import("./connection.js").Connection} link
 * @param {(words: string) => void} tell is called with the message, "" for none
 * @param {AbortSignal} signal
 * @returns {() => void} to be called at each sign of life
 */
export function listen(link, tell, signal) {
  const { model } = link;
  const name = `cnnlab-kernel-${model.get("process")}`;
  const say = (/** @type {string} */ words) => document.dispatchEvent(new CustomEvent(name, { detail: words }));
  document.addEventListener(name, (event) => tell(/** @type {CustomEvent} */ (event).detail), { signal });
  const gone = () => say(GONE); // sent by the host, as by JupyterLab at a restart
  if (model.send) model.on("comm_live_update", gone); // not if a table answers
  let [quiet, timer] = [0, 0];
  const look = () => {
    const patience = patienceOf(link);
    quiet = patience < Infinity && !document.hidden ? quiet + LOOK : 0; // counts ticks: the page itself may be busy
    if (quiet >= patience) say(BUSY);
    timer = window.setTimeout(look, LOOK);
  };
  look();
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    if (model.send) model.off("comm_live_update", gone);
  });
  return () => {
    quiet = 0;
    say("");
  };
}
