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

/** When calls of the type are checked for the first time. */
export function checkedFirst(type: ExecutionType): ProtocolDeclaration["checked"] {
  return byType.get(type)!.checked;
}

/** Types that may name calls of another type: an example of the contract makes Corus calls with type `generic_lis200`. */
const borrowers: Readonly<Partial<Record<ExecutionType, ExecutionType>>> = { generic_lis200: "generic_corus_meter" };

/** @returns the type that has the call: the named one, or the one it borrows from */
export function typeOfCall(type: ExecutionType, call: string): ExecutionType {
  const lender = borrowers[type];
  if (lender === undefined || Object.hasOwn(byType.get(type)!.calls, call)) return type;
  return Object.hasOwn(byType.get(lender)!.calls, call) ? lender : type;
}

/** What is wrong with a call, by the field of the request that holds it; undefined when nothing is. */
export interface CallProblem {
  readonly field: "task_call" | "task_kwargs";
  readonly messages: readonly string[];
}

/** Checks a call and its arguments against the table. */
export function checkCall(type: ExecutionType, call: string, kwargs: Record<string, unknown>): CallProblem | undefined {
  const { calls } = byType.get(typeOfCall(type, call))!;
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
