/** Errors of an inner layer, told with the offset in the bytes that are explained. */
import { commonErrors, ProtocolError } from "@anymeter/sans-io";
import { mbusErrors } from "../errors.ts";

/** Runs `open`; an error it throws counts its offset `base` bytes further on. */
export function shifted<Result>(base: number, open: () => Result): Result {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.offset === undefined) throw error;
    const entry = { ...commonErrors, ...mbusErrors }[error.code as keyof typeof mbusErrors];
    throw new ProtocolError(error.code, entry, { ...error.details, offset: base + error.offset });
  }
}
