/** What the services of a server share: the device behind them, what was agreed, and answers as bytes. */
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { encodeData } from "../../data/codec.ts";
import { dataAccessResults } from "../../xdlms/access-results.ts";
import type { Apdu, Invocation, SelectedAttribute } from "../../xdlms/apdu.ts";
import type { Conformance, ConformanceBit } from "../../xdlms/conformance.ts";
import { writeInvocation } from "../../xdlms/descriptors.ts";
import type { ApduChannel } from "../apdu-channel.ts";
import type { ActionAnswer, GetAnswer, ServerAssociation, ServerDevice, ServerHabits } from "../device.ts";
import { sessionLimits } from "../settings.ts";
import { notSupported, tooLong } from "./exceptions.ts";

export interface ServerAccess {
  readonly device: ServerDevice;
  readonly association: ServerAssociation;
  readonly conformance: Conformance;
  readonly channel: ApduChannel;
}

export const noHabits: ServerHabits = {};

function habitsOf({ device }: ServerAccess): ServerHabits {
  return device.habits ?? noHabits;
}

/** True when long answers and requests of a service go in blocks of its own. */
export function usesServiceBlocks(access: ServerAccess, bit: ConformanceBit): boolean {
  const general = access.channel.generalBlocksAgreed && habitsOf(access).generalBlocksPreferred === true;
  return access.conformance.has(bit) && !general;
}

/** How a with-list request fares: undefined = served. `refuse` makes the service's own answer of one result. */
export function listRefusal(access: ServerAccess, count: number, refuse: () => Apdu): Apdu | undefined {
  const lists = habitsOf(access).lists ?? "served";
  if (lists === "access-error") return refuse();
  if (lists === "exception" || !access.conformance.has("multiple-references")) return notSupported;
  if (count > sessionLimits.maxServerListSize) return tooLong;
  return undefined;
}

/** The data-access-result that selective access meets before the device is asked, or undefined. */
export function selectionRefusal(access: ServerAccess, { selection }: SelectedAttribute): number | undefined {
  if (selection === undefined) return undefined;
  if (habitsOf(access).selectiveAccess === "access-error") return dataAccessResults["other-reason"];
  return access.conformance.has("selective-access") ? undefined : dataAccessResults["scope-of-access-violated"];
}

/** Get-Data-Result, also around data that is encoded already. */
export function writeGetAnswer(writer: ByteWriter, answer: GetAnswer): void {
  if ("error" in answer) {
    writer.unsigned16(0x0100 | answer.error);
    return;
  }
  writer.unsigned8(0);
  if ("encoded" in answer) writer.write(answer.encoded);
  else encodeData(writer, answer.data);
}

/** Action-Response-With-Optional-Data. */
export function writeActionAnswer(writer: ByteWriter, { result, returned }: ActionAnswer): void {
  writer.unsigned8(result);
  writer.unsigned8(returned === undefined ? 0 : 1);
  if (returned !== undefined) writeGetAnswer(writer, returned);
}

/** Tag, choice and invocation, where the answer follows in bytes made elsewhere. */
export function beginResponse(tag: number, choice: number, invocation: Invocation, capacity: number): ByteWriter {
  const writer = new ByteWriter(capacity);
  writer.unsigned8(tag);
  writer.unsigned8(choice);
  writeInvocation(writer, invocation);
  return writer;
}
