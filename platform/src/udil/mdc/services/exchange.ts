import type { UdilRequest } from "@anymeter/udil";
import type { CommandDeviceRow } from "../../../commands/command-rows.ts";
import type { Requester } from "../../../commands/new-command.ts";
import type { MdmClient } from "../clients/mdm-client.ts";

/** A request of a known client. */
export interface Exchange {
  readonly client: MdmClient;
  readonly request: UdilRequest;
  /** Aborted when the client hangs up. */
  readonly signal: AbortSignal;
}

/** The client as the pipeline of commands knows it: it names its transactions itself, so they are its own. */
export function requesterOf({ organization, name, id }: MdmClient): Requester {
  return { scope: { staff: false, organization }, origin: "udil", name, client: id };
}

/** Transactions that answers are about; a command has one. */
export function transactionIdOf({ transactionIds }: UdilRequest): string {
  return transactionIds[0] ?? "";
}

/** Whether nothing more will become of the command. */
export function hasEnded({ state }: Pick<CommandDeviceRow, "state">): boolean {
  return state !== "waiting" && state !== "running";
}
