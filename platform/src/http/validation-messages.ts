import type { TLocalizedValidationError } from "typebox/error";

/** Messages about one field: at most so many, the rest adds nothing. */
const messagesAtMost = 5;
/** A refused value is repeated in its message up to this length. */
const shownCharacters = 60;

type Sentence = (parameters: Record<string, unknown>, value: unknown) => string;

/** The sentence for each keyword of JSON Schema, in the words clients of the original know. */
const sentences: Readonly<Record<string, Sentence>> = {
  type: ({ type }, value) => (value === null ? "This field may not be null." : wrongType([type].flat() as string[])),
  enum: (_, value) => notAChoice(value),
  const: (_, value) => notAChoice(value),
  minLength: ({ limit }) =>
    limit === 1 ? "This field may not be blank." : `Ensure this field has at least ${limit} characters.`,
  maxLength: ({ limit }) => `Ensure this field has no more than ${limit} characters.`,
  minimum: ({ limit }) => `Ensure this value is greater than or equal to ${limit}.`,
  maximum: ({ limit }) => `Ensure this value is less than or equal to ${limit}.`,
  exclusiveMinimum: ({ limit }) => `Ensure this value is greater than ${limit}.`,
  exclusiveMaximum: ({ limit }) => `Ensure this value is less than ${limit}.`,
  minItems: ({ limit }) => `Ensure this field has at least ${limit} elements.`,
  maxItems: ({ limit }) => `Ensure this field has no more than ${limit} elements.`,
  uniqueItems: () => "The elements must be unique.",
  pattern: ({ pattern }) => `This value does not match the required pattern ${pattern}.`,
  required: ({ requiredProperties }) => `${(requiredProperties as string[]).join(", ")}: This field is required.`,
  additionalProperties: ({ additionalProperties }) =>
    `${(additionalProperties as string[]).join(", ")}: Unknown field.`,
  format: ({ format }) => formatSentences[format as string] ?? `Enter a valid ${format}.`,
};

const typeSentences: Readonly<Record<string, string>> = {
  string: "Not a valid string.",
  integer: "A valid integer is required.",
  number: "A valid number is required.",
  boolean: "Must be a valid boolean.",
  array: "Expected a list of items.",
  object: "Expected an object.",
};

const formatSentences: Readonly<Record<string, string>> = {
  uuid: "Must be a valid UUID.",
  "date-time": "Datetime has wrong format. Use RFC 3339: YYYY-MM-DDThh:mm:ss[.ffffff]+hh:mm or Z.",
  decimal: "A valid number is required.",
  email: "Enter a valid email address.",
  ip: "Enter a valid IPv4 or IPv6 address.",
  uri: "Enter a valid URL.",
};

/** Errors that only repeat what a deeper error already says. */
const echoes = new Set(["boolean", "anyOf", "oneOf", "allOf"]);

/**
 * @param errors what the validator found in one field
 * @param value the value of that field
 * @returns what a person reads about it; the place inside an array or object goes first (`2: Must be a valid UUID.`)
 */
export function messagesOf(errors: readonly TLocalizedValidationError[], value: unknown): readonly string[] {
  const own = errors.filter(({ keyword }) => !echoes.has(keyword));
  // A value of the wrong type fails every other test too, and says nothing more by that.
  const typed = own.filter(({ keyword }) => keyword === "type");
  const told = (typed.length > 0 ? typed : own).map(({ keyword, params, instancePath }) => {
    const place = instancePath.slice(1).replaceAll("/", ".");
    const sentence = sentences[keyword]?.(params as Record<string, unknown>, valueAt(value, instancePath));
    return `${place && `${place}: `}${sentence ?? "This value is not valid."}`;
  });
  return [...new Set(told.length > 0 ? told : ["This value is not valid."])].slice(0, messagesAtMost);
}

function wrongType(types: readonly string[]): string {
  // A decimal is a string or a number, and a number is what its reader thinks of.
  const type = types.includes("number") ? "number" : types.find((name) => name !== "null");
  return typeSentences[type ?? ""] ?? "This value is not valid.";
}

function notAChoice(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return `"${text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text}" is not a valid choice.`;
}

function valueAt(value: unknown, instancePath: string): unknown {
  let inner: unknown = value;
  for (const key of instancePath.split("/").slice(1)) {
    inner = (inner as Record<string, unknown> | undefined)?.[key.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return inner;
}
