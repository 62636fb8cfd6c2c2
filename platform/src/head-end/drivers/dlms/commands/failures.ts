/** Why a command came to nothing, in the causes that commands have. */
import { RunFailure } from "../../../causes.ts";
import { failureOf } from "../failure-causes.ts";

/** @param changed what of the meter was changed before it failed */
export function commandFailure(error: unknown, changed: readonly string[]): unknown {
  const failure = failureOf(error);
  if (!(failure instanceof RunFailure)) return failure;
  const code = causes[failure.code] ?? failure.code;
  const partly = changed.length > 0 && code !== "command_not_verified";
  if (code === failure.code && !partly) return failure;
  const detail = partly
    ? `${failure.detail ?? ""} Already changed: ${changed.join("; ")}.`.trimStart()
    : failure.detail;
  return new RunFailure(code, detail, { cause: failure });
}

/** What a read calls a missing right or object is, for a command, that the meter refuses it or cannot do it. */
const causes: Readonly<Partial<Record<string, RunFailure["code"]>>> = {
  access_refused: "command_refused",
  request_refused: "command_refused",
  object_missing: "command_unsupported",
};
