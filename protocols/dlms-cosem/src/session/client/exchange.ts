/** One request of a service and its answer, however many APDUs that takes. Each service has a file of its own. */
import { type DlmsError, dlmsError } from "../../errors.ts";
import type { Apdu } from "../../xdlms/apdu.ts";
import type { ListRefusal } from "../settings.ts";

export interface Exchange<Result> {
  /** How many elements of the request this exchange covers. */
  readonly count: number;
  readonly first: Apdu;
  /** What an answer with our invocation id leads to. Throws a DlmsError when the answer is the peer's mistake. */
  answer(apdu: Apdu): Step<Result>;
}

export type Step<Result> =
  | { readonly type: "send"; readonly apdu: Apdu }
  | { readonly type: "done"; readonly results: readonly Result[] }
  /** The meter does not do lists; nothing was carried out. */
  | { readonly type: "list-refused"; readonly how: ListRefusal; readonly error: DlmsError };

export interface ExchangeLimits {
  /** Longest APDU before protection, in bytes; Infinity without a limit. */
  readonly maxApdu: number;
  /** Most elements of one list; 1 = no lists. */
  readonly maxList: number;
  /** Whether block transfer of this service is to be used. */
  readonly blocks: boolean;
  /** Most bytes of an answer joined from blocks. */
  readonly maxResponseSize: number;
}

/** How many elements from `start` on go into one request: at least one, and as many as list size and bytes allow. */
export function countFitting<Element>(
  elements: readonly Element[],
  start: number,
  limits: ExchangeLimits,
  size: (element: Element) => number,
): number {
  const end = Math.min(elements.length, start + limits.maxList);
  if (limits.maxApdu === Number.POSITIVE_INFINITY) return end - start;
  let room = limits.maxApdu - requestHeader - listCounts;
  let index = start;
  while (index < end) {
    room -= size(elements[index]!);
    if (room < 0) break;
    index++;
  }
  return Math.max(1, index - start);
}

export function done<Result>(result: Result): Step<Result> {
  return { type: "done", results: [result] };
}

/** A list of results, when there is one for each element asked for. */
export function doneWithList<Result>(results: readonly Result[], expected: number): Step<Result> {
  if (results.length === expected) return { type: "done", results };
  const error = dlmsError("result_count_mismatch", { received: results.length, expected });
  if (expected === 1) throw error;
  return { type: "list-refused", how: "malformed", error };
}

/** One result came for a list: the meter refuses it, or does not know what a list is. */
export function singleForList<Result>(expected: number, refused: boolean): Step<Result> {
  const error = dlmsError("result_count_mismatch", { received: 1, expected });
  return { type: "list-refused", how: refused ? "access-error" : "malformed", error };
}

export function unexpectedAnswer(apdu: Apdu, expected: string): DlmsError {
  return dlmsError("response_unexpected", { received: apdu.type, expected });
}

/** Throws `block_number_unexpected` unless the peer acknowledges the block just sent. */
export function expectBlock(received: number, expected: number): void {
  if (received !== expected) throw dlmsError("block_number_unexpected", { received, expected });
}

/** Bytes of tag, choice and invocation. */
export const requestHeader = 3;
/** The counts of a list of descriptors and of a list of values, at most. */
const listCounts = 6;
