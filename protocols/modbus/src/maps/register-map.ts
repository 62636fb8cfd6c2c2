/**
 * Register maps: what a meter model keeps where. A map is data; each entry of a meter's map was compared with the text of its
 * maker's public manual, or with two transcriptions of it that agree, and the map says which.
 */
import type { ValueLayout } from "../registers/value.ts";

/** The maker's own document, and what of it a map was compared with. */
export type MapSource = ManualRead | ManualReadInPart | ManualNotRead;

interface Manual {
  readonly title: string;
  readonly url: string;
}

interface ManualRead extends Manual {
  readonly checked: "manual text";
  /** Pages or clauses whose text was read. */
  readonly pages: string;
}

interface ManualReadInPart extends Manual {
  readonly checked: "manual text in part";
  readonly pages: string;
  /** Whose transcriptions agree about the rest. */
  readonly agreeing: readonly string[];
}

interface ManualNotRead extends Manual {
  readonly checked: "transcriptions";
  /** Whose transcriptions agree, two at least for each entry. */
  readonly agreeing: readonly string[];
}

/** Which registers: function 3 reads holding registers, 4 input registers. */
export type Table = "holding" | "input";

export interface RegisterEntry extends ValueLayout {
  /** Name of the series, OBIS where the quantity has one: "1-0:1.8.0". */
  readonly series: string;
  /** In words: "active energy import, total". */
  readonly quantity: string;
  /** "" where there is none. */
  readonly unit: string;
  /** As on the wire, counted from 0; in a SunSpec map from the start of the model, as that of the scale register. */
  readonly address: number;
  /** In a SunSpec map: counted as on the wire all the same. */
  readonly absolute?: boolean;
  /** Where it differs from the map's. */
  readonly table?: Table;
  /** The register's number × 10^exponent is the value in the unit. */
  readonly exponent?: number;
  /** A register that holds a further exponent, as int16. */
  readonly scale?: { readonly address: number };
}

export interface RequestLimits {
  /** Registers in one request. Default 125. */
  readonly registers?: number;
  /** Registers between two values that may be read along, though nobody asked for them. Default 0: never across a gap. */
  readonly gap?: number;
  /** Pause that the maker asks for between two requests. */
  readonly pauseMilliseconds?: number;
}

/** What to read from a meter. */
export interface RegisterMap {
  /** "eastron-sdm630" */
  readonly id: string;
  /** Of entries that name none. */
  readonly table: Table;
  readonly limits?: RequestLimits;
  /**
   * Found rather than fixed: the first of these SunSpec models of the device. Addresses of entries then count from the
   * model's id register.
   */
  readonly sunSpecModels?: readonly number[];
  readonly entries: readonly RegisterEntry[];
}

/** The register map of a maker's meters. */
export interface MeterMap extends RegisterMap {
  readonly manufacturer: string;
  readonly models: string;
  readonly source: MapSource;
  /** What whoever reads the meter should know. */
  readonly notes?: readonly string[];
}
