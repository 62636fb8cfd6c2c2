/**
 * OBIS codes of what M-Bus meters tell (EN 13757-1, clause 7; the Blue Book, 6.3 to 6.7): A is the medium, C the quantity,
 * D how it is processed, E the tariff. Only what M-Bus says without doubt has one: not stored values, because M-Bus does not
 * say whether a storage is a set date, a billing or a mere log.
 */
import type { DataRecord } from "@anymeter/mbus";

/** The code of a record, "6-0:1.0.0"; undefined where the standard has none for it. */
export function obisNameOf(record: DataRecord, medium: number | undefined): string | undefined {
  if (record.storage !== 0 || record.subunit !== 0 || record.tariff > greatestTariff) return undefined;
  const group = medium === undefined ? undefined : groups[medium];
  const row = group?.rows[[record.quantity, ...record.modifiers].join(", ")];
  const kind = processingOf[record.function];
  if (!group || !row || !kind || row[kind] === undefined) return undefined;
  return `${group.a}-0:${row.c}.${row[kind]}.${record.tariff}`;
}

interface ObisRow {
  readonly c: number;
  /** Group D of the present value, and of its least and greatest one where D has codes for these. */
  readonly present: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface MediumGroup {
  readonly a: number;
  /** By the record's quantity and what VIFEs add to it. */
  readonly rows: Readonly<Record<string, ObisRow>>;
}

const processingOf: Readonly<Record<DataRecord["function"], "present" | "minimum" | "maximum" | undefined>> = {
  instantaneous: "present",
  minimum: "minimum",
  maximum: "maximum",
  "error state": undefined,
};

/** D of media other than electricity: 0 present, 4 minimum, 5 maximum. */
const ofPipes = (c: number): ObisRow => ({ c, present: 0, minimum: 4, maximum: 5 });
/** D of electricity: 7 instantaneous, 3 minimum 1, 6 maximum 1; 8 is the time integral. */
const ofPower = (c: number): ObisRow => ({ c, present: 7, minimum: 3, maximum: 6 });
const ofEnergy = (c: number): ObisRow => ({ c, present: 8 });

const thermalEnergy: MediumGroup["rows"] = {
  energy: ofPipes(1),
  volume: ofPipes(2),
  mass: ofPipes(3),
  power: ofPipes(8),
  "volume flow": ofPipes(9),
  "flow temperature": ofPipes(10),
  "return temperature": ofPipes(11),
  "temperature difference": ofPipes(12),
  pressure: ofPipes(13),
};

const water: MediumGroup["rows"] = {
  volume: ofPipes(1),
  "volume flow": ofPipes(2),
  "flow temperature": ofPipes(3),
};

/** C 3 is the volume forward, absolute; D 0 at metering conditions, 2 at base conditions. */
const gas: MediumGroup["rows"] = {
  volume: { c: 3, present: 0 },
  "volume, uncorrected, at metering conditions": { c: 3, present: 0 },
  "volume, at base conditions": { c: 3, present: 2 },
  "volume flow": { c: 43, present: 0 },
};

const electricity: MediumGroup["rows"] = {
  energy: ofEnergy(1),
  "energy, positive contributions only": ofEnergy(1),
  "energy, negative contributions only": ofEnergy(2),
  "reactive energy": ofEnergy(3),
  "reactive energy, positive contributions only": ofEnergy(3),
  "reactive energy, negative contributions only": ofEnergy(4),
  power: ofPower(1),
  "power, positive contributions only": ofPower(1),
  "power, negative contributions only": ofPower(2),
  "reactive power": ofPower(3),
  "apparent power": ofPower(9),
  frequency: { c: 14, present: 7 },
  ...ofPhases("power", 21),
  ...ofPhases("current", 31),
  ...ofPhases("voltage", 32),
};

/** C of phase L1; those of L2 and L3 are 20 and 40 further. */
function ofPhases(quantity: string, first: number): MediumGroup["rows"] {
  return Object.fromEntries(
    [1, 2, 3].map((phase) => [`${quantity}, at phase L${phase}`, ofPower(first + 20 * (phase - 1))]),
  );
}

const heat: MediumGroup = { a: 6, rows: thermalEnergy };
const cooling: MediumGroup = { a: 5, rows: thermalEnergy };
const coldWater: MediumGroup = { a: 8, rows: water };
const hotWater: MediumGroup = { a: 9, rows: water };

/** By the device type of the telegram's header (EN 13757-7, table 13). */
const groups: Readonly<Record<number, MediumGroup>> = {
  2: { a: 1, rows: electricity },
  3: { a: 7, rows: gas },
  4: heat,
  6: hotWater,
  7: coldWater,
  10: cooling,
  11: cooling,
  12: heat,
  13: heat,
  21: hotWater,
  22: coldWater,
};

/** Group E counts tariffs from 1 to 63, 0 is the total. */
const greatestTariff = 63;
