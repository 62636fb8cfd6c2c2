/** What archives of the models hold in their columns, with headers in the language of the display. */
import { scale } from "@anymeter/sans-io";
import type { GasState, GasVolumes } from "../../supply/gas-supply.ts";

export type Language = "english" | "german";

/** What a row is made of: registers at its end, and means since the row before. */
export interface RowState {
  readonly volumes: GasVolumes;
  readonly means: GasState;
}

export interface Column {
  readonly headers: Readonly<Record<Language, string>>;
  readonly unit: string;
  /** Address of the value, as a device writes it. */
  readonly source: string;
  readonly description: string;
  /** The unit in which people keep it. */
  readonly seriesUnit: string;
  text(state: RowState): string;
}

const cubicMetres = { unit: "m3", seriesUnit: "m³" };

/** Headers of EK260 archive 3 in German; p.MP, T.MP, K.MP and Z.MP are means of the measuring period. */
export const columns = {
  base: {
    ...{ headers: { english: "Vb", german: "Vn" }, ...cubicMetres, source: "02:0300.0" },
    description: "Base volume, undisturbed",
    text: ({ volumes }) => scale(volumes.converted, -3),
  },
  "base-total": {
    ...{ headers: { english: "VbT", german: "VnG" }, ...cubicMetres, source: "02:0302.0" },
    description: "Base volume, total",
    text: ({ volumes }) => scale(volumes.converted, -3),
  },
  measured: {
    ...{ headers: { english: "Vm", german: "Vb" }, ...cubicMetres, source: "04:0300.0" },
    description: "Measured volume, undisturbed",
    text: ({ volumes }) => scale(volumes.unconverted, -3),
  },
  "measured-total": {
    ...{ headers: { english: "VmT", german: "VbG" }, ...cubicMetres, source: "04:0302.0" },
    description: "Measured volume, total",
    text: ({ volumes }) => scale(volumes.unconverted, -3),
  },
  pressure: {
    ...{ headers: { english: "p.MP", german: "p.MP" }, unit: "bar", seriesUnit: "bar", source: "07:0310.0" },
    description: "Gas pressure, mean",
    text: ({ means }) => scale(means.pressure, -5),
  },
  temperature: {
    // The degree sign of the 7-bit set of the device.
    ...{ headers: { english: "T.MP", german: "T.MP" }, unit: "{C", seriesUnit: "°C", source: "06:0310_1.0" },
    description: "Gas temperature, mean",
    text: ({ means }) => scale(means.temperature, -2),
  },
  compressibility: {
    ...{ headers: { english: "K.MP", german: "K.MP" }, unit: "", seriesUnit: "1", source: "08:0310.0" },
    description: "Compressibility ratio, mean",
    text: ({ means }) => scale(means.compressibilityRatio, -5),
  },
  conversion: {
    ...{ headers: { english: "C.MP", german: "Z.MP" }, unit: "", seriesUnit: "1", source: "05:0310.0" },
    description: "Conversion factor, mean",
    text: ({ means }) => scale(means.conversionFactor, -5),
  },
  counter: {
    ...{ headers: { english: "V1", german: "V1" }, ...cubicMetres, source: "01:0200.0" },
    description: "Counter of input 1",
    text: ({ volumes }) => scale(volumes.unconverted, -3),
  },
  "counter-settable": {
    ...{ headers: { english: "V1.P", german: "V1.P" }, ...cubicMetres, source: "01:0203.0" },
    description: "Settable counter of input 1",
    text: ({ volumes }) => scale(volumes.unconverted, -3),
  },
} as const satisfies Readonly<Record<string, Column>>;

export type ColumnName = keyof typeof columns;

/** Headers of the columns around the measured ones. */
export const frameHeaders = {
  english: { globalNumber: "GONo", archiveNumber: "AONo", time: "Time", event: "Ev" },
  german: { globalNumber: "GONr", archiveNumber: "AONr", time: "Zeit", event: "Er" },
} as const satisfies Readonly<Record<Language, object>>;
