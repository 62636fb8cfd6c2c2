/** Commands of one connection: values, locks and archives. Locks opened in a dialogue are closed when the next begins. */
import type { Command, ServerAnswer, ServerDevice, ServerDialogue } from "@anymeter/iec62056-21";
import { type Address, addressText, findAddress, isArchive } from "../address/address.ts";
import { findRange } from "../archive/range.ts";
import { refusalText } from "../errors.ts";
import { type LockNumber, lockOf, lockStateText } from "../locks.ts";
import { archiveAttribute, rowsInRange, rowText } from "./archive-answer.ts";
import type { Lis200Device, ServedArchive } from "./device.ts";

export class ServedDialogue implements ServerDevice {
  readonly identification: ServerDevice["identification"];
  readonly address?: string;
  readonly nulsToWake?: number;
  readonly #device: Lis200Device;
  readonly #openLocks = new Set<LockNumber>();
  #dialogue: ServerDialogue | undefined;

  constructor(device: Lis200Device) {
    this.#device = device;
    this.identification = device.identification;
    if (device.deviceAddress !== undefined) this.address = device.deviceAddress;
    if (device.nulsToWake !== undefined) this.nulsToWake = device.nulsToWake;
  }

  /** Nothing stands in the readout; values are asked for one by one. */
  readout(): string {
    return "";
  }

  operand(): string {
    return `(${this.#device.operand})`;
  }

  command({ command, data = "" }: Command, dialogue: ServerDialogue): ServerAnswer {
    if (dialogue !== this.#dialogue) this.#openLocks.clear();
    this.#dialogue = dialogue;
    const [, place = "", parameter] = /^([^()]*)\(([^()]*)\)$/.exec(data) ?? [];
    const address = findAddress(place);
    if (parameter === undefined) return refusal(address, 200);
    if (!address) return refusal(undefined, 1);
    const reads = command === "R1" || (command === "R3" && isArchive(address));
    if (reads) return isArchive(address) ? this.#readArchive(address, parameter) : this.#read(address);
    return command === "W1" ? this.#write(address, parameter) : refusal(address, 200);
  }

  #read(address: Address): ServerAnswer {
    const lock = lockOf(address);
    if (lock?.holds !== "state") return answer(address, this.#device.read(address, this.#openLocks));
    if (!this.#device.lockCodes.has(lock.number)) return refusal(address, 3);
    return answer(address, lockStateText(this.#openLocks.has(lock.number) ? "open" : "closed"));
  }

  #write(address: Address, value: string): ServerAnswer {
    const lock = lockOf(address);
    const refused = lock ? this.#turnLock(lock, value) : this.#device.write(address, value, this.#openLocks);
    return refused === undefined ? { type: "acknowledge" } : refusal(address, refused);
  }

  /** @returns the number of a refusal */
  #turnLock({ number, holds }: NonNullable<ReturnType<typeof lockOf>>, value: string): number | undefined {
    const code = this.#device.lockCodes.get(number);
    if (code === undefined) return 3;
    if (holds === "state") return value === "0" ? void this.#openLocks.delete(number) : 6;
    return value === code ? void this.#openLocks.add(number) : 17;
  }

  #readArchive(address: Address, parameter: string): ServerAnswer {
    const archive = this.#device.archive(address.instance, this.#openLocks) ?? 100;
    if (typeof archive === "number") return refusal(address, archive);
    const attribute = archiveAttribute(archive, address.attribute);
    if (attribute) return { type: "data", texts: [rowText(attribute)] };
    if (address.attribute !== "0" && address.attribute !== "A") return refusal(address, 5);
    const asked = findRange(parameter);
    if (!asked) return refusal(address, 200);
    const rows = rowsInRange(archive, asked.range);
    if (typeof rows === "number") return refusal(address, rows);
    if (address.attribute === "A") return answer(address, String(rows.length));
    return { type: "data", texts: blocksOf(rows, archive, asked.rowsPerBlock ?? rows.length) };
  }
}

function blocksOf(rows: ServedArchive["rows"], { filler }: ServedArchive, rowsPerBlock: number): readonly string[] {
  const size = Math.max(rowsPerBlock, 1);
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, block) =>
    rows
      .slice(block * size, (block + 1) * size)
      .map((row) => rowText(row, filler))
      .join(""),
  );
}

function answer(address: Address, value: string | number): ServerAnswer {
  if (typeof value === "number") return refusal(address, value);
  return { type: "data", texts: [`${addressText(address)}(${value})`] };
}

/** The number in place of a value, to reads and writes alike. */
function refusal(address: Address | undefined, number: number): ServerAnswer {
  return { type: "data", texts: [`${address ? addressText(address) : ""}(${refusalText(number)})`] };
}
