/** Why a command came to nothing, in the causes that commands have. */
import { causes as causesOfRuns, RunFailure } from "../../../causes.ts";
import { failureOf } from "../failure-causes.ts";

/** @param changes what of the meter was changed before it failed: sentences, empty = nothing */
export function commandFailure(error: unknown, changes: string): unknown {
  const failure = failureOf(error);
  if (!(failure instanceof RunFailure)) return failure;
  const code = causes[failure.code] ?? failure.code;
  // Whoever looked and saw something else has said what.
  const isSeen = code === "command_not_verified" && failure.cause === undefined;
  if (code === failure.code && (changes === "" || isSeen)) return failure;
  const detail = isSeen ? failure.detail : [failure.detail, changes].filter(Boolean).join(" ");
  return new RunFailure(code, detail || undefined, { cause: failure });
}

/** A refusal leaves the association standing, so that the meter can be looked at. */
export function isRefusal(error: unknown): error is RunFailure {
  if (!(error instanceof RunFailure)) return false;
  return (
    error.code === "command_refused" || causes[error.code] === "command_refused" || error.code === "object_missing"
  );
}

/** What was sent and can never be looked at may have been done: that the meter cannot do it would be a lie. */
export function unseen(error: unknown): unknown {
  const failure = failureOf(error);
  if (!(failure instanceof RunFailure) || causesOfRuns[failure.code].retry) return failure;
  return new RunFailure("command_not_verified", failure.detail ?? failure.message, { cause: failure });
}

/** What a read calls a missing right or object is, for a command, that the meter refuses it or cannot do it. */
const causes: Readonly<Partial<Record<string, RunFailure["code"]>>> = {
  access_refused: "command_refused",
  request_refused: "command_refused",
  object_missing: "command_unsupported",
};
