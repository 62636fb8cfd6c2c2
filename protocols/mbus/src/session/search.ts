/**
 * Finding meters by wildcards (EN 13757-3 clause 11.3): a mask that several meters fit is split by its next wildcard until
 * each mask fits one meter or none. That a mask fits one is proved by a telegram whose header fits it: acknowledgements of
 * several meters look like one.
 */
import type { Routine } from "@anymeter/sans-io";
import { assignedMedia } from "../application/medium.ts";
import { addresses } from "../frames/frame.ts";
import {
  anyByte,
  anyMeter,
  formatSecondaryAddress,
  manufacturerOffset,
  mediumOffset,
  type SecondaryAddress,
  secondaryAddressLength,
  versionOffset,
} from "../link/secondary-address.ts";
import { addressInTelegram, addressOfMask, selectionMask, telegramFits } from "../link/selection.ts";
import { answerMilliseconds } from "../link/timing.ts";
import type { Answer, MeterFrame } from "./exchange.ts";
import type { MasterLink } from "./master-link.ts";
import type { MbusClientSettings } from "./settings.ts";
import type { MbusTarget } from "./target.ts";

export interface SearchResult {
  readonly meters: readonly FoundMeter[];
  /** Masks that something answers to, but that no telegram could be read with. */
  readonly unresolved: readonly UnresolvedMask[];
  /** Masks or addresses tried. */
  readonly probes: number;
  /** False: the client's limit of probes was reached, there may be more meters. */
  readonly complete: boolean;
}

export interface FoundMeter {
  /** Absent for a meter that does not say it, found at its primary address. */
  readonly secondary?: SecondaryAddress;
  /** The A field of its answer. */
  readonly primary: number;
}

export interface UnresolvedMask {
  readonly address: SecondaryAddress | number;
  /** Several meters answer at once; one takes the selection and sends nothing. */
  readonly reason: "collision" | "mute";
}

/** Searches by secondary addresses below a mask; without one the whole bus. */
export function* searchSecondary(link: MasterLink, mask: SecondaryAddress = anyMeter): Routine<SearchResult> {
  const search = new Search(link.settings.probeLimit);
  yield* link.reset(addresses.selected);
  yield* split(link, search, selectionMask(mask));
  yield* link.reset(addresses.selected);
  return search.result();
}

/** Tries primary addresses one after another. */
export function* searchPrimary(link: MasterLink, first: number, last: number): Routine<SearchResult> {
  const search = new Search(link.settings.probeLimit);
  for (let address = first; address <= last && search.probe(); address++) {
    const reset = yield* link.reset(address);
    if (reset.type === "silence") continue;
    const target = { primary: address };
    const answer = yield* dataOf(link, target, () => link.reset(address));
    if (answer.type === "data") search.found(foundIn(answer.frame));
    else search.unresolved(address, answer.type === "garbled" ? "collision" : "mute");
  }
  return search.result();
}

/** Probes a mask; when several meters fit it, all masks below it. */
function* split(link: MasterLink, search: Search, mask: Uint8Array): Routine<void> {
  if (!search.probe()) return;
  const probed = yield* probe(link, mask);
  if (probed.type === "nobody") return;
  if (probed.type === "one") {
    search.found({ primary: probed.frame.address, secondary: probed.address });
    return;
  }
  const before = search.count;
  const present = probed.type === "several" ? 2 : 1;
  for (const narrower of narrowerMasks(mask)) {
    // Codes that nobody assigned are tried only while meters are missing that surely are there.
    if (narrower.unlikely && search.count - before >= present) break;
    yield* split(link, search, narrower.mask);
    if (search.exhausted) return;
  }
  // Something answered to this mask, but to none below it.
  if (search.count === before) search.unresolved(addressOfMask(mask), probed.type === "mute" ? "mute" : "collision");
}

type Probed =
  | { readonly type: "nobody" }
  | { readonly type: "one"; readonly frame: MeterFrame; readonly address: SecondaryAddress }
  | { readonly type: "several" }
  /** A selection was acknowledged, and then nothing came. */
  | { readonly type: "mute" };

function* probe(link: MasterLink, mask: Uint8Array): Routine<Probed> {
  let selected = yield* link.select(mask);
  // A selection that got lost would hide all meters below the mask.
  for (let again = 0; again < selectionRetries && selected.type === "silence"; again++) {
    selected = yield* link.select(mask);
  }
  if (selected.type === "silence") return { type: "nobody" };
  const target = { secondary: addressOfMask(mask) };
  const answer = yield* dataOf(link, target, () => link.select(mask));
  if (answer.type === "silence") return { type: selected.type === "acknowledged" ? "mute" : "several" };
  if (answer.type !== "data" || (answer.disturbed && !isNarrow(mask))) return { type: "several" };
  // A slower meter may answer behind the first one.
  if (yield* link.exchange.hears()) return { type: "several" };
  const fits = telegramFits(mask, answer.frame.application);
  if (fits === true) return { type: "one", frame: answer.frame, address: addressOfAnswer(mask, answer.frame) };
  // A telegram that does not say whose it is proves nothing, unless nothing is left to split.
  return fits === undefined && isNarrow(mask)
    ? { type: "one", frame: answer.frame, address: addressOfMask(mask) }
    : { type: "several" };
}

/** Asks for data; a meter that falls silent behind its acknowledgement is opened once more. */
function* dataOf(link: MasterLink, target: MbusTarget, open: () => Routine<Answer>): Routine<Answer> {
  const request = { target, service: "requestClass2", reopen: false } as const;
  let answer = yield* link.requestOnce(request);
  for (let again = 0; again < dataRetries && answer.type === "silence"; again++) {
    yield* open();
    answer = yield* link.requestOnce(request);
  }
  return answer;
}

interface NarrowerMask {
  readonly mask: Uint8Array;
  readonly unlikely: boolean;
}

/** The masks one wildcard narrower, the likely ones first. */
function* narrowerMasks(mask: Uint8Array): Generator<NarrowerMask> {
  const place = places.find(({ offset, bits }) => (mask[offset]! & bits) === bits);
  if (place === undefined) return;
  const { offset, bits, likely, unlikely } = place;
  for (const values of [likely, unlikely]) {
    for (const value of values) {
      const narrower = mask.slice();
      narrower[offset] = (mask[offset]! & ~bits) | (bits === highDigit ? value << 4 : value);
      yield { mask: narrower, unlikely: values === unlikely };
    }
  }
}

/** Nothing is left to split, the fabrication number aside. */
function isNarrow(mask: Uint8Array): boolean {
  return !places.some(({ offset, bits }) => offset < secondaryAddressLength && (mask[offset]! & bits) === bits);
}

/** What the telegram says of its meter, and what only the mask knows. */
function addressOfAnswer(mask: Uint8Array, { application }: MeterFrame): SecondaryAddress {
  const address = addressInTelegram(application)!;
  const whole = mask.slice();
  whole.set(address);
  return addressOfMask(whole);
}

function foundIn(frame: MeterFrame): FoundMeter {
  const address = addressInTelegram(frame.application);
  if (address === undefined) return { primary: frame.address };
  const whole = selectionMask(anyMeter);
  whole.set(address);
  return { primary: frame.address, secondary: addressOfMask(whole) };
}

/** What a search has found so far, and how much it may still try. */
class Search {
  readonly #limit: number;
  readonly #meters = new Map<string, FoundMeter>();
  readonly #unresolved: UnresolvedMask[] = [];
  #probes = 0;
  #exhausted = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get count(): number {
    return this.#meters.size + this.#unresolved.length;
  }

  get exhausted(): boolean {
    return this.#exhausted;
  }

  /** @returns whether one more may be tried */
  probe(): boolean {
    if (this.#probes >= this.#limit) this.#exhausted = true;
    else this.#probes++;
    return !this.#exhausted;
  }

  /** The same meter may answer to several masks when it takes wildcards otherwise than the standard. */
  found(meter: FoundMeter): void {
    const key = meter.secondary ? formatSecondaryAddress(meter.secondary) : `primary ${meter.primary}`;
    this.#meters.set(key, meter);
  }

  unresolved(address: SecondaryAddress | number, reason: UnresolvedMask["reason"]): void {
    this.#unresolved.push({ address, reason });
  }

  result(): SearchResult {
    return {
      meters: [...this.#meters.values()],
      unresolved: this.#unresolved,
      probes: this.#probes,
      complete: !this.#exhausted,
    };
  }
}

/** Milliseconds that a mask costs which no meter fits, as most do: what a search of so many probes takes. */
export function silentProbeMilliseconds({ baud = 2400, latency = 1000 }: MbusClientSettings): number {
  return (1 + selectionRetries) * answerMilliseconds(baud, latency, selectionFrameBytes, 1);
}

/** A long frame with CI 52 and eight bytes. */
const selectionFrameBytes = 17;
const selectionRetries = 1;
const dataRetries = 1;

/** A part of the mask that is a wildcard when all its bits are set, and the values it may have. */
interface Place {
  readonly offset: number;
  readonly bits: number;
  readonly likely: readonly number[];
  readonly unlikely: readonly number[];
}

const highDigit = 0xf0;
const lowDigit = 0x0f;
const decimalDigits = numbersBetween(0, 9);

/** Digits of a number of four bytes, least significant byte first, from the left. */
function digitsFrom(start: number): readonly Place[] {
  return [3, 2, 1, 0].flatMap((byte) =>
    [highDigit, lowDigit].map((bits) => ({ offset: start + byte, bits, likely: decimalDigits, unlikely: [] })),
  );
}

function bytePlace(offset: number, likely: readonly number[]): Place {
  const unlikely = numbersBetween(0, anyByte - 1).filter((value) => !likely.includes(value));
  return { offset, bits: anyByte, likely, unlikely };
}

function numbersBetween(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/**
 * The order in which wildcards are split. Identifications are decimal; the bytes behind them are not. The high byte of three
 * letters is 04 to 6B (EN 13757-7). The fabrication number comes last: few meters know it.
 */
const places: readonly Place[] = [
  ...digitsFrom(0),
  bytePlace(mediumOffset, assignedMedia),
  bytePlace(versionOffset, numbersBetween(0, anyByte - 1)),
  bytePlace(manufacturerOffset + 1, numbersBetween(0x04, 0x6b)),
  bytePlace(manufacturerOffset, numbersBetween(0, anyByte - 1)),
  ...digitsFrom(secondaryAddressLength),
];
