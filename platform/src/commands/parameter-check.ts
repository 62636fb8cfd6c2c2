import { Compile } from "typebox/compile";
import { messagesOf } from "../http/validation-messages.ts";
import type { CommandDeclaration } from "../registry/commands/declaration.ts";
import { type CommandName, commands } from "../registry/commands/index.ts";

/** What is wrong with the parameters of a command, in sentences; empty when nothing is. */
export function parameterProblems(command: CommandName, parameters: unknown): readonly string[] {
  const validator = validatorOf(command);
  if (!validator.Check(parameters)) return messagesOf(validator.Errors(parameters), parameters);
  const { check }: CommandDeclaration = commands[command];
  const problem = check?.(parameters as never);
  return problem === undefined ? [] : [problem];
}

const validators = new Map<CommandName, ReturnType<typeof Compile>>();

function validatorOf(command: CommandName): ReturnType<typeof Compile> {
  const known = validators.get(command);
  if (known) return known;
  const made = Compile(commands[command].parameters);
  validators.set(command, made);
  return made;
}
