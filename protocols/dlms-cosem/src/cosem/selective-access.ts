/**
 * Selective access to the buffer of a profile generic (Blue Book, clause 4.3.6): by range of a captured value, nearly
 * always the clock, and by entry. Bounds are inclusive: a row on the edge of two requests comes with both.
 */
import type { Data } from "../data/data.ts";
import { type CosemDateTime, encodeDateTime } from "../data/date-time.ts";
import { dlmsError } from "../errors.ts";
import type { Selection } from "../xdlms/apdu.ts";
import {
  type CaptureObject,
  captureObjectFromData,
  captureObjectsFromData,
  captureObjectsToData,
  captureObjectToData,
  clockCaptureObject,
} from "./capture-objects.ts";

export const rangeSelector = 1;
export const entrySelector = 2;

export interface RangeSelection {
  /** A captured object that rows are restricted by; use the sort object. Default: the clock. */
  readonly restrictingObject?: CaptureObject;
  /**
   * First and last value. A date-time goes out as octet-string; spread it without `deviation` for meters that refuse one.
   */
  readonly from: CosemDateTime | Data;
  readonly to: CosemDateTime | Data;
  /** The columns wanted; empty or absent = all. */
  readonly columns?: readonly CaptureObject[];
}

export interface EntrySelection {
  /** Entries count from 1, the oldest in a FIFO buffer. */
  readonly fromEntry: number;
  /** 0 or absent = the last. */
  readonly toEntry?: number;
  /** Columns count from 1. Default: from the first … */
  readonly fromColumn?: number;
  /** … to the last, which is 0. */
  readonly toColumn?: number;
}

export function selectByRange(range: RangeSelection): Selection {
  const parameter: Data = {
    type: "structure",
    value: [
      captureObjectToData(range.restrictingObject ?? clockCaptureObject),
      bound(range.from),
      bound(range.to),
      captureObjectsToData(range.columns ?? []),
    ],
  };
  return { selector: rangeSelector, parameter };
}

export function selectByEntry(entries: EntrySelection): Selection {
  const parameter: Data = {
    type: "structure",
    value: [
      { type: "double-long-unsigned", value: entries.fromEntry },
      { type: "double-long-unsigned", value: entries.toEntry ?? 0 },
      { type: "long-unsigned", value: entries.fromColumn ?? 1 },
      { type: "long-unsigned", value: entries.toColumn ?? 0 },
    ],
  };
  return { selector: entrySelector, parameter };
}

/** The server's side of `selectByRange`, bounds as they came. Throws `access_selection_invalid`. */
export function rangeFromSelection(selection: Selection): Required<RangeSelection> & { from: Data; to: Data } {
  const [restricting, from, to, columns] = partsOf(selection, rangeSelector);
  if (restricting === undefined || from === undefined || to === undefined) {
    throw invalid(selection, "it must be a structure of restricting object, from, to and columns");
  }
  return {
    restrictingObject: captureObjectFromData(restricting),
    from,
    to,
    columns: columns === undefined ? [] : captureObjectsFromData(columns),
  };
}

/** The server's side of `selectByEntry`. Throws `access_selection_invalid`. */
export function entriesFromSelection(selection: Selection): Required<EntrySelection> {
  const numbers = partsOf(selection, entrySelector).map((part) => part.value);
  const [fromEntry, toEntry, fromColumn, toColumn] = numbers;
  if (
    typeof fromEntry !== "number" ||
    typeof toEntry !== "number" ||
    typeof fromColumn !== "number" ||
    typeof toColumn !== "number"
  ) {
    throw invalid(selection, "it must be a structure of four numbers");
  }
  return { fromEntry, toEntry, fromColumn, toColumn };
}

function bound(value: CosemDateTime | Data): Data {
  return "type" in value ? value : { type: "octet-string", value: encodeDateTime(value) };
}

function partsOf(selection: Selection, selector: number): readonly Data[] {
  if (selection.selector !== selector) throw invalid(selection, `selector ${selector} is needed`);
  if (selection.parameter.type !== "structure") throw invalid(selection, "its parameter must be a structure");
  return selection.parameter.value;
}

function invalid(selection: Selection, reason: string): Error {
  return dlmsError("access_selection_invalid", { selector: selection.selector, reason });
}
