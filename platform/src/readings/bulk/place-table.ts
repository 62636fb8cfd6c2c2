import type { ReadingPlace } from "../resolver.ts";
import type { ReadingLine, Span } from "./reading-line.ts";

/** Names that were looked up, by the bytes they are written with. */
interface Entry {
  readonly hash: number;
  readonly organization: Uint8Array | undefined;
  readonly device: Uint8Array;
  readonly series: Uint8Array;
  /** undefined = the names lead nowhere, as far as was known when they were looked up. */
  place: ReadingPlace | undefined;
  /** The look-up that found nothing; another one asks again. */
  round: number;
}

/** Pairs of names kept; beyond that the table starts anew. */
const entriesAtMost = 500_000;

/** A hash table from the bytes of a line's names to the place of its reading, without making strings of them. */
export class PlaceTable {
  #slots: (Entry | undefined)[] = new Array(1024);
  #count = 0;

  clear(): void {
    this.#slots = new Array(1024);
    this.#count = 0;
  }

  find(bytes: Uint8Array, line: ReadingLine): Entry | undefined {
    const mask = this.#slots.length - 1;
    const hash = line.hash;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot];
      if (entry === undefined) return undefined;
      if (entry.hash === hash && sameNames(entry, bytes, line)) return entry;
    }
  }

  /** Adds the names of a line that `find` does not find. */
  add(bytes: Uint8Array, line: ReadingLine, round: number): Entry {
    if (this.#count >= entriesAtMost) this.clear();
    if (this.#count * 2 >= this.#slots.length) this.#grow();
    const copy = ({ start, end }: Span) => bytes.slice(start, end);
    const organization = line.organization.start < 0 ? undefined : copy(line.organization);
    const names = { organization, device: copy(line.device), series: copy(line.series) };
    const entry: Entry = { hash: line.hash, ...names, place: undefined, round };
    this.#put(entry);
    this.#count++;
    return entry;
  }

  #grow(): void {
    const entries = this.#slots;
    this.#slots = new Array(entries.length * 2);
    for (const entry of entries) if (entry) this.#put(entry);
  }

  #put(entry: Entry): void {
    const mask = this.#slots.length - 1;
    let slot = entry.hash & mask;
    while (this.#slots[slot] !== undefined) slot = (slot + 1) & mask;
    this.#slots[slot] = entry;
  }
}

export type PlaceEntry = Entry;

function sameNames(entry: Entry, bytes: Uint8Array, line: ReadingLine): boolean {
  const sameOrganization =
    entry.organization === undefined
      ? line.organization.start < 0
      : line.organization.start >= 0 && same(entry.organization, bytes, line.organization);
  return sameOrganization && same(entry.device, bytes, line.device) && same(entry.series, bytes, line.series);
}

function same(name: Uint8Array, bytes: Uint8Array, { start, end }: Span): boolean {
  if (name.length !== end - start) return false;
  for (let index = 0; index < name.length; index++) if (name[index] !== bytes[start + index]) return false;
  return true;
}
