import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { type FieldMessages, PlatformError, wholeObject } from "../errors/platform-error.ts";
import { type Components, resolved } from "./components.ts";
import { messagesOf } from "./validation-messages.ts";

/** Part of a request that a schema describes, in Fastify's words. */
type HttpPart = "body" | "querystring" | "params" | "headers";

type Validator = (value: unknown) => { value: unknown } | { error: Error };

/** The parts of a JSON schema that this file reads. */
interface ObjectSchema {
  type?: unknown;
  properties?: Record<string, TSchema & { readOnly?: boolean; type?: unknown }>;
  required?: readonly string[];
  additionalProperties?: unknown;
}

/**
 * @param components what a `{ $ref: "Name#" }` names
 * @returns Fastify's validator compiler. Bodies are taken as they are, never converted: read-only fields are dropped
 *   (so that what was read can be sent back), unknown fields are refused by name. Query parameters are text and are
 *   converted; unknown ones are ignored, as in the original service. Path parameters that cannot name anything are 404.
 */
export function validatorCompiler(components: Components) {
  return ({ schema, httpPart }: { schema: unknown; httpPart?: string }): Validator => {
    return compilers[httpPart as HttpPart](resolved(components, schema as TSchema));
  };
}

/** @returns a function that checks one value against a schema and throws what is wrong by field */
export function bodyChecker<Value>(schema: TSchema): (value: unknown) => Value {
  const validate = compileBody(schema);
  return (value) => {
    const result = validate(value);
    if ("error" in result) throw result.error;
    return result.value as Value;
  };
}

const compilers: Readonly<Record<HttpPart, (schema: TSchema) => Validator>> = {
  body: compileBody,
  querystring: compileQuery,
  params: compileParameters,
  headers: compileWhole,
};

function compileBody(schema: TSchema): Validator {
  const { type, properties, required = [], additionalProperties } = schema as ObjectSchema;
  if (type !== "object" || !properties) return compileWhole(schema);
  const readOnly = new Set(Object.keys(properties).filter((name) => properties[name]!.readOnly));
  const writable = compileProperties(properties, readOnly);
  const needed = required.filter((name) => !readOnly.has(name));

  return (body) => {
    const input = body ?? {};
    if (typeof input !== "object" || Array.isArray(input)) return refuse(wrongShape(input));
    const value: Record<string, unknown> = {};
    const wrong: Record<string, readonly string[]> = {};
    for (const [name, property] of Object.entries(input)) {
      if (readOnly.has(name)) continue;
      const check = writable.get(name);
      if (check) {
        const messages = check(property);
        if (messages) wrong[name] = messages;
        else value[name] = property;
      } else if (additionalProperties === true) value[name] = property;
      else wrong[name] = ["Unknown field."];
    }
    for (const name of needed) if (!Object.hasOwn(input, name)) wrong[name] = ["This field is required."];
    return answer(value, wrong);
  };
}

function compileQuery(schema: TSchema): Validator {
  const { properties = {} } = schema as ObjectSchema;
  const checks = compileProperties(properties, new Set());
  return (query) => {
    const value: Record<string, unknown> = {};
    const wrong: Record<string, readonly string[]> = {};
    for (const [name, check] of checks) {
      const given = (query as Record<string, string | string[] | undefined>)[name];
      // The last of repeated parameters counts, and an empty one is none, as in Django.
      const text = Array.isArray(given) ? given.at(-1) : given;
      if (text === undefined || text === "") continue;
      const converted = convert(text, properties[name]!.type);
      const messages = text.includes("\0") ? ["Null characters are not allowed."] : check(converted);
      if (messages) wrong[name] = messages;
      else value[name] = converted;
    }
    return answer(value, wrong);
  };
}

function compileParameters(schema: TSchema): Validator {
  const { properties = {} } = schema as ObjectSchema;
  const checks = compileProperties(properties, new Set());
  return (parameters) => {
    const value: Record<string, unknown> = {};
    for (const [name, check] of checks) {
      const text = (parameters as Record<string, string>)[name] ?? "";
      value[name] = convert(text, properties[name]!.type);
      if (text.includes("\0") || check(value[name])) return { error: new PlatformError("not_found") };
    }
    return { value };
  };
}

function compileWhole(schema: TSchema): Validator {
  const check = compileProperty(schema);
  return (value) => {
    const messages = check(value);
    return messages ? refuse({ [wholeObject]: messages }) : { value };
  };
}

function compileProperties(properties: Record<string, TSchema>, left: ReadonlySet<string>) {
  const names = Object.keys(properties).filter((name) => !left.has(name));
  return new Map(names.map((name) => [name, compileProperty(properties[name]!)]));
}

/** @returns a function that gives the messages about one value, or undefined when it is right */
function compileProperty(schema: TSchema): (value: unknown) => readonly string[] | undefined {
  const validator = Compile(schema);
  return (value) => (validator.Check(value) ? undefined : messagesOf(validator.Errors(value), value));
}

const integerText = /^[+-]?\d{1,16}$/;

function convert(text: string, type: unknown): unknown {
  if (type === "integer") return integerText.test(text) ? Number(text) : text;
  if (type === "boolean") return { true: true, false: false, "1": true, "0": false }[text.toLowerCase()] ?? text;
  return text;
}

function answer(value: unknown, wrong: FieldMessages) {
  return Object.keys(wrong).length > 0 ? refuse(wrong) : { value };
}

function refuse(fields: FieldMessages): { error: Error } {
  return { error: new PlatformError("invalid", { fields }) };
}

function wrongShape(input: unknown): FieldMessages {
  const got = Array.isArray(input) ? "list" : typeof input;
  return { [wholeObject]: [`Invalid data. Expected an object, but got ${got}.`] };
}
