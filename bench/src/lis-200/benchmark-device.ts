/** The device of the LIS-200 benchmarks: a volume converter with a lock and a day of measuring periods. */
import { addressText, type Lis200Device, type ServedColumn } from "@anymeter/lis-200";

const columns: readonly ServedColumn[] = [
  { header: "GONo" },
  { header: "AONo" },
  { header: "Time", source: "01:0400.0" },
  { header: "Vb", unit: "m3", source: "02:0300.0" },
  { header: "VbT", unit: "m3", source: "02:0302.0" },
  { header: "Vm", unit: "m3", source: "04:0300.0" },
  { header: "VmT", unit: "m3", source: "04:0302.0" },
  { header: "p.MP", unit: "bar", source: "07:0310.0" },
  { header: "T.MP", unit: "{C", source: "06:0310_1.0" },
  { header: "K.MP", source: "08:0310.0" },
  { header: "C.MP", source: "05:0310.0" },
  { header: "St.2", source: "02:0110.0" },
  { header: "St.4", source: "04:0110.0" },
  { header: "St.7", source: "07:0110.0" },
  { header: "StSy", source: "02:0100.0" },
  { header: "Ev" },
  { header: "Check" },
];

/** 96 quarters of an hour. */
export const archiveOfADay: readonly (readonly string[])[] = Array.from({ length: 96 }, (_, index) => {
  const time = new Date(Date.UTC(2026, 0, 15, 0, 15 * index)).toISOString().slice(0, 19).replace("T", ",");
  const volume = (start: number, step: number) => (start + step * index).toFixed(4);
  return [
    ...[String(210_001 + index), String(1 + index), time],
    ...[volume(183_211.25, 3.5), volume(183_219.75, 3.5), volume(171_002.5, 3.25), volume(171_010, 3.25)],
    ...["1.04250", "9.87", "0.99910", "1.00523", "0", "0", "0", "13", "0x8104", "CRC Ok"],
  ];
});

/** What the device answers to V.2, V.3 and V.4. */
export const layoutTexts = {
  headers: columns.map(({ header }) => `(${header})`).join(""),
  units: columns.map(({ unit }) => `(${unit ?? ""})`).join(""),
  sources: columns.map(({ source }) => `(${source ?? ""})`).join(""),
};

export const lock = { number: 3, code: "12345678" } as const;

export const benchmarkDevice: Lis200Device = {
  identification: { manufacturer: "Els", baudCharacter: "6", model: "EK280" },
  operand: "0000000",
  lockCodes: new Map([[lock.number, lock.code]]),
  read: (address) => (addressText(address) === "2:302.0" ? "183551.7500*m3" : 1),
  write: () => 19,
  archive: (number) => (number === 3 ? { columns, rows: archiveOfADay } : undefined),
};
