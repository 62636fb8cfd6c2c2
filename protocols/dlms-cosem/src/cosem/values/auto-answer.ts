/** Auto answer (class 28; Blue Book, clause 4.7.5): when the modem takes calls, and whose. */
import { communicationWindow } from "./auto-connect.ts";
import { arrayOf, enumerated, structureOf, text, unsigned, valuesOf } from "./value-codec.ts";

export interface NumberOfRings {
  readonly nrRingsInWindow: number;
  readonly nrRingsOutOfWindow: number;
}

export interface AllowedCaller {
  /** The number as digits; a star stands for any characters. */
  readonly callerId: string;
  /** 0 a normal call, 1 a request to wake up. */
  readonly callType: number;
}

export const autoAnswerValues = valuesOf({
  mode: enumerated,
  listeningWindow: arrayOf(communicationWindow),
  /** 0 inactive, 1 active, 2 locked. */
  status: enumerated,
  numberOfCalls: unsigned,
  numberOfRings: structureOf<NumberOfRings>({ nrRingsInWindow: unsigned, nrRingsOutOfWindow: unsigned }),
  /** Since version 2. */
  listOfAllowedCallers: arrayOf(structureOf<AllowedCaller>({ callerId: text, callType: enumerated })),
});
