// Whether the kernel is there and free: the twin of cnnlab/lab/explorers/_heartbeat.py. One heart for all explorers of a
// kernel in a page: one of them carries its beats, and when they fail, or an answer does, all of them say so.

const LOOK = 250; // ms
const QUIET = 1500; // ms without a sign of life, after which it is told
export const BUSY = "No answer from the kernel: it is busy, or was restarted. After a restart, run this cell again.";
export const GONE = "The kernel is gone: run this cell again.";

/** @typedef {{link: import("./connection.js").Link, tell: (words: string) => void}} Member an explorer, and how it says it */

/** @type {Map<string, Heart>} */
const hearts = new Map(); // by kernel

class Heart {
  constructor() {
    /** @type {Set<Member>} */
    this.members = new Set();
    /** @type {Member | null} */
    this.carrier = null;
    this.beats = false; // whether the next one is due
    this.quiet = 0; // ms
    this.words = "";
    this.timer = 0;
    this.hear = ({ beat }) => beat !== undefined && this.heard(beat);
    this.cut = () => this.tell(GONE); // the host's word, as JupyterLab's at a restart
  }

  /** @param {Member} member */
  join(member) {
    this.members.add(member);
    member.tell(this.words);
    if (!this.carrier) this.appoint(member);
    if (this.members.size === 1) this.look();
  }

  /** @param {Member} member */
  leave(member) {
    const { model } = member.link;
    this.members.delete(member);
    if (member === this.carrier) {
      model.off("msg:custom", this.hear);
      model.off("comm_live_update", this.cut);
      this.carrier = null;
      const [next] = this.members;
      if (next) this.appoint(next);
    }
    if (!this.members.size) clearTimeout(this.timer);
  }

  /** Lets a member carry the beats; a page without a kernel has none. */
  appoint(member) {
    const { model } = member.link;
    if (!model.send) return;
    this.carrier = member;
    model.on("msg:custom", this.hear);
    model.on("comm_live_update", this.cut);
    this.ask(model);
  }

  ask(model) {
    try {
      model.send({ ask: "beat" });
    } catch {
      this.tell(GONE); // so JupyterLab says that a kernel was shut down
    }
  }

  /** Asks whether a kernel that had nothing to do is still there, now that somebody comes. */
  visit() {
    if (!this.carrier || this.beats || this.words) return;
    this.beats = true;
    this.ask(this.carrier.link.model);
  }

  /** Takes a sign of life; `beats` says whether another one is due. */
  heard(beats = this.beats) {
    this.beats = beats;
    this.quiet = 0;
    this.tell("");
  }

  /** Counts the silence. A page that is busy itself counts none, since then nothing here runs. */
  look() {
    const due = this.beats || [...this.members].some(({ link }) => link.pending.length);
    this.quiet = due && !document.hidden ? this.quiet + LOOK : 0;
    if (this.quiet >= QUIET && !this.words) this.tell(BUSY);
    this.timer = window.setTimeout(() => this.look(), LOOK);
  }

  tell(words) {
    if (words === this.words) return;
    this.words = words;
    for (const member of this.members) member.tell(words);
  }
}

/**
 * Lets an explorer hear of its kernel.
 * @param {import("./connection.js").Link} link
 * @param {(words: string) => void} tell is called with what there is to say, "" for nothing
 * @returns {{heard: () => void, visit: () => void, leave: () => void}}
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
  return { heard: () => heart.heard(), visit: () => heart.visit(), leave };
}
