/** The meter of the IEC 62056-21 benchmarks: a readout of thirty registers, and a day of load profile behind a password. */
import type { ServerDevice } from "@anymeter/iec62056-21";

const stored = ["", "*11", "*10", "*09", "*08"];
const registers = ["1.8.0", "1.8.1", "1.8.2", "2.8.0", "3.8.0", "4.8.0"];

/** 30 lines. */
export const readoutText = stored
  .flatMap((suffix, month) => registers.map((address, index) => `${address}${suffix}(${value(month, index)}*kWh)\r\n`))
  .join("");
export const registersOfReadout = stored.length * registers.length;

export const password = "12345678";
export const rowsOfProfile = 96;

/** A day of six columns, in blocks of 24 rows. */
export const profileBlocks = Array.from({ length: 4 }, (_, block) => {
  const columns = ["1.5", "2.5", "5.5", "6.5", "7.5", "8.5"].map((address) => `(${address})(kW)`).join("");
  const header = block === 0 ? `P.01(0260105001500)(00)(15)(6)${columns}\r\n` : "";
  return header + Array.from({ length: 24 }, (_, row) => rowText(block * 24 + row)).join("");
});

export const benchmarkMeter: ServerDevice = {
  identification: { manufacturer: "ANY", baudCharacter: "6", model: "Benchmark" },
  readout: () => readoutText,
  operand: () => "()",
  command: ({ command, data }) => {
    if (command === "P1") return { type: data === `(${password})` ? "acknowledge" : "refuse" };
    if (command === "R6") return { type: "data", texts: profileBlocks };
    return { type: "data", texts: ["1.8.0(012345.678*kWh)"] };
  },
};

function value(month: number, index: number): string {
  return (12_345.678 + index * 1000 - month * 10).toFixed(3).padStart(10, "0");
}

function rowText(row: number): string {
  return `${[0, 1, 2, 3, 4, 5].map((column) => `(${((row * 7 + column) / 1000).toFixed(5)})`).join("")}\r\n`;
}
