// The picture of an explorer as a file: what is on the screen, drawn as SVG with its words as text, in every host and on
// a page without a kernel. No number is made here.

const LEFT_OUT =
  ".cnnlab-transport, .cnnlab-toggles, .cnnlab-tools, .cnnlab-hint, .cnnlab-code, .cnnlab-live, .cnnlab-silence, " +
  ".cnnlab-lacks, .cnnlab-press, .cnnlab-pad-buttons, .cnnlab-pad-help, .cnnlab-veil, input[type='range'], option, .cnnlab-file";
const KEPT = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "font-size",
  "font-weight",
  "text-anchor",
];
const MARGIN = 12; // px
const SCALE = 2; // px of a PNG for one of the screen
const HATCH = `<pattern id="hatch" width="4.24" height="4.24" patternUnits="userSpaceOnUse"
  patternTransform="rotate(45)"><path d="M0 0v4.24" stroke="#6e7781" stroke-opacity="0.3" stroke-width="4.24"/></pattern>`;

const pen = /** @type {CanvasRenderingContext2D} */ (
  document.createElement("canvas").getContext("2d", { willReadFrequently: true })
);

/**
 * A colour as every program reads it, with its opacity.
 * @param {string} text
 * @returns {[string, number]}
 */
function colourOf(text) {
  pen.clearRect(0, 0, 1, 1);
  pen.fillStyle = text;
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
  return [`rgb(${red},${green},${blue})`, alpha / 255];
}

const escaped = (/** @type {string} */ text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A drawing: boxes, then lines around them, then words, so that nothing covers what belongs above it. */
class Drawing {
  /** @param {Element} root */
  constructor(root) {
    this.origin = this.clip = root.getBoundingClientRect(); // what is cut off on the screen is no part of it
    this.paper = colourOf(getComputedStyle(root).backgroundColor)[0];
    this.boxes = this.lines = this.words = "";
    this.right = this.bottom = 0;
    for (const child of root.children) this.add(child);
  }

  /**
   * Where a box stands in the drawing, as far as it is seen.
   * @param {DOMRect} box
   */
  within(box) {
    const left = Math.max(box.left, this.clip.left);
    const top = Math.max(box.top, this.clip.top);
    const width = Math.max(0, Math.min(box.right, this.clip.right) - left);
    const height = Math.max(0, Math.min(box.bottom, this.clip.bottom) - top);
    const [x, y] = [left - this.origin.left + MARGIN, top - this.origin.top + MARGIN];
    if (width && height) {
      this.right = Math.max(this.right, x + width);
      this.bottom = Math.max(this.bottom, y + height);
    }
    return { x, y, width, height };
  }

  /** @param {Element} element */
  add(element) {
    if (element.matches(LEFT_OUT) || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
      return;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (element instanceof SVGSVGElement) this.addSvg(element, box);
    else if (element instanceof HTMLCanvasElement) this.addCanvas(element, box);
    else if (box.width && box.height) this.addBox(element, style, box);
    if (element instanceof SVGSVGElement) return;
    const { clip } = this;
    if (style.overflowX !== "visible") this.clip = box;
    for (const child of element.childNodes)
      if (child instanceof Element) this.add(child);
      else if (child instanceof Text) this.addWords(child, style);
    this.clip = clip;
  }

  /**
   * @param {Element} element
   * @param {CSSStyleDeclaration} style
   * @param {DOMRect} box
   */
  addBox(element, style, box) {
    const rect = (/** @type {number} */ grow, /** @type {string} */ look) => {
      const { x, y, width, height } = this.within(box);
      if (!width || !height) return "";
      const round = Math.max(0, Math.min(Number.parseFloat(style.borderTopLeftRadius), height / 2) + grow);
      return `<rect x="${x - grow}" y="${y - grow}" width="${width + 2 * grow}" height="${height + 2 * grow}" rx="${round}" ${look}/>`;
    };
    const ring = (/** @type {number} */ grow, /** @type {string} */ text, /** @type {string} */ width, dashes = "") => {
      const [colour, opacity] = colourOf(text);
      const dashed = dashes === "dotted" || dashes === "dashed" ? 'stroke-dasharray="3 2"' : "";
      const look = `stroke="${colour}" stroke-opacity="${opacity}" stroke-width="${width}" ${dashed}`;
      this.lines += rect(grow, `fill="none" ${look}`);
    };
    const [fill, opacity] = colourOf(style.backgroundColor);
    if (opacity) this.boxes += rect(0, `fill="${fill}" fill-opacity="${opacity}"`);
    if (style.backgroundImage.startsWith("repeating")) this.boxes += rect(0, 'fill="url(#hatch)"');
    const wide = Number.parseFloat(style.borderTopWidth);
    if (wide && style.borderLeftStyle !== "none")
      ring(-wide / 2, style.borderTopColor, `${wide}`, style.borderTopStyle);
    const out = Number.parseFloat(style.outlineWidth);
    if (style.outlineStyle !== "none")
      ring(Number.parseFloat(style.outlineOffset) + out / 2, style.outlineColor, `${out}`, style.outlineStyle);
    const shadows = style.boxShadow.matchAll(/(\w+\([^)]*\)) 0px 0px 0px ([\d.]+)px( inset)?/g);
    for (const [, colour, width, inset] of [...shadows].reverse()) // the first is above the others
      ring(((inset ? -1 : 1) * Number(width)) / 2, colour, width);
    const after = getComputedStyle(element, "::after");
    const sign = after.position === "absolute" && /^"(\S+)"$/.exec(after.content);
    const [left, top, width, height] = ["left", "top", "width", "height"].map((name) =>
      Number.parseFloat(after.getPropertyValue(name)),
    );
    if (sign) this.addWord(sign[1], new DOMRect(box.left + left, box.top + top, width, height), after);
    const field = element instanceof HTMLInputElement ? element.value : "";
    const chosen = element instanceof HTMLSelectElement ? element.selectedOptions[0]?.text : field;
    if (chosen) this.addWord(chosen, new DOMRect(box.left + 4, box.top, box.width, box.height), style, false);
    if (element instanceof HTMLElement && element.dataset.mark === "winner") {
      const { x, y, width } = this.within(box);
      this.lines += `<path d="M${x + width - 10} ${y + 2}h8v8z" fill="${colourOf(style.color)[0]}"/>`;
    }
  }

  /**
   * Adds each word where it stands, as wide as it is there, whatever font a reader has.
   * @param {Text} text
   * @param {CSSStyleDeclaration} style
   */
  addWords(text, style) {
    const range = document.createRange();
    for (const { 0: word, index } of text.data.matchAll(/\S+/g)) {
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      this.addWord(word, range.getBoundingClientRect(), style);
    }
  }

  /**
   * @param {string} word
   * @param {DOMRect} box
   * @param {CSSStyleDeclaration} style
   * @param {boolean} [fits] whether the word is as wide as the box
   */
  addWord(word, box, { color, fontFamily, fontSize, fontWeight }, fits = true) {
    const [colour, opacity] = colourOf(color);
    const place = this.within(box);
    if (!opacity || !place.width || !place.height) return;
    pen.font = `${fontWeight} ${fontSize} ${fontFamily}`;
    const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = pen.measureText(word);
    const base = place.y + (place.height + up - down) / 2;
    const room = fits ? `textLength="${place.width}"` : "";
    const font = `font-family="${escaped(fontFamily)}" font-size="${fontSize}" font-weight="${fontWeight}"`;
    this.words += `<text x="${place.x}" y="${base}" ${room} fill="${colour}" ${font}>${escaped(word)}</text>`;
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {DOMRect} box
   */
  addCanvas(canvas, box) {
    const { x, y, width, height } = this.within(box);
    const place = `x="${x}" y="${y}" width="${width}" height="${height}"`;
    this.boxes += `<image ${place} preserveAspectRatio="none" style="image-rendering: pixelated" href="${canvas.toDataURL()}"/>`;
  }

  /**
   * @param {SVGSVGElement} svg
   * @param {DOMRect} box
   */
  addSvg(svg, box) {
    const copy = /** @type {SVGSVGElement} */ (svg.cloneNode(true));
    const [there, here] = [svg, copy].map((each) => [...each.querySelectorAll("*")]);
    for (const [k, element] of there.entries()) {
      const style = getComputedStyle(element);
      for (const name of KEPT) here[k].setAttribute(name, style.getPropertyValue(name));
    }
    for (const [name, value] of Object.entries(this.within(box))) copy.setAttribute(name, `${value}`);
    copy.setAttribute("overflow", "visible");
    this.boxes += new XMLSerializer().serializeToString(copy);
  }

  get size() {
    return [this.right + MARGIN, this.bottom + MARGIN];
  }

  toString() {
    const [width, height] = this.size;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${HATCH}<rect width="100%" height="100%" fill="${this.paper}"/>${this.boxes}${this.lines}${this.words}</svg>`;
  }
}

/**
 * Saves what an explorer shows, as the browser saves files.
 * @param {Element} root
 * @param {string} name of the file, without its ending
 * @param {"svg" | "png"} kind
 */
export async function savePicture(root, name, kind) {
  const drawing = new Drawing(root);
  let url = URL.createObjectURL(new Blob([`${drawing}`], { type: "image/svg+xml" }));
  if (kind === "png") {
    const image = Object.assign(new Image(), { src: url });
    await image.decode();
    const [width, height] = drawing.size.map((length) => Math.ceil(SCALE * length));
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d")?.drawImage(image, 0, 0, width, height);
    url = canvas.toDataURL();
  }
  Object.assign(document.createElement("a"), { href: url, download: `${name}.${kind}` }).click();
}
