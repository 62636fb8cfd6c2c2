/** The `type` of a transaction: free text, of which names and codes are known (register, 19). */
import { onDemandTypes, type UdilCommandName } from "../services/commands.ts";
import { letters } from "../services/fields.ts";
import { serviceNames, serviceOfPath, servicePaths, services } from "../services/services.ts";
import type { UdilVersion } from "../versions.ts";

/** What to write: the service's name; v3 prints it in capitals. */
export function transactionTypeOf(command: UdilCommandName, version: UdilVersion): string {
  const service = serviceNames.find((name) => services[name].command === command && services[name].paths[version]);
  const path = (service === undefined ? undefined : services[service].paths[version]) ?? command;
  return version === "v1" ? path : path.toUpperCase();
}

/** The command meant by a service's name in any spelling, or by the code of an on-demand read. undefined: neither. */
export function commandOfTransactionType(type: string): UdilCommandName | undefined {
  const said = letters(type);
  if (onDemandTypes.some((code) => code.toLowerCase() === said)) return "on_demand_read";
  const service = byLetters.get(said);
  return service === undefined ? undefined : services[service].command;
}

const byLetters = new Map(servicePaths.map((path) => [letters(path), serviceOfPath(path)!]));
byLetters.set("ondemandrequests", "on_demand_request");
