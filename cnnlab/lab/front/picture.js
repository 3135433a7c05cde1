// The picture of an explorer as a file: the screen's contents, drawn as SVG with text as text, in every host and on a
// page without a kernel. It computes no numbers.

const LEFT_OUT =
  ".cnnlab-skip, .cnnlab-transport, .cnnlab-toggles, .cnnlab-tools, .cnnlab-hint, .cnnlab-save, .cnnlab-code, .cnnlab-silence, " +
  ".cnnlab-live, .cnnlab-lacks, .cnnlab-press, .cnnlab-pad-help, .cnnlab-veil, .cnnlab-file, " +
  ".cnnlab-button:has(.cnnlab-thumb), input[type='range'], option";
const KEPT = "fill stroke stroke-width stroke-dasharray opacity font-family font-size font-weight text-anchor";
const SHADOW = /(\w+\([^)]*\)) 0px 0px 0px ([\d.]+)px( inset)?/g;
const BASE = 0.35; // from the middle of a line down to its baseline, relative to the font size
const SCALE = 2; // px of a PNG per px of the screen
const HATCH = `<pattern id="hatch" width="4.24" height="4.24" patternUnits="userSpaceOnUse"
  patternTransform="rotate(45)"><path d="M0 0v4.24" stroke="#6e7781" stroke-opacity="0.3" stroke-width="4.24"/></pattern>`;

const pen = /** @type {CanvasRenderingContext2D} */ (
  document.createElement("canvas").getContext("2d", { willReadFrequently: true })
);

/**
 * An element of a drawing, or one that gets these attributes too.
 * @param {string | Element} made its name, or itself
 * @param {Record<string, string | number>} attributes
 */
function element(made, attributes) {
  const it = made instanceof Element ? made : document.createElementNS("http://www.w3.org/2000/svg", made);
  for (const [name, value] of Object.entries(attributes)) it.setAttribute(name, `${value}`);
  return it;
}

/** A drawing in layers: boxes, then lines around them, then words. */
class Drawing {
  boxes = element("g", {});
  lines = element("g", { fill: "none" });
  words = element("g", {});

  /** @param {Element} root */
  constructor(root) {
    this.box = root.getBoundingClientRect();
    const { width, height } = this.box;
    this.svg = element("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
    this.svg.innerHTML = HATCH;
    this.svg.append(this.boxes, this.lines, this.words);
    this.add(root, this.box);
  }

  /**
   * The position of a box in the drawing.
   * @param {DOMRect} box
   * @param {number} [out] px to enlarge it by on each side
   */
  at({ left, top, width, height }, out = 0) {
    const [x, y] = [left - this.box.left - out, top - this.box.top - out];
    return { x, y, width: width + 2 * out, height: height + 2 * out };
  }

  /**
   * Adds an element in a colour, if that is not transparent: as red, green and blue, which every program reads.
   * @param {Element} layer
   * @param {string} name
   * @param {string} colour
   * @param {Record<string, string | number>} look
   */
  paint(layer, name, colour, look) {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
    const filled = layer === this.lines ? "stroke" : "fill";
    const made = element(name, { ...look, [filled]: `rgb(${red},${green},${blue})`, opacity: alpha / 255 });
    if (alpha) layer.append(made);
    return made;
  }

  /**
   * @param {Element} shown
   * @param {DOMRect} clip clipped parts are not drawn
   */
  add(shown, clip) {
    const box = shown.getBoundingClientRect();
    const isSeen = shown.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (!isSeen || shown.matches(LEFT_OUT) || box.top >= clip.bottom || box.left >= clip.right) return;
    if (shown instanceof SVGSVGElement) return this.addSvg(shown, box);
    const style = getComputedStyle(shown);
    if (shown instanceof HTMLCanvasElement) {
      const look = { preserveAspectRatio: "none", style: "image-rendering: pixelated", href: shown.toDataURL() };
      this.boxes.append(element("image", { ...this.at(box), ...look }));
    } else if (box.width && box.height) this.addBox(shown, style, box);
    for (const child of shown.childNodes)
      if (child instanceof Element) this.add(child, style.overflowX === "visible" ? clip : box);
      else if (child instanceof Text) this.addWords(child, style);
  }

  /**
   * Adds the background and borders of an element, and text that is not in its text nodes.
   * @param {Element} shown
   * @param {CSSStyleDeclaration} style
   * @param {DOMRect} box
   */
  addBox(shown, style, box) {
    const rx = Math.min(Number.parseFloat(style.borderTopLeftRadius), box.height / 2);
    this.paint(this.boxes, "rect", style.backgroundColor, { ...this.at(box), rx });
    if (style.backgroundImage.startsWith("repeating"))
      this.boxes.append(element("rect", { ...this.at(box), fill: "url(#hatch)" }));
    /** @type {(wide: string, colour: string, line: string, out: (wide: number) => number) => void} */
    const ring = (wide, colour, line, out) => {
      const px = Number.parseFloat(wide);
      const dashes = line === "solid" ? "none" : "3 2";
      const look = { ...this.at(box, out(px)), rx, "stroke-width": px, "stroke-dasharray": dashes };
      if (px && line !== "none") this.paint(this.lines, "rect", colour, look);
    };
    if (style.borderLeftStyle !== "none")
      ring(style.borderTopWidth, style.borderTopColor, style.borderTopStyle, (px) => -px / 2);
    const offset = Number.parseFloat(style.outlineOffset);
    ring(style.outlineWidth, style.outlineColor, style.outlineStyle, (px) => offset + px / 2);
    for (const [, colour, wide, inset] of [...style.boxShadow.matchAll(SHADOW)].reverse()) // the first is on top
      ring(wide, colour, "solid", (px) => (inset ? -px : px) / 2);
    for (const name of ["::before", "::after"]) {
      const sign = getComputedStyle(shown, name);
      const [left, top, width, height] = [sign.left, sign.top, sign.width, sign.height].map(Number.parseFloat);
      if (sign.position === "absolute")
        this.addWord(sign.content.slice(1, -1), new DOMRect(box.left + left, box.top + top, width, height), sign);
    }
    const field = /** @type {any} */ (shown.matches("input, select") ? shown : {});
    const chosen = field.type === "radio" ? (field.checked ? "●" : "○") : field.selectedOptions?.[0]?.text;
    const written = chosen ?? field.value;
    if (written) this.addWord(written, new DOMRect(box.left + 4, box.top, 0, box.height), style);
  }

  /**
   * Adds each word at its position.
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
   * @param {string} word stretched to its box, so that it fits in any font
   * @param {DOMRect} box
   * @param {CSSStyleDeclaration} style
   */
  addWord(word, box, style) {
    const { x, y, width, height } = this.at(box);
    const base = y + height / 2 + BASE * Number.parseFloat(style.fontSize);
    const font = { "font-family": style.fontFamily, "font-size": style.fontSize, "font-weight": style.fontWeight };
    const look = { x, y: base, ...font, ...(width && { textLength: width }) };
    if (height) this.paint(this.words, "text", style.color, look).textContent = word;
  }

  /**
   * @param {SVGSVGElement} shown
   * @param {DOMRect} box
   */
  addSvg(shown, box) {
    const copy = /** @type {Element} */ (shown.cloneNode(true));
    const parts = shown.querySelectorAll("*");
    for (const [k, part] of copy.querySelectorAll("*").entries()) {
      const style = getComputedStyle(parts[k]);
      for (const name of KEPT.split(" ")) part.setAttribute(name, style.getPropertyValue(name));
    }
    this.boxes.append(element(copy, { ...this.at(box), overflow: "visible" }));
  }
}

/**
 * Downloads a picture of the explorer.
 * @param {Element} root
 * @param {string} name of the file, without its ending
 * @param {"svg" | "png"} kind
 */
export async function savePicture(root, name, kind) {
  const drawing = new XMLSerializer().serializeToString(new Drawing(root).svg);
  let url = URL.createObjectURL(new Blob([drawing], { type: "image/svg+xml" }));
  if (kind === "png") {
    const image = Object.assign(new Image(), { src: url });
    await image.decode();
    const [width, height] = [image.width, image.height].map((length) => SCALE * length);
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d")?.drawImage(image, 0, 0, width, height);
    url = canvas.toDataURL();
  }
  Object.assign(document.createElement("a"), { href: url, download: `${name}.${kind}` }).click();
}
