/** How long a line takes (EN 13757-2 clause 5.4): a silence may be judged only after all of this. */
import { mbusError } from "../errors.ts";

/** Bits a second, in the order of their CI fields B8 to BF. */
export const baudRates = [300, 600, 1200, 2400, 4800, 9600, 19200, 38400] as const;
export type BaudRate = (typeof baudRates)[number];

const firstBaudControlInformation = 0xb8;

/**
 * The CI field that switches a slave to this rate: B8 for 300 to BF for 38400.
 * @throws ProtocolError `baud_unknown`
 */
export function baudControlInformation(baud: number): number {
  const index = (baudRates as readonly number[]).indexOf(baud);
  if (index < 0) throw mbusError("baud_unknown", { baud, known: baudRates.join(", ") });
  return firstBaudControlInformation + index;
}

/** The rate a CI field switches to; undefined for any other CI field. */
export function baudOfControlInformation(controlInformation: number): BaudRate | undefined {
  return baudRates[controlInformation - firstBaudControlInformation];
}

/**
 * Milliseconds until an answer of so many bytes is there in full at the latest: our own frame, the slave's time of 330 bits
 * and 50 ms, the answer (8E1 makes 11 bits a byte), and what the gateway adds. A gateway may hand on an answer in one piece
 * at its end, so the whole time is allowed for its first byte.
 */
export function answerMilliseconds(baud: number, latency: number, sentBytes: number, answerBytes: number): number {
  const bits = (sentBytes + answerBytes) * bitsPerByte + slaveBits;
  return Math.ceil(latency + slaveMilliseconds + (bits * 1000) / baud);
}

const bitsPerByte = 11;
const slaveBits = 330;
const slaveMilliseconds = 50;
