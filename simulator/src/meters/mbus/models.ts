/**
 * The models of the neighbourhood's M-Bus meters. The names are invented; every habit is one that meters in the field have,
 * with the reason it is here. A new model is one more entry.
 */
import type { SlaveHabits } from "@anymeter/mbus";
import type { ZoneName } from "../zone.ts";
import type { FieldName } from "./fields.ts";

export interface Habit<T> {
  readonly value: T;
  /** Why a simulated meter should do this. */
  readonly because: string;
}

export interface MbusModel {
  readonly make: string;
  readonly model: string;
  /** Three letters: the maker's code in the header. */
  readonly flag: string;
  readonly version: number;
  /** The device type of the header. */
  readonly medium: number;
  readonly measures: "heat" | "water";
  readonly firmware: string;
  readonly description: string;
  readonly addressing: Habit<Addressing>;
  readonly identification: Habit<"own" | "that of the meter before it">;
  readonly structure: Habit<"variable" | "fixed">;
  readonly numbers: Habit<"bcd" | "integer">;
  /** One list of fields for each telegram. */
  readonly telegrams: Habit<readonly (readonly FieldName[])[]>;
  readonly storedDate: Habit<"first day" | "last day">;
  readonly isEnciphered: Habit<boolean>;
  readonly sensors: Habit<"right" | "swapped">;
  readonly zone: Habit<ZoneName>;
  readonly link: Habit<SlaveHabits>;
}

/** How the utility finds the meter: the last one has the address of the meter that hung here before. */
export type Addressing = "primary" | "secondary" | "secondary, number alone" | "secondary of its predecessor";

/** What most meters do. */
const plain = {
  addressing: { value: "primary", because: "small systems number their meters by hand" },
  identification: { value: "own", because: "a number names one meter" },
  structure: { value: "variable", because: "records that describe themselves" },
  numbers: { value: "bcd", because: "most meters tell what their display shows, digit by digit" },
  storedDate: { value: "first day", because: "the value of midnight belongs to the day that begins" },
  isEnciphered: { value: false, because: "on a wire in the house nobody listens" },
  sensors: { value: "right", because: "the installer was careful" },
  zone: { value: "central-european-standard", because: "meters keep winter time all year" },
  link: { value: {}, because: "does what the standard says" },
} as const satisfies Partial<MbusModel>;

export const mbusModels: readonly MbusModel[] = [
  {
    ...plain,
    ...{ make: "Fernau", model: "HM100", flag: "FRN", version: 0x11, medium: 0x04, measures: "heat" },
    ...{ firmware: "1.08", description: "Ultrasonic heat meter" },
    telegrams: {
      value: [
        [
          "fabricationNumber",
          "energy",
          "volume",
          "power",
          "flow",
          "flowTemperature",
          "returnTemperature",
          "difference",
        ],
        ["clock", "operatingHours", "errorFlags", "greatestPower", "dueDate", "dueEnergy", "dueVolume"],
        ["month2Date", "month2Energy", "month3Date", "month3Energy", "month4Date", "month4Energy"],
      ],
      because: "what does not fit one telegram goes on in the next, by 1F and a toggled frame count",
    },
  },
  {
    ...plain,
    ...{ make: "Fernau", model: "HM200", flag: "FRN", version: 0x23, medium: 0x0c, measures: "heat" },
    ...{ firmware: "2.31", description: "Ultrasonic heat meter, enciphered" },
    addressing: { value: "secondary", because: "installers scan the number from the label and set no address" },
    numbers: { value: "integer", because: "newer meters count in binary" },
    telegrams: {
      value: [["energy", "volume", "power", "flow", "flowTemperature", "returnTemperature", "clock", "operatingHours"]],
      because: "one telegram with what billing and operation need",
    },
    isEnciphered: { value: true, because: "mode 5 works on a wire as on the air, and data protection asks for it" },
  },
  {
    ...plain,
    ...{ make: "Talwerk", model: "KW5", flag: "TLW", version: 0x02, medium: 0x0d, measures: "heat" },
    ...{ firmware: "5.0.2", description: "Heat and cooling meter with pulse input" },
    telegrams: {
      value: [["energy", "volume", "power", "flow", "flowTemperature", "returnTemperature", "difference", "clock"]],
      because: "one telegram with all present values",
    },
    sensors: {
      value: "swapped",
      because: "swapped sensors show a negative difference, which BCD tells by F in the highest digit",
    },
    link: { value: { delay: 400 }, because: "a processor that sleeps between measurements answers late" },
  },
  {
    ...plain,
    ...{ make: "Talwerk", model: "KW5-W", flag: "TLW", version: 0x02, medium: 0x07, measures: "water" },
    ...{ firmware: "5.0.2", description: "Water meter on the pulse input of a KW5" },
    addressing: { value: "secondary", because: "an input has no address switch of its own" },
    identification: {
      value: "that of the meter before it",
      because:
        "pulse inputs answer by the number of their heat meter and another medium: a search must tell them apart",
    },
    telegrams: { value: [["volume", "dueDate", "dueVolume"]], because: "a pulse input counts, and nothing else" },
    storedDate: { value: "last day", because: "many meters name the day whose end they mean" },
  },
  {
    ...plain,
    ...{ make: "Quellbach", model: "Q4", flag: "QLB", version: 0x01, medium: 0x07, measures: "water" },
    ...{ firmware: "4", description: "Water meter of the old kind" },
    structure: { value: "fixed", because: "meters of the nineties send two counters in a fixed structure" },
    telegrams: { value: [["volume"]], because: "two counters: now, and at the set date" },
  },
  {
    ...plain,
    ...{ make: "Quellbach", model: "Q7", flag: "QLB", version: 0x05, medium: 0x07, measures: "water" },
    ...{ firmware: "7.2", description: "Electronic water meter" },
    telegrams: {
      value: [["volume", "flow", "flowTemperature", "clock", "dueDate", "dueVolume", "batteryDays"]],
      because: "what a meter on battery cares to tell",
    },
    link: {
      value: { frameCount: "always-same" },
      because: "meters that say more follows and repeat the same telegram for ever must not hang a reader",
    },
  },
  {
    ...plain,
    ...{ make: "Rohrau", model: "R2", flag: "ROH", version: 0x0a, medium: 0x06, measures: "water" },
    ...{ firmware: "1.0", description: "Hot water meter" },
    addressing: {
      value: "secondary, number alone",
      because: "lists of installers hold the number and neither version nor medium: wildcards stand for these",
    },
    numbers: { value: "integer", because: "cheap processors count in binary" },
    telegrams: { value: [["volume", "flow", "clock", "errorFlags"]], because: "the least there is" },
    link: { value: { answersReset: false }, because: "some meters know requests and selections, and no SND_NKE" },
  },
  {
    ...plain,
    ...{ make: "Rohrau", model: "R3", flag: "ROH", version: 0x0b, medium: 0x16, measures: "water" },
    ...{ firmware: "1.1", description: "Cold water meter" },
    addressing: {
      value: "secondary of its predecessor",
      because: "a meter that was exchanged and never registered is missed at its old address",
    },
    telegrams: { value: [["volume", "flow", "clock"]], because: "the least there is" },
  },
];

/** @throws RangeError for a name that is in no entry */
export function modelNamed(name: string): MbusModel {
  const model = mbusModels.find(({ model }) => model === name);
  if (model) return model;
  throw new RangeError(`no M-Bus model ${name}; there are ${mbusModels.map(({ model }) => model).join(", ")}`);
}
