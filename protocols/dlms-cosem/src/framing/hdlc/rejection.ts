/**
 * The information field of FRMR (ISO/IEC 13239, 5.5.3.4): which control field was rejected, where the sequence numbers
 * stood, and why.
 *
 *   ┌──────────────────┬──────────────────────┬─────────────────┐
 *   │ rejected control │ rrr C sss 0          │ 0 0 0 0 Z Y X W │
 *   └──────────────────┴──────────────────────┴─────────────────┘
 */
import { hexFromByte } from "@anymeter/sans-io";

/** Bits of the third byte. */
export const rejectionReasons = {
  controlInvalid: { bit: 0x01, text: "its control field is invalid or not implemented (W)" },
  informationNotPermitted: { bit: 0x02, text: "it has an information field that is not permitted (X)" },
  informationTooLong: { bit: 0x04, text: "its information field is too long (Y)" },
  sequenceInvalid: { bit: 0x08, text: "its receive sequence number is invalid (Z)" },
} as const;

export type RejectionReason = keyof typeof rejectionReasons;

export function encodeRejection(
  control: number,
  variables: { readonly receive: number; readonly send: number },
  reason: RejectionReason,
): Uint8Array {
  // C = 0: what is rejected was a command.
  return Uint8Array.of(control, (variables.receive << 5) | (variables.send << 1), rejectionReasons[reason].bit);
}

/** For an error message: "control field 32: its receive sequence number is invalid (Z)". */
export function describeRejection(information: Uint8Array): string {
  if (information.length < 3) return "no reason given";
  const bits = information[2]!;
  const texts = Object.values(rejectionReasons).filter(({ bit }) => (bits & bit) !== 0);
  const reason = texts.length === 0 ? "no reason given" : texts.map(({ text }) => text).join(", ");
  return `control field ${hexFromByte(information[0]!)}: ${reason}`;
}
