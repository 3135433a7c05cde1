// What every module needs of the document: elements, texts with subscripts, and the arrays that Python sent.

const SVG = new Set(["svg", "path", "polyline", "line", "rect", "circle", "text"]);

/**
 * Makes an element of HTML or SVG: `make("button", {class: "a", onclick: f}, "text", child)`; text goes in as text.
 * @param {string} tag
 * @param {Record<string, any>} attributes
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function make(tag, attributes = {}, ...children) {
  const element = SVG.has(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") element.toggleAttribute(name, value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Copies an array out of a DataView, which need not be aligned. */
export function readArray({ dtype, data }) {
  const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  return dtype === "f4" ? new Float32Array(bytes) : new Float64Array(bytes);
}

/**
 * A text as nodes: what follows "_" after a single letter is a subscript, as in z_A or δ_zA.
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function withSubscripts(text) {
  const parts = text.split(/(?<=(?:^|[^A-Za-z])[A-Za-zδ⋆])_([A-Za-z]+)/);
  return parts.map((part, k) => (k % 2 ? make("sub", {}, part) : part));
}

/**
 * Lines of text; a span's style becomes its class.
 * @param {import("./schema.js").Line[]} lines
 */
export function linesOf(lines) {
  return lines.map((line) =>
    make(
      "div",
      { class: "cnnlab-line" },
      ...line.map(([style, text]) => make("span", style ? { class: `cnnlab-${style}` } : {}, ...withSubscripts(text))),
    ),
  );
}

/** Sets the text of an element where it is another one. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Says how wide texts are in the font of an element. */
export function measureIn(element) {
  const { fontSize, fontFamily } = getComputedStyle(element);
  const context = document.createElement("canvas").getContext("2d");
  const widths = new Map();
  return (text, bold) => {
    const key = `${bold} ${text}`;
    if (!widths.has(key)) {
      context.font = `${bold ? 700 : 400} ${fontSize} ${fontFamily}`;
      widths.set(key, context.measureText(text.replaceAll("_", "")).width);
    }
    return widths.get(key);
  };
}
