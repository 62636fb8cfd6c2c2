/** The C field (EN 13757-2, 5.7.2; the SND_IR … of wireless meters from EN 13757-4). */

/** C fields by their names, with the bits that may change at 0. */
export const controls = {
  /** To the meter: forget the frame count (and the selection, at address 253). */
  sendNke: 0x40,
  /** To the meter: data; FCV is set, FCB as it comes. */
  sendUserData: 0x53,
  /** To the meter: class 2 data, the usual readout. */
  requestClass2: 0x5b,
  /** To the meter: class 1 data, alarms. */
  requestClass1: 0x5a,
  /** From the meter: data. */
  respond: 0x08,
} as const;

/** To the meter: frame count bit, and whether it counts. */
export const frameCountBit = 0x20;
export const frameCountValid = 0x10;
/** From the meter: class 1 data waits; no more data is taken now. */
export const accessDemand = 0x20;
export const dataFlowControl = 0x10;
/** Set when the frame comes from the primary station, the master. */
export const primaryMessage = 0x40;

/** The C field in words: "REQ_UD2, FCB 1", "RSP_UD, access demand". */
export function describeControl(control: number): string {
  const fromMaster = (control & primaryMessage) !== 0;
  const functions = fromMaster ? masterFunctions : meterFunctions;
  const name = functions[control & 0x0f] ?? `function ${control & 0x0f}`;
  return [name, ...(fromMaster ? masterFlags(control) : meterFlags(control))].join(", ");
}

function masterFlags(control: number): string[] {
  if ((control & frameCountValid) === 0) return [];
  return [`FCB ${control & frameCountBit ? 1 : 0}`];
}

function meterFlags(control: number): string[] {
  const flags: string[] = [];
  if (control & accessDemand) flags.push("ACD (class 1 data waits)");
  if (control & dataFlowControl) flags.push("DFC (no more data now)");
  return flags;
}

/** From the primary station, by the low four bits. */
const masterFunctions: Readonly<Record<number, string>> = {
  0: "SND_NKE (reset the link)",
  3: "SND_UD (data to the meter)",
  4: "SND_NR (data, no reply expected)",
  6: "SND_IR (installation request)",
  7: "ACC_NR (access possible, no reply expected)",
  8: "ACC_DMD (access demanded)",
  10: "REQ_UD1 (request of alarm data)",
  11: "REQ_UD2 (request of data)",
};

/** From the secondary station, by the low four bits. */
const meterFunctions: Readonly<Record<number, string>> = {
  0: "ACK (acknowledgement)",
  1: "NACK (refused)",
  6: "CNF_IR (confirmation of installation)",
  8: "RSP_UD (data from the meter)",
  9: "NACK (no data)",
  11: "status of the link",
};
