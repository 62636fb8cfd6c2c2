/** What both notations make of a body: text, lists and objects. Nothing is a number before its field is known. */
export type Value = string | Value[] | ValueObject;
export interface ValueObject {
  [name: string]: Value;
}

export type Notation = "json" | "xml";

export const isObject = (value: unknown): value is ValueObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Adds a member to an object; a name that comes again makes a list of its values, and `__proto__` is a name like any other. */
export function addMember(object: ValueObject, name: string, value: Value, repeated: Set<string>): void {
  if (!Object.hasOwn(object, name)) {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  } else if (repeated.has(name)) {
    (object[name] as Value[]).push(value);
  } else {
    object[name] = [object[name]!, value];
    repeated.add(name);
  }
}
