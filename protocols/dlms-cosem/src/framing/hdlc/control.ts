/**
 * The control field (ISO/IEC 13239; Green Book clause 8.4.3): what a frame is for, the poll/final bit (10) and, in frames
 * that carry or acknowledge information, the sequence numbers modulo 8.
 *
 *   I     rrr P sss 0      N(R) = rrr: the number expected next, so all before it are acknowledged; N(S) = sss
 *   RR    rrr P 0001       RNR   rrr P 0101 (busy)
 *   SNRM  100 P 0011       UA    011 P 0011      DISC  010 P 0011
 *   DM    000 P 1111       FRMR  100 P 0111      UI    000 P 0011
 */

/** `fixed` is compared under `mask`; the free bits are the numbers and the poll/final bit. */
export const controlFields = {
  I: { mask: 0x01, fixed: 0x00 },
  RR: { mask: 0x0f, fixed: 0x01 },
  RNR: { mask: 0x0f, fixed: 0x05 },
  SNRM: { mask: 0xef, fixed: 0x83 },
  UA: { mask: 0xef, fixed: 0x63 },
  DISC: { mask: 0xef, fixed: 0x43 },
  DM: { mask: 0xef, fixed: 0x0f },
  FRMR: { mask: 0xef, fixed: 0x87 },
  UI: { mask: 0xef, fixed: 0x03 },
} as const;

export type HdlcFrameKind = keyof typeof controlFields;
export const sequenceModulus = 8;

/** The kind of frame, or undefined for a control field DLMS does not use. */
export function frameKind(control: number): HdlcFrameKind | undefined {
  return kinds[control];
}

/** A command's P bit ("answer now") or a response's F bit ("that was all"). */
export function hasPollFinal(control: number): boolean {
  return (control & pollFinal) !== 0;
}

/** N(R) of an I, RR or RNR frame. */
export function receiveSequence(control: number): number {
  return control >> 5;
}

/** N(S) of an I frame. */
export function sendSequence(control: number): number {
  return (control >> 1) & 7;
}

/** The control field of an unnumbered frame. */
export function unnumberedControl(kind: "SNRM" | "UA" | "DISC" | "DM" | "FRMR" | "UI", final: boolean): number {
  return controlFields[kind].fixed | (final ? pollFinal : 0);
}

export function supervisoryControl(kind: "RR" | "RNR", receive: number, final: boolean): number {
  return controlFields[kind].fixed | (receive << 5) | (final ? pollFinal : 0);
}

export function informationControl(send: number, receive: number, final: boolean): number {
  return (receive << 5) | (send << 1) | (final ? pollFinal : 0);
}

const pollFinal = 0x10;

const kinds: readonly (HdlcFrameKind | undefined)[] = Array.from({ length: 256 }, (_, control) => {
  const names = Object.keys(controlFields) as HdlcFrameKind[];
  return names.find((name) => (control & controlFields[name].mask) === controlFields[name].fixed);
});
