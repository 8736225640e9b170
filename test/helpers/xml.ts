/** An element of an XML document; its text is that of its direct children. */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

const TOKEN = /<\?[^>]*\?>|<(\/?)([\w:]+)((?:\s+[\w:]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
const ATTRIBUTE = /([\w:]+)="([^"]*)"/g;
const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const NOT_IN_XML = /[[\p{Cc}\ufffe\uffff]--[\t\n\r]]/v;

/** Reads a small part of XML strictly. @throws Error where the document is not well-formed. */
export function readXml(document: string): XmlElement {
  if (NOT_IN_XML.test(document) || !document.isWellFormed()) throw new Error("a character that XML forbids");
  const root: XmlElement = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < document.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(document);
    if (!match) throw new Error(`no XML: ${document.slice(at, at + 80)}`);
    const [, isEnd, name, attributes = "", isEmpty, text] = match;
    const parent = open.at(-1) ?? root;
    if (text !== undefined) parent.text += decode(text);
    else if (isEnd) {
      if (open.length < 2 || open.pop()?.name !== name) throw new Error(`</${name}> closes nothing`);
    } else if (name) {
      const element: XmlElement = { name, attributes: attributesOf(attributes), children: [], text: "" };
      parent.children.push(element);
      if (!isEmpty) open.push(element);
    }
  }
  const [top] = root.children;
  if (open.length !== 1 || !top) throw new Error("the document ends too early");
  return top;
}

/** The elements of the last name, below the first ones of the names before it. */
export function childrenAt(element: XmlElement, ...path: string[]): XmlElement[] {
  return path.reduce<XmlElement[]>(
    ([parent], name) => parent?.children.filter((child) => child.name === name) ?? [],
    [element],
  );
}

function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(ATTRIBUTE)].map(([, name = "", value = ""]) => [name, decode(value)]),
  );
}

function decode(text: string): string {
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    const character = ENTITIES[name];
    if (character === undefined) throw new Error(`the entity ${whole}`);
    return character;
  });
}
