// Templates of lit-html, read without a page: what each holds, as plain elements. Import it before what it reads.

globalThis.document ??= { createTreeWalker() {} }; // lit-html asks for one as it is read

const [ATTRIBUTE, CHILD] = [1, 2]; // where a directive of lit-html stands
const VALUE = /\0(\d+)\0/g; // the place of an attribute's value
const PIECES = /<(\/?)([a-z]+)([^>]*)>|[^<]+/g;
const ATTRIBUTES = /([^\s=]+)(?:=(?:"([^"]*)"|(\S+)))?/g;
const SIGNS = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };
const NOTHING = new Set([undefined, null, Symbol.for("lit-nothing")]);

/** An element as lit-html would make it; a listener is an attribute such as "@click". */
class Element {
  constructor(tag, attributes) {
    Object.assign(this, { tag, attributes, children: [] });
  }

  /** Its text; a subscript is written as Python sent it: _A. */
  get text() {
    const text = this.children.map((child) => (typeof child === "string" ? child : child.text)).join("");
    return this.tag === "sub" ? `_${text}` : text;
  }

  get elements() {
    return this.children.filter((child) => child instanceof Element);
  }

  has(name) {
    return String(this.attributes.class ?? "")
      .split(" ")
      .includes(name);
  }

  /** It and the elements in it that have a class. */
  all(name) {
    return [...(this.has(name) ? [this] : []), ...this.elements.flatMap((child) => child.all(name))];
  }
}

/** Reads a template, or several, as an element without a tag. */
export function read(template) {
  const values = [];
  const open = [new Element("", {})];
  for (const [piece, end, tag, attributes] of textOf(template, values).matchAll(PIECES)) {
    if (end) {
      const { tag: opened } = open.pop();
      if (opened !== tag) throw Error(`</${tag}> closes <${opened}>`);
    } else {
      const child = tag ? new Element(tag, attributesOf(attributes, values)) : unescaped(piece);
      open.at(-1).children.push(child);
      if (tag && tag !== "input") open.push(child);
    }
  }
  if (open.length > 1) throw Error(`<${open.at(-1).tag}> is not closed`);
  return open[0];
}

/** The text of a template; the values of attributes are put aside. */
function textOf(value, values) {
  if (Array.isArray(value)) return value.map((each) => textOf(each, values)).join("");
  if (value?._$litDirective$) return textOf(shownBy(value, CHILD), values);
  if (!value?.strings) return NOTHING.has(value) ? "" : String(value).replace(/[<>&]/g, (sign) => SIGNS[sign]);
  let isInTag = false;
  return value.strings.reduce((text, string, k) => {
    const between =
      k && (isInTag ? `\0${values.push(value.values[k - 1]) - 1}\0` : textOf(value.values[k - 1], values));
    if (/[<>]/.test(string)) isInTag = string.lastIndexOf("<") > string.lastIndexOf(">");
    return k ? text + between + string : string;
  }, "");
}

/** What a directive shows the first time. */
const shownBy = ({ _$litDirective$: Directive, values }, type) => new Directive({ type }).render(...values);

const unescaped = (text) =>
  text.replace(/&(lt|gt|amp);/g, (sign) => Object.keys(SIGNS).find((key) => SIGNS[key] === sign));

function attributesOf(text, values) {
  const shown = (k) => (values[k]?._$litDirective$ ? shownBy(values[k], ATTRIBUTE) : values[k]);
  const found = [...text.matchAll(ATTRIBUTES)].map(([, name, quoted, bare]) => {
    const [whole] = [...(bare ?? "").matchAll(VALUE)];
    return [name, whole ? shown(whole[1]) : (quoted ?? bare ?? "").replace(VALUE, (_, k) => shown(k))];
  });
  return Object.fromEntries(found.filter(([, value]) => !NOTHING.has(value)));
}
