/** `read_registers`: values by the meter's register map, stored with the time they were read at. */
import type { MapReading, MapValue } from "@anymeter/modbus";
import { type ModbusArguments, registerMapOf } from "../../../registry/protocols/modbus.ts";
import { asRunFailure, type CauseCode, RunFailure } from "../../causes.ts";
import type { StartedCall } from "../conversation-driver.ts";
import type { CallOutcome } from "../driver.ts";
import { failureOf } from "../failure-causes.ts";
import { ReadingCollector, storeReadings } from "../meter-values.ts";
import { hasRows, type NamedColumn, rowOfValues, storeRows } from "../udil-rows.ts";
import { modbusCauses } from "./causes.ts";
import type { ModbusContext } from "./context.ts";

export async function readRegisters(context: ModbusContext): Promise<StartedCall> {
  const { client, settings, call } = context;
  const { series } = call.kwargs as ModbusArguments<"read_registers">;
  const map = registerMapOf(settings);
  if (!map) {
    throw new RunFailure(
      "settings_invalid",
      "Neither a map nor registers are set in modbus_settings: nothing says what to read.",
    );
  }
  const { max_registers, max_gap } = settings;
  const reading = await context.request(
    client.readMap(map, {
      ...(series && { series: [...new Set(series)] }),
      limits: {
        ...(max_registers !== undefined && { registers: max_registers }),
        ...(max_gap !== undefined && { gap: max_gap }),
      },
    }),
  );
  return { outcome: finish(context, reading, context.clock.now()) };
}

/** The good values are stored and shown, also when others were refused. */
async function finish(context: ModbusContext, reading: MapReading, now: number): Promise<CallOutcome> {
  const { call, device, readings, profileRows } = context;
  // A Modbus meter tells no time. It is not rounded to the quarter it was asked for: that would claim what nobody measured.
  const timestamp = Math.floor(now / 1000) * 1000;
  const collector = new ReadingCollector(device);
  const present: (NamedColumn & { readonly value: string })[] = [];
  const unavailable: string[] = [];
  for (const { entry, value } of reading.values) {
    if (value === undefined) unavailable.push(entry.series);
    else if (entry.type !== "string") {
      const unit = entry.unit === "" ? null : entry.unit;
      collector.add({ names: [entry.series], value, unit, timestamp });
      present.push({ name: entry.series, value, unit });
    }
  }
  const rows = hasRows(device) ? [rowOfValues(device, { table: "INST", at: now }, present)] : [];
  await Promise.all([storeReadings(readings, collector.take()), storeRows(profileRows, rows)]);
  const notes = [
    ...collector.notes,
    ...unavailable.map((series) => `${series}: the meter has no value now.`),
    ...reading.problems.map(({ entries, error }) => `${entries.map((one) => one.series).join(", ")}: ${error.message}`),
  ];
  const outcome: CallOutcome = {
    rowsRead: reading.values.length,
    readingsStored: collector.collected,
    notes,
    result: shown(reading.values, timestamp),
  };
  if (reading.problems.length > 0) call.fail(failureInPart(reading), outcome);
  return outcome;
}

/** The first problem is the cause; its detail says what is missing, that the rest is not, and how to be rid of it. */
function failureInPart({ problems, values }: MapReading): RunFailure {
  const first = asRunFailure(failureOf(problems[0]!.error, modbusCauses));
  const missing = problems.flatMap(({ entries }) => entries.map(({ series }) => series));
  const named = missing.slice(0, mostNamed).join(", ");
  const others = missing.length > mostNamed ? ` and ${missing.length - mostNamed} more` : "";
  const told = `Not read: ${named}${others}; the other ${values.length} were. `;
  return new RunFailure(first.code, `${told}${advice[first.code] ?? ""}${first.detail}`, { cause: first });
}

const leaveOut =
  "Leave it out by the series of the task's arguments, or say in registers of modbus_settings where it is. ";
const advice: Partial<Record<CauseCode, string>> = { object_missing: leaveOut, request_refused: leaveOut };
/** Series named in a detail; the notes name them all. */
const mostNamed = 5;

/** Values as the meter told them; what it has no value for is in the notes. */
function shown(values: readonly MapValue[], timestamp: number): Record<string, unknown> {
  const at = new Date(timestamp).toISOString();
  return Object.fromEntries(
    values.flatMap(({ entry, value }) =>
      value === undefined ? [] : [[entry.series, { value, unit: entry.unit || null, timestamp: at }]],
    ),
  );
}
