import assert from "node:assert/strict";
import { describe, it } from "node:test";
import Type, { type TSchema } from "typebox";
import { PlatformError } from "../errors/platform-error.ts";
import { validatorCompiler } from "./validation.ts";

const compile = (httpPart: string, schema: TSchema) => validatorCompiler(new Map())({ schema, httpPart });

function check(httpPart: string, schema: TSchema, value: unknown) {
  const result = compile(httpPart, schema)(value);
  if (!("error" in result)) return result.value;
  assert.ok(result.error instanceof PlatformError);
  return { [result.error.code]: result.error.fields };
}

describe("checks of a body", () => {
  const schema = Type.Object({
    id: Type.Integer({ readOnly: true }),
    list: Type.Optional(
      Type.Array(Type.Object({ size: Type.Integer({ maximum: 3 }) }, { additionalProperties: false })),
    ),
  });

  it("name the place inside a field", () => {
    const value = { list: [{ size: 1 }, { size: 9 }, { size: "x" }, { other: 1 }] };
    const { invalid } = check("body", schema, value) as { invalid: { list: string[] } };
    assert.ok(invalid.list.includes("2.size: A valid integer is required."), String(invalid.list));
  });

  it("say of numbers how far they may go, and of decimals that they are numbers", () => {
    const numbers = Type.Object({
      above: Type.Number({ exclusiveMinimum: 0 }),
      below: Type.Number({ exclusiveMaximum: 9 }),
      exact: Type.Unsafe({ type: ["string", "number"] }),
    });
    assert.deepEqual(check("body", numbers, { above: 0, below: 9, exact: true }), {
      invalid: {
        above: ["Ensure this value is greater than 0."],
        below: ["Ensure this value is less than 9."],
        exact: ["A valid number is required."],
      },
    });
  });

  it("tell at most a few things about one field", () => {
    const value = { list: Array.from({ length: 100 }, () => ({ size: 9 })) };
    const { invalid } = check("body", schema, value) as { invalid: { list: string[] } };
    assert.equal(invalid.list.length, 5);
  });

  it("keep a long value out of the message", () => {
    const color = Type.Object({ color: Type.Unsafe({ enum: ["red"] }) });
    const { invalid } = check("body", color, { color: "x".repeat(10_000) }) as { invalid: { color: string[] } };
    assert.ok(invalid.color[0]!.length < 120);
  });

  it("are not fooled by names every object has", () => {
    assert.deepEqual(check("body", schema, JSON.parse('{"toString":1,"hasOwnProperty":2}')), {
      invalid: { toString: ["Unknown field."], hasOwnProperty: ["Unknown field."] },
    });
  });

  it("take what is not an object as it is declared", () => {
    const rows = Type.Array(Type.Integer());
    assert.deepEqual(check("body", rows, [1, 2]), [1, 2]);
    assert.deepEqual(check("body", rows, { a: 1 }), { invalid: { non_field_errors: ["Expected a list of items."] } });
  });
});

describe("checks of a query", () => {
  const schema = Type.Object({
    limit: Type.Optional(Type.Integer()),
    open: Type.Optional(Type.Boolean()),
    name: Type.Optional(Type.String()),
  });

  it("convert text to what the schema says, and take the last of several", () => {
    assert.deepEqual(check("querystring", schema, { limit: ["1", "+7"], open: "TRUE", name: "12", other: "x" }), {
      limit: 7,
      open: true,
      name: "12",
    });
    assert.deepEqual(check("querystring", schema, { limit: "", open: "0" }), { open: false });
  });

  it("name what does not convert", () => {
    for (const limit of ["1.5", "1e3", "0x10", " 1", "99999999999999999", "NaN"]) {
      assert.deepEqual(
        check("querystring", schema, { limit }),
        { invalid: { limit: ["A valid integer is required."] } },
        limit,
      );
    }
    assert.deepEqual(check("querystring", schema, { open: "maybe" }), {
      invalid: { open: ["Must be a valid boolean."] },
    });
  });
});
