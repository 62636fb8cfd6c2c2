import assert from "node:assert/strict";
import { test } from "node:test";
import { attributeDefinition, interfaceClasses, methodDefinition } from "./interface-classes.ts";

test("the classes of meters are there", () => {
  const classIds = [
    1, 3, 4, 5, 7, 8, 9, 10, 11, 15, 17, 18, 19, 20, 21, 22, 23, 28, 29, 40, 41, 42, 45, 47, 64, 70, 71,
  ];
  assert.deepEqual([...interfaceClasses.keys()], classIds);
});

test("every version of a class numbers its attributes from 2 and its methods from 1, each once", () => {
  for (const { classId, name, versions, attributes, methods } of interfaceClasses.values()) {
    for (const version of versions) {
      const has = ({ since = 0, until = 255 }: { since?: number; until?: number }) =>
        version >= since && version <= until;
      const attributeIds = attributes.filter(has).map(({ id }) => id);
      const methodIds = methods.filter(has).map(({ id }) => id);
      assert.deepEqual(
        attributeIds,
        attributeIds.map((_, index) => index + 2),
        `${classId} ${name} v${version}`,
      );
      assert.deepEqual(
        methodIds,
        methodIds.map((_, index) => index + 1),
        `${classId} ${name} v${version}`,
      );
    }
  }
});

test("attributes and methods are found by number and version", () => {
  assert.equal(attributeDefinition(3, 1)?.name, "logical_name");
  assert.equal(attributeDefinition(8, 2)?.type, "date-time-octets");
  assert.equal(attributeDefinition(7, 3)?.name, "capture_objects");
  assert.equal(attributeDefinition(64, 6, 0), undefined);
  assert.equal(attributeDefinition(64, 6, 1)?.name, "certificates");
  assert.equal(attributeDefinition(15, 9, 0), undefined);
  assert.equal(methodDefinition(70, 2)?.name, "remote_reconnect");
  assert.equal(methodDefinition(7, 3), undefined);
  assert.equal(methodDefinition(7, 3, 0)?.name, "get_buffer_by_range");
  assert.equal(attributeDefinition(9999, 2), undefined);
});
