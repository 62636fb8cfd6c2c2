/** All interface classes this package knows, and how to look in them. */
import { accessClasses } from "./classes/access.ts";
import { communicationClasses } from "./classes/communication.ts";
import { measurementClasses } from "./classes/measurement.ts";
import { timeAndControlClasses } from "./classes/time-and-control.ts";
import type { AttributeDefinition, InterfaceClass, MethodDefinition, VersionRange } from "./interface-class.ts";

/** By class id. */
export const interfaceClasses: ReadonlyMap<number, InterfaceClass> = new Map(
  [...measurementClasses, ...timeAndControlClasses, ...accessClasses, ...communicationClasses]
    .toSorted((one, other) => one.classId - other.classId)
    .map((definition) => [definition.classId, definition]),
);

/** The attribute as the class has it in that version (default: its newest); undefined when it has none such. */
export function attributeDefinition(
  classId: number,
  attribute: number,
  version?: number,
): AttributeDefinition | undefined {
  if (attribute === 1) return logicalNameAttribute;
  const definition = interfaceClasses.get(classId);
  return definition?.attributes.find(({ id, ...range }) => id === attribute && covers(range, version, definition));
}

/** The method as the class has it in that version (default: its newest); undefined when it has none such. */
export function methodDefinition(classId: number, method: number, version?: number): MethodDefinition | undefined {
  const definition = interfaceClasses.get(classId);
  return definition?.methods.find(({ id, ...range }) => id === method && covers(range, version, definition));
}

const logicalNameAttribute: AttributeDefinition = { id: 1, name: "logical_name", type: "logical-name" };

function covers(range: VersionRange, version: number | undefined, definition: InterfaceClass): boolean {
  const asked = version ?? definition.versions.at(-1) ?? 0;
  return asked >= (range.since ?? 0) && asked <= (range.until ?? Number.POSITIVE_INFINITY);
}
