// Whether the kernel answers: one heart for all explorers of a kernel in a page. When an answer is late at one of them, or
// the host says that the kernel is gone, all of them say so, and forget it when anything is heard again.

const LOOK = 250; // ms
const QUIET = 1500; // ms without an answer, after which it is told
export const BUSY = "No answer from the kernel: it is busy, or was restarted. After a restart, run this cell again.";
const GONE = "The kernel is gone: run this cell again.";

/** @typedef {{link: import("./connection.js").Connection, tell: (words: string) => void}} Member an explorer, and how it says it */

/** @type {Map<string, Heart>} */
const hearts = new Map(); // by kernel

class Heart {
  constructor() {
    /** @type {Set<Member>} */
    this.members = new Set();
    this.quiet = 0; // ms
    this.words = "";
    this.timer = 0;
    this.cut = () => this.tell(GONE); // the host's word, as JupyterLab's at a restart
  }

  /** @param {Member} member */
  join(member) {
    this.members.add(member);
    member.tell(this.words);
    if (member.link.model.send) member.link.model.on("comm_live_update", this.cut); // not where a table answers
    if (this.members.size === 1) this.look();
  }

  /** @param {Member} member */
  leave(member) {
    this.members.delete(member);
    if (member.link.model.send) member.link.model.off("comm_live_update", this.cut);
    if (!this.members.size) clearTimeout(this.timer);
  }

  /** Takes a sign of life. */
  heard() {
    this.quiet = 0;
    this.tell("");
  }

  /** Counts the silence. A page that is busy itself counts none, since then nothing here runs. */
  look() {
    const due = [...this.members].some(({ link }) => link.pending.length);
    this.quiet = due && !document.hidden ? this.quiet + LOOK : 0;
    if (this.quiet >= QUIET && !this.words) this.tell(BUSY);
    this.timer = window.setTimeout(() => this.look(), LOOK);
  }

  /** @param {string} words */
  tell(words) {
    if (words === this.words) return;
    this.words = words;
    for (const member of this.members) member.tell(words);
  }
}

/**
 * Lets an explorer hear of its kernel.
 * @param {import("./connection.js").Connection} link
 * @param {(words: string) => void} tell is called with what there is to say, "" for nothing
 * @returns {{heard: () => void, leave: () => void}}
 */
export function listen(link, tell) {
  const kernel = link.model.get("process") ?? "";
  if (!hearts.has(kernel)) hearts.set(kernel, new Heart());
  const heart = /** @type {Heart} */ (hearts.get(kernel));
  const member = { link, tell };
  heart.join(member);
  const leave = () => {
    heart.leave(member);
    if (!heart.members.size) hearts.delete(kernel);
  };
  return { heard: () => heart.heard(), leave };
}
