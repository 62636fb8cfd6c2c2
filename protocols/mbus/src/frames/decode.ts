/** One whole frame, where bytes come as a unit: a test, a trace, `anymeter decode`. */
import { commonError } from "@anymeter/sans-io";
import { type CandidateOptions, readCandidate } from "./candidate.ts";
import type { MbusFrame } from "./frame.ts";

/** @throws ProtocolError `frame_…`, `bytes_truncated`, or `bytes_trailing` when the bytes are not exactly one good frame */
export function decodeFrame(bytes: Uint8Array, options: CandidateOptions = {}): MbusFrame {
  const candidate = readCandidate(bytes, 0, { ...options, ackAllowed: true });
  if (candidate.type === "incomplete") {
    throw commonError("bytes_truncated", { what: "the end of the frame", offset: bytes.length });
  }
  if (candidate.type === "none") throw candidate.error;
  if (candidate.end < bytes.length) {
    throw commonError("bytes_trailing", {
      count: bytes.length - candidate.end,
      what: "the frame",
      offset: candidate.end,
    });
  }
  return candidate.frame;
}
