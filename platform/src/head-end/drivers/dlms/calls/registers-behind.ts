/** The registers behind the columns of UDIL's tables, those that the meter has. */
import { type FieldOfObis, modelFields, obisOfField, type UdilTable } from "@anymeter/udil";
import { gsmDiagnostic } from "../../../../registry/protocols/dlms-commands.ts";
import { commandHomes } from "../../../../registry/protocols/dlms-profiles.ts";
import { RunFailure } from "../../../causes.ts";
import { quadrantsOf, signalField } from "../../udil-rows.ts";
import type { CallContext } from "../call.ts";
import { registersOf } from "../register-classes.ts";

/** @returns logical names, at least one @throws RunFailure `command_unsupported` when the meter has none */
export async function registersBehind(context: CallContext, tables: readonly UdilTable[]): Promise<readonly string[]> {
  const fields = new Set(tables.flatMap((table) => modelFields[table].map(({ model }) => model)));
  const { signal = gsmDiagnostic } = commandHomes(context.dlms.profile).on_demand_read;
  const names = [...fields].flatMap((field) => [
    ...obisOfField(field)
      .filter(isRegister)
      .flatMap(({ obis }) => [obis, ...quadrantsOf(obis)]),
    ...(field === signalField ? [signal] : []),
  ]);
  const { columns } = await registersOf(context, names);
  const found = columns.flatMap(({ logicalName }) => (names.includes(logicalName) ? logicalName : []));
  if (found.length === 0) {
    throw new RunFailure("command_unsupported", `The meter has no register behind ${tables[0]}.`);
  }
  return found;
}

/** Values of registers; clocks and relays are read by what knows them. */
function isRegister({ classId }: FieldOfObis): boolean {
  return classId === 1 || classId === 3 || classId === 4;
}
