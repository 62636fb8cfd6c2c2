/** The registers of a meter at one moment: each value where the map says, and nothing between. */
import { encodeValue, type RegisterEntry, type RegisterMap, registersOf } from "@anymeter/modbus";

/** Words of a table by address; an address without one is refused. */
export class RegisterImage {
  readonly #words: ReadonlyMap<number, () => number>;

  constructor(words: ReadonlyMap<number, () => number>) {
    this.#words = words;
  }

  /** undefined when one of the registers is not there. */
  read(address: number, quantity: number): Uint8Array | undefined {
    const bytes = new Uint8Array(quantity * 2);
    for (let index = 0; index < quantity; index++) {
      const word = this.#words.get(address + index)?.();
      if (word === undefined) return undefined;
      bytes.set([word >> 8, word & 0xff], index * 2);
    }
    return bytes;
  }
}

export interface ImageOptions {
  readonly map: RegisterMap;
  /** In Wh, varh, W, V, A, Hz; undefined = not available. */
  readonly valueIn: (series: string) => number | undefined;
  /** Series whose registers are not there. */
  readonly lacks: readonly string[];
}

export function imageOf({ map, valueIn, lacks }: ImageOptions): RegisterImage {
  const base = map.sunSpecModels ? sunSpecStart : 0;
  const words = new Map<number, () => number>();
  if (map.sunSpecModels) addSunSpecFrame(words);
  for (const entry of map.entries) {
    if (lacks.includes(entry.series)) continue;
    const scale = entry.scale ? sunSpecScales[entry.scale.address]! : 0;
    if (entry.scale) words.set(base + entry.scale.address, () => scale & 0xffff);
    const bytes = once(() => registersFor(entry, scale, valueIn(entry.series)));
    for (let index = 0; index < registersOf(entry); index++) {
      words.set(base + entry.address + index, () => (bytes()[index * 2]! << 8) | bytes()[index * 2 + 1]!);
    }
  }
  return new RegisterImage(words);
}

/** A value as the entry's registers hold it. Counters are cut off, not rounded: they never tell energy that has not flowed. */
function registersFor(entry: RegisterEntry, scale: number, value: number | undefined): Uint8Array {
  const { type, unit, exponent = 0, unavailable } = entry;
  const float = type.startsWith("float");
  if (value === undefined) return encodeValue(unavailable || float ? undefined : 0, entry);
  const thousand = unit.startsWith("k") ? 1000 : 1;
  const raw = value / thousand / 10 ** (exponent + scale);
  if (float) return encodeValue(raw, entry);
  return encodeValue(BigInt(unit.endsWith("h") ? Math.floor(raw) : Math.round(raw)), entry);
}

/** SunSpec: marker, a common model of blanks, the meter's model, the end. */
function addSunSpecFrame(words: Map<number, () => number>): void {
  const put = (address: number, ...values: readonly number[]) => {
    for (const [index, value] of values.entries()) words.set(address + index, () => value);
  };
  put(40_000, 0x5375, 0x6e53, 1, 66, ...Array<number>(66).fill(0));
  put(sunSpecStart, 203, 105, ...Array<number>(105).fill(0x8000));
  put(sunSpecStart + 107, 0xffff, 0);
}

/** Behind the marker (2 registers) and the common model (2 + 66). */
const sunSpecStart = 40_070;
/** Exponents that the meter's scale registers hold, by their place in the model: currents, voltages, frequency, powers, energies. */
const sunSpecScales: Readonly<Record<number, number>> = { 6: -2, 15: -1, 17: -2, 22: 1, 54: 0 };

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
