/** What can be wrong with a DLMS meter beside its line. */
import { type FaultChecks, FaultSwitches, type LineFaults, yesOrNo } from "../faults.ts";

/** Absent or false = healthy. */
export type DlmsFaults = {
  /** Answers end in the middle of the APDU, in a frame that is whole. */
  truncatedApdu?: boolean | undefined;
  /** The last byte of every answer is wrong, in a frame that is right: of a ciphered APDU it is the tag's. */
  wrongTag?: boolean | undefined;
  /** Every ciphered answer carries the invocation counter of the one before. */
  replayedCounter?: boolean | undefined;
  /** The meter's keys and password are not those that were registered. */
  wrongKey?: boolean | undefined;
};

export type DlmsMeterFaults = LineFaults & DlmsFaults;
export const DlmsFaultSwitches = FaultSwitches<DlmsFaults>;
export type DlmsFaultSwitches = FaultSwitches<DlmsFaults>;

export const dlmsFaultChecks: FaultChecks<DlmsFaults> = {
  truncatedApdu: yesOrNo,
  wrongTag: yesOrNo,
  replayedCounter: yesOrNo,
  wrongKey: yesOrNo,
};
