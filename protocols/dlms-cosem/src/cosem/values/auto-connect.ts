/** Auto connect (class 29; Blue Book, clause 4.7.6): where the meter connects to of its own accord, and when. */
import type { CosemDateTime } from "../../data/date-time.ts";
import { arrayOf, dateTime, enumerated, longUnsigned, structureOf, text, unsigned, valuesOf } from "./value-codec.ts";

/** A time in which the meter listens or connects; without a date: every day. */
export interface CommunicationWindow {
  readonly startTime: CosemDateTime;
  readonly endTime: CosemDateTime;
}

export const communicationWindow = structureOf<CommunicationWindow>({ startTime: dateTime, endTime: dateTime });

export const autoConnectValues = valuesOf({
  mode: enumerated,
  repetitions: unsigned,
  /** Seconds. */
  repetitionDelay: longUnsigned,
  callingWindow: arrayOf(communicationWindow),
  /** "192.0.2.7:4059", in order of preference. */
  destinationList: arrayOf(text),
});
