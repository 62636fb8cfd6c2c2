/** Random values of every COSEM data type, in range and in the form that decoding gives. */

import type { Random } from "@anymeter/sans-io/testing";
import type { Data, DataType, TypeDescription } from "../data/data.ts";
import type { ClockStatus, CosemDate, CosemDateTime, CosemTime } from "../data/date-time.ts";
import { dataTags, type IntegerType, integerRanges } from "../data/tags.ts";

const types = Object.keys(dataTags) as DataType[];
const simpleTypes = types.filter((type) => type !== "array" && type !== "structure" && type !== "compact-array");

export function randomData(random: Random, depth = 0): Data {
  const type = random.pick(depth < 3 ? types : simpleTypes);
  switch (type) {
    case "array":
    case "structure":
      return { type, value: random.list(5, () => randomData(random, depth + 1)) };
    case "compact-array": {
      // The second element makes sure that an element takes bytes.
      const elements = [randomDescription(random, depth), { type: "unsigned" } as const];
      const description: TypeDescription = { type: "structure", elements };
      return { type, description, value: random.list(4, () => randomElement(random, description)) };
    }
    default:
      return randomSimple(random, type);
  }
}

export function randomDateTime(random: Random): CosemDateTime {
  const deviation = random.boolean() ? random.integer(-720, 840) : undefined;
  const status = random.boolean() ? randomStatus(random) : undefined;
  return {
    ...randomDate(random),
    ...randomTime(random),
    ...(deviation !== undefined && { deviation }),
    ...(status && { status }),
  };
}

function randomDescription(random: Random, depth: number): TypeDescription {
  const choice = random.integer(0, depth > 2 ? 0 : 5);
  if (choice === 5)
    return { type: "array", count: random.integer(0, 3), element: randomDescription(random, depth + 1) };
  if (choice === 4) return { type: "structure", elements: random.list(3, () => randomDescription(random, depth + 1)) };
  return { type: random.pick(simpleTypes) } as TypeDescription;
}

function randomElement(random: Random, description: TypeDescription): Data {
  switch (description.type) {
    case "array": {
      const value = Array.from({ length: description.count }, () => randomElement(random, description.element));
      return { type: "array", value };
    }
    case "structure":
      return { type: "structure", value: description.elements.map((element) => randomElement(random, element)) };
    default:
      return randomSimple(random, description.type);
  }
}

function randomSimple(random: Random, type: DataType): Data {
  switch (type) {
    case "null-data":
    case "dont-care":
      return { type, value: null };
    case "boolean":
      return { type, value: random.boolean() };
    case "bit-string":
      return { type, value: random.list(40, () => random.pick(["0", "1"])).join("") };
    case "octet-string":
      return { type, value: random.bytes(random.integer(0, 300)) };
    case "visible-string":
      return { type, value: String.fromCharCode(...random.bytes(random.integer(0, 40))) };
    case "utf8-string":
      return { type, value: random.list(20, () => random.pick(["a", "ß", "€", "𝄞", "\u{feff}"])).join("") };
    case "long64":
      return { type, value: BigInt.asIntN(64, randomWord64(random)) };
    case "long64-unsigned":
      return { type, value: randomWord64(random) };
    case "float32":
      return { type, value: Math.fround(random.integer(-1e6, 1e6) / 7) };
    case "float64":
      return { type, value: random.integer(-1e12, 1e12) / 7 };
    case "date-time":
      return { type, value: randomDateTime(random) };
    case "date":
      return { type, value: randomDate(random) };
    case "time":
      return { type, value: randomTime(random) };
    default: {
      const [smallest, largest] = integerRanges[type as IntegerType];
      return { type: type as IntegerType, value: random.integer(smallest, largest) };
    }
  }
}

function randomWord64(random: Random): bigint {
  return (BigInt(random.word()) << 32n) | BigInt(random.word());
}

function randomDate(random: Random): CosemDate {
  const month = random.pick([
    undefined,
    "daylight-saving-begin",
    "daylight-saving-end",
    random.integer(1, 12),
  ] as const);
  const day = random.pick([undefined, "last", "second-last", random.integer(1, 31)] as const);
  return {
    ...(random.boolean() && { year: random.integer(0, 0xfffe) }),
    ...(month !== undefined && { month }),
    ...(day !== undefined && { day }),
    ...(random.boolean() && { weekday: random.integer(1, 7) }),
  };
}

function randomTime(random: Random): CosemTime {
  return {
    ...(random.boolean() && { hour: random.integer(0, 23) }),
    ...(random.boolean() && { minute: random.integer(0, 59) }),
    ...(random.boolean() && { second: random.integer(0, 59) }),
    ...(random.boolean() && { hundredths: random.integer(0, 99) }),
  };
}

/** Not all bits at once: FF is "unspecified". */
function randomStatus(random: Random): ClockStatus {
  return {
    invalidValue: random.boolean(),
    doubtfulValue: random.boolean(),
    differentClockBase: random.boolean(),
    invalidClockStatus: random.boolean(),
    daylightSavingActive: random.boolean(),
    ...(random.boolean() && { reserved: random.pick([0x10, 0x20, 0x40, 0x60]) }),
  };
}
