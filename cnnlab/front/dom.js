// What every front end needs: elements, and the arrays that Python sent.

const SVG = new Set(["svg", "path", "polyline", "line", "rect", "circle", "text"]);

/** Makes an element of HTML or SVG: `make("button", {class: "a", onclick: f}, "text", child)`; text goes in as text. */
export function make(tag, attributes = {}, ...children) {
  const element = SVG.has(tag) ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
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
