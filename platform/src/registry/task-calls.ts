/**
 * What a task can ask for: execution type → call → schema of its keyword arguments (Utilitarian API, "execution
 * environments"), as the protocols declare them.
 */
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { messagesOf } from "../http/validation-messages.ts";
import type { ProtocolDeclaration } from "./protocols/declaration.ts";
import { protocolDeclarations } from "./protocols/index.ts";

export type ExecutionType = (typeof protocolDeclarations)[number]["executionType"];

const byType: ReadonlyMap<string, ProtocolDeclaration> = new Map(
  protocolDeclarations.map((declaration) => [declaration.executionType, declaration]),
);

/** Other names of an execution type; the documentation's examples write `generic_corus`. */
const aliases: Readonly<Record<string, ExecutionType>> = { generic_corus: "generic_corus_meter" };

/** Every name of an execution type that is taken. */
export const executionTypeNames: readonly string[] = [...byType.keys(), ...Object.keys(aliases)];

/** @returns the execution type in the word that is kept; undefined when there is none of that name */
export function executionTypeOf(name: string): ExecutionType | undefined {
  if (Object.hasOwn(aliases, name)) return aliases[name];
  return byType.has(name) ? (name as ExecutionType) : undefined;
}

/** Whether tasks of the type are checked when they are written. */
export function isCheckedWhenWritten(type: ExecutionType): boolean {
  return byType.get(type)!.checkedWhenWritten;
}

/** What is wrong with a call, by the field of the request that holds it; undefined when nothing is. */
export interface CallProblem {
  readonly field: "task_call" | "task_kwargs";
  readonly messages: readonly string[];
}

/** Checks a call and its arguments against the table. */
export function checkCall(type: ExecutionType, call: string, kwargs: Record<string, unknown>): CallProblem | undefined {
  const { calls } = byType.get(type)!;
  if (!Object.hasOwn(calls, call)) {
    const message = `"${call}" is no call of ${type}. Its calls: ${Object.keys(calls).join(", ")}.`;
    return { field: "task_call", messages: [message] };
  }
  const validator = validators.get(calls[call]!) ?? compile(calls[call]!);
  if (validator.Check(kwargs)) return undefined;
  return { field: "task_kwargs", messages: messagesOf(validator.Errors(kwargs), kwargs) };
}

const validators = new Map<TSchema, ReturnType<typeof Compile>>();

function compile(schema: TSchema): ReturnType<typeof Compile> {
  const validator = Compile(schema);
  validators.set(schema, validator);
  return validator;
}
