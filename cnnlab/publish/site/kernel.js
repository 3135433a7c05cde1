// In the view of one notebook, with a kernel in the browser: what its page cannot say, and the way to a place in it.

const PYTHON = "{python}";
// Under which all pages look for it: see cnnlab/lab/front/memory.js.
const SOLVED = "cnnlab-solved";
const RESTART = { label: "Restart", commandId: "notebook:restart-kernel" };
const RUN_ALL = { label: "Run all cells", commandId: "notebook:run-all-cells" };

/** Waits for JupyterLite, which must have opened the notebook. */
async function opened() {
  while (!globalThis.jupyterapp?.shell.currentWidget?.context) await new Promise((done) => setTimeout(done, 100));
  return globalThis.jupyterapp;
}

/** Shows a message until it is closed. */
async function say(message, ...actions) {
  (await opened()).commands.execute("apputils:notify", { message, options: { autoClose: false, actions } });
}

addEventListener(
  "securitypolicyviolation",
  ({ blockedURI, effectiveDirective }) =>
    say(`This may not start: the server's Content-Security-Policy blocks ${blockedURI} (${effectiveDirective}).`),
  { once: true },
);
fetch(PYTHON, { method: "HEAD", mode: "no-cors" }).catch(() =>
  say(`Python cannot start: ${new URL(PYTHON, location.href)} cannot be reached from here.`),
);
const { commands, shell } = await opened();
const notebook = shell.currentWidget;
const go = () => location.hash && notebook.setFragment(location.hash);

/** Keeps which exercises have been passed, by the number of their notebook. */
function keep() {
  for (const { sharedModel, outputs } of notebook.content.model.cells) {
    const [, name] = sharedModel.source.match(/^exercises\.(\w+)\.check\(\w+\)/) ?? [];
    if (!name || !JSON.stringify(outputs).includes("✓ Passed.")) continue;
    const key = `${notebook.context.path.slice(0, 2)}.my_${name}`;
    localStorage[SOLVED] = JSON.stringify({ ...JSON.parse(localStorage[SOLVED] ?? "{}"), [key]: "" });
  }
}

commands.commandExecuted.connect((_, { id, result }) => {
  if (id.startsWith("notebook:run")) result.then(keep);
  // It ends at the last cell.
  if (id === RUN_ALL.commandId) result.then(go);
  if (id.includes("interrupt")) say("In a browser nothing can be interrupted. A restart ends the cell.", RESTART);
});
await notebook.context.ready;
await notebook.revealed;
go();
say("Python runs in your browser. To bring the explorers to life:", RUN_ALL);
