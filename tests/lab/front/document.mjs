// As much of a document as strip.js and cover.js of cnnlab/lab/front need: elements with classes, attributes, texts, a focus.

class Element {
  constructor(tag) {
    Object.assign(this, { tag, attributes: {}, children: [], listeners: {}, classes: new Set() });
    this.classList = { toggle: (name, on) => (on ? this.classes.add(name) : this.classes.delete(name)) };
  }

  setAttribute(name, value) {
    this.attributes[name] = String(value);
    if (name === "class") this.classes = new Set(value.split(" "));
  }

  toggleAttribute(name, on) {
    if (on) this.attributes[name] = "";
    else delete this.attributes[name];
  }

  addEventListener(type, listener) {
    this.listeners[type] = listener;
  }

  append(...children) {
    for (const child of children) if (child instanceof Element) child.parentElement = this;
    this.children.push(...children);
  }

  remove() {
    if (this.parentElement) this.parentElement.children = this.parentElement.children.filter((child) => child !== this);
    this.parentElement = null;
    if (this.contains(document.activeElement)) document.activeElement = null;
  }

  contains(other) {
    return other === this || this.children.some((child) => child instanceof Element && child.contains(other));
  }

  /** The first element in it with one of these tags: "input, button". */
  querySelector(tags) {
    const inside = this.children.filter((child) => child instanceof Element);
    const found = inside.map((child) => (tags.split(", ").includes(child.tag) ? child : child.querySelector(tags)));
    return found.find(Boolean) ?? null;
  }

  focus() {
    document.activeElement = this;
  }

  /** Its text; a subscript is written as Python sent it: _A. */
  get textContent() {
    const text = this.children.map((child) => (typeof child === "string" ? child : child.textContent)).join("");
    return this.tag === "sub" ? `_${text}` : text;
  }

  /** All elements of a class in it. */
  all(name) {
    const inside = this.children.flatMap((child) => (child instanceof Element ? child.all(name) : []));
    return this.classes.has(name) ? [this, ...inside] : inside;
  }
}

globalThis.document = {
  activeElement: null,
  createElement: (tag) => new Element(tag),
  createElementNS: (_, tag) => new Element(tag),
  createTreeWalker: () => null, // lit-html asks for one as it is read
};
