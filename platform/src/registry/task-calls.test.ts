import assert from "node:assert/strict";
import { test } from "node:test";
import { checkCall, executionTypeOf, typeOfCall } from "./task-calls.ts";

test("the documentation's other name of the Corus environment is taken", () => {
  assert.equal(executionTypeOf("generic_corus"), "generic_corus_meter");
  assert.equal(executionTypeOf("generic_carrier_pigeon"), undefined);
});

test("a Corus call made with type generic_lis200, as in the contract's example, is a call of the Corus type", () => {
  assert.equal(typeOfCall("generic_lis200", "read_parameters"), "generic_corus_meter");
  assert.equal(checkCall("generic_lis200", "read_parameters", { parameters: ["pressure"] }), undefined);
  assert.equal(checkCall("generic_lis200", "read_parameters", {})?.field, "task_kwargs");
});

test("what both types have stays with the type that was named, and no other type borrows", () => {
  assert.equal(typeOfCall("generic_lis200", "set_time"), "generic_lis200");
  assert.equal(typeOfCall("generic_corus_meter", "read_single_value"), "generic_corus_meter");
  assert.equal(typeOfCall("generic_dlms", "read_parameters"), "generic_dlms");
});

test("an unknown call is told with the calls there are", () => {
  const problem = checkCall("generic_mbus", "read_palm", {});
  assert.equal(problem?.field, "task_call");
  assert.match(problem.messages[0]!, /"read_palm" is no call of generic_mbus\. Its calls: .*read_meter/);
});
