/**
 * APDUs across information fields. Each begins with the LLC header of the Green Book (clause 8.3), which stands in the
 * first segment alone; the segments' fields are simply joined.
 *
 *   first segment           further segments, S = 1      last segment, S = 0
 *   ┌──────────┬────────┐   ┌───────────────────────┐    ┌─────────────┐
 *   │ E6 E6 00 │ APDU … │   │ … APDU …              │    │ … APDU      │
 *   │ E6 E7 00 │        │   │                       │    │             │
 *   └──────────┴────────┘   └───────────────────────┘    └─────────────┘
 */
import { hexFromBytes, joinBytes } from "@anymeter/sans-io";
import { dlmsError } from "../../errors.ts";

/** Destination LSAP, source LSAP, quality. What a client sends is a command, what a server sends a response. */
export const llcHeaders = {
  command: Uint8Array.of(0xe6, 0xe6, 0x00),
  response: Uint8Array.of(0xe6, 0xe7, 0x00),
} as const;

export type LlcDirection = keyof typeof llcHeaders;

/** The longest APDU joined from segments unless a setting says less: what PDU size negotiation can express. */
export const maximumAssembledLength = 0xffff;

/** The information fields that carry an APDU, each at most `maximumLength` bytes. They are views of one copy. */
export function segmentApdu(apdu: Uint8Array, direction: LlcDirection, maximumLength: number): Uint8Array[] {
  const whole = joinBytes([llcHeaders[direction], apdu]);
  const segments: Uint8Array[] = [];
  for (let start = 0; start < whole.length; start += maximumLength) {
    segments.push(whole.subarray(start, start + maximumLength));
  }
  return segments;
}

export class Assembly {
  private readonly directions: readonly LlcDirection[];
  private readonly limit: number;
  private segments: Uint8Array[] = [];
  private length = 0;

  /** Accepts APDUs with the LLC header of one of `directions`, of at most `limit` bytes. */
  constructor(directions: readonly LlcDirection[], limit: number = maximumAssembledLength) {
    this.directions = directions;
    this.limit = Math.min(limit, maximumAssembledLength);
  }

  /** Bytes of the segments that wait for their last one. */
  get pending(): number {
    return this.length;
  }

  /** True while the last segment of an APDU is still to come. */
  get incomplete(): boolean {
    return this.segments.length > 0;
  }

  /**
   * Takes the next information field and returns the APDU it completes. Throws `hdlc_llc_header_invalid` or
   * `link_apdu_too_long`, and has forgotten the segments then.
   */
  add(information: Uint8Array, segmented: boolean): Uint8Array | undefined {
    if (this.segments.length === 0 && information.length > 0) this.checkHeader(information);
    // A segment of nothing counts as well, or a peer could send them for ever.
    this.length += Math.max(information.length, segmented ? 1 : 0);
    if (this.length - headerLength > this.limit) {
      const length = this.length - headerLength;
      this.clear();
      throw dlmsError("link_apdu_too_long", { length, limit: this.limit });
    }
    if (segmented) {
      this.segments.push(information);
      return undefined;
    }
    const whole = this.segments.length === 0 ? information : joinBytes([...this.segments, information]);
    this.clear();
    return whole.length > headerLength ? whole.subarray(headerLength) : undefined;
  }

  clear(): void {
    this.segments = [];
    this.length = 0;
  }

  private checkHeader(information: Uint8Array): void {
    const known = this.directions.some((direction) =>
      llcHeaders[direction].every((byte, at) => byte === information[at]),
    );
    if (known) return;
    const expected = this.directions.map((direction) => hexFromBytes(llcHeaders[direction])).join(" or ");
    throw dlmsError("hdlc_llc_header_invalid", {
      found: hexFromBytes(information.subarray(0, headerLength)),
      expected,
    });
  }
}

const headerLength = llcHeaders.command.length;
