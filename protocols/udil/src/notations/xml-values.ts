/** UDIL's elements as values: what a list is depends on who wrote it (register, 1.6). */
import { addMember, type Value, type ValueObject } from "./document.ts";
import type { XmlElement } from "./xml-reader.ts";

/**
 * Text of an element without children; the list of its children where all are called `element`; otherwise an object, in
 * which a name that comes again makes a list: v3 prints several `data` where v1 has one with `element`s inside.
 */
export function valueOfElement(element: XmlElement): Value {
  const { children } = element;
  if (children.length === 0) return element.text.trim();
  if (children.every(({ name }) => name === "element")) return children.map(valueOfElement);
  const object: ValueObject = {};
  const repeated = new Set<string>();
  for (const child of children) {
    const value = valueOfElement(child);
    const { name } = child;
    if (!Object.hasOwn(object, name) && name !== "__proto__") object[name] = value;
    else addMember(object, name, value, repeated);
  }
  return object;
}
