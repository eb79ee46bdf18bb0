/**
 * The few parts of a document that Observable Plot and d3-selection touch while they draw a static
 * SVG: create, append, set attributes and text, and print. It is no browser: a method that is
 * missing here is missing on purpose, and a call to it fails loudly.
 */

const HTML_NAMESPACE = "http://www.w3.org/1999/xhtml";

export class StubElement {
  readonly ownerDocument: StubDocument;
  readonly namespaceURI: string;
  readonly tagName: string;
  parentNode: StubElement | null = null;
  readonly children: StubElement[] = [];
  readonly #attributes = new Map<string, string>();
  #text = "";

  constructor(ownerDocument: StubDocument, namespaceURI: string, tagName: string) {
    this.ownerDocument = ownerDocument;
    this.namespaceURI = namespaceURI;
    this.tagName = tagName;
  }

  setAttribute(name: string, value: unknown): void {
    this.#attributes.set(name, String(value));
  }

  getAttribute(name: string): string | null {
    return this.#attributes.get(name) ?? null;
  }

  hasAttribute(name: string): boolean {
    return this.#attributes.has(name);
  }

  removeAttribute(name: string): void {
    this.#attributes.delete(name);
  }

  appendChild(child: StubElement): StubElement {
    return this.insertBefore(child, null);
  }

  /** d3 enters new elements this way; before nothing means at the end. */
  insertBefore(child: StubElement, before: StubElement | null): StubElement {
    child.parentNode?.removeChild(child);
    const place = before === null ? this.children.length : this.children.indexOf(before);
    if (place < 0) throw new Error(`<${before?.tagName}> is not a child of <${this.tagName}>`);
    this.children.splice(place, 0, child);
    child.parentNode = this;
    return child;
  }

  removeChild(child: StubElement): StubElement {
    const place = this.children.indexOf(child);
    if (place < 0) throw new Error(`<${child.tagName}> is not a child of <${this.tagName}>`);
    this.children.splice(place, 1);
    child.parentNode = null;
    return child;
  }

  set textContent(value: string) {
    this.children.length = 0;
    this.#text = String(value);
  }

  get textContent(): string {
    return this.#text + this.children.map((child) => child.textContent).join("");
  }

  /** As XML text: attributes in the order in which they were first set. */
  print(): string {
    let head = `<${this.tagName}`;
    for (const [name, value] of this.#attributes) head += ` ${name}="${escapeXml(value)}"`;
    const body = escapeXml(this.#text) + this.children.map((child) => child.print()).join("");
    return body === "" ? `${head}/>` : `${head}>${body}</${this.tagName}>`;
  }
}

export class StubDocument {
  readonly documentElement: StubElement;

  constructor() {
    this.documentElement = new StubElement(this, HTML_NAMESPACE, "html");
  }

  createElement(tagName: string): StubElement {
    return new StubElement(this, HTML_NAMESPACE, tagName);
  }

  createElementNS(namespaceURI: string, tagName: string): StubElement {
    return new StubElement(this, namespaceURI, tagName);
  }
}

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
