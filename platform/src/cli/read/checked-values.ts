/** Values of the command line, which are text, as the types that a schema asks for. */
import type { TObject, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { messagesOf } from "../../http/validation-messages.ts";
import type { SettingsDeclaration } from "../../registry/protocols/declaration.ts";
import { checkCall, type ExecutionType } from "../../registry/task-calls.ts";
import { UsageError } from "../command.ts";
import type { Call } from "./protocols.ts";

/** "name=value" words, in order. @throws UsageError for a word without "=" */
export function pairsOf(option: string, words: readonly string[]): (readonly [name: string, text: string])[] {
  return words.map((word) => {
    const at = word.indexOf("=");
    if (at < 1) throw new UsageError(`--${option} ${word}: write name=value`);
    return [word.slice(0, at), word.slice(at + 1)];
  });
}

/** Settings checked by the protocol's own schema. @throws UsageError that names the setting */
export function settingsFrom(
  pairs: readonly (readonly [string, string])[],
  { schema, check }: SettingsDeclaration,
): Record<string, unknown> {
  const { properties } = schema as TObject;
  const settings: Record<string, unknown> = {};
  for (const [name, text] of pairs) {
    if (!Object.hasOwn(properties, name)) {
      throw new UsageError(
        `--set ${name}: there is no such setting; the settings are ${Object.keys(properties).join(", ")}`,
      );
    }
    settings[name] = settingOf(name, text, properties[name]!);
  }
  const problem = check?.(settings as never);
  if (problem !== undefined) throw new UsageError(`--set ${problem}`);
  return settings;
}

/** A call whose arguments fit its schema. @throws UsageError that says what does not */
export function callFrom(
  name: string,
  pairs: readonly (readonly [string, string])[],
  executionType: ExecutionType,
): Call {
  const typed = { name, kwargs: Object.fromEntries(pairs.map(([key, text]) => [key, jsonOrText(text)])) };
  if (checkCall(executionType, name, typed.kwargs) === undefined) return typed;
  return checkedCall({ name, kwargs: Object.fromEntries(pairs) }, executionType);
}

/** @throws UsageError that says what does not fit */
export function checkedCall(call: Call, executionType: ExecutionType): Call {
  const problem = checkCall(executionType, call.name, call.kwargs);
  if (problem !== undefined) throw new UsageError(`${call.name}: ${problem.messages.join(" ")}`);
  return call;
}

/** The text itself where text fits: digits may be an address. */
function settingOf(name: string, text: string, schema: TSchema): unknown {
  const validator = Compile(schema);
  for (const value of [text, jsonOrText(text)]) if (validator.Check(value)) return value;
  const value = jsonOrText(text);
  throw new UsageError(`--set ${name}=${text}: ${messagesOf(validator.Errors(value), value as never).join(" ")}`);
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
