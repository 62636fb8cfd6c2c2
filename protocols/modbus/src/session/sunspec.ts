/**
 * Finds a model in a SunSpec device: the marker "SunS" at 40000, 50000 or 0, then models one after another, each with its
 * id and length before it, until the id FFFF (SunSpec Device Information Model Specification V1.1, clause 6).
 */
import { ProtocolError, type Routine } from "@anymeter/sans-io";
import { modbusError } from "../errors.ts";
import type { Table } from "../maps/register-map.ts";
import type { ModbusResponse } from "../pdu/pdu.ts";
import type { Ask } from "./map-reading.ts";

/**
 * @param registers that the model must have, its id and length included: behind a shorter one other things lie
 * @returns the address of the id register of the first of the `models` that the device has
 * @throws ProtocolError `model_missing`
 */
export function* findSunSpecModel(
  ask: Ask,
  table: Table,
  models: readonly number[],
  registers: number,
): Routine<number> {
  const start = yield* findMarker(ask, table, models);
  const seen: number[] = [];
  for (let address = start + 2; seen.length < modelLimit && address < addresses - 1; ) {
    const [id, length] = yield* readWords(ask, table, address);
    if (id === endOfModels) break;
    const end = address + 2 + length;
    if (models.includes(id)) {
      if (end >= address + registers && end <= addresses) return address;
      const reason = `its model ${id} at ${address} has ${length} registers, where ${registers - 2} are needed up to ${addresses - 1}`;
      throw modbusError("model_missing", { models: models.join(", "), reason });
    }
    seen.push(id);
    address = end;
  }
  throw modbusError("model_missing", { models: models.join(", "), reason: `it has ${seen.join(", ") || "none"}` });
}

function* findMarker(ask: Ask, table: Table, models: readonly number[]): Routine<number> {
  let refusal: ProtocolError | undefined;
  for (const address of markerAddresses) {
    try {
      const [first, second] = yield* readWords(ask, table, address);
      if (first === marker[0] && second === marker[1]) return address;
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.fault !== "refused") throw error;
      refusal = error;
    }
  }
  const reason = refusal ? `no marker "SunS", and ${refusal.message}` : 'there is no marker "SunS"';
  throw modbusError("model_missing", { models: models.join(", "), reason });
}

function* readWords(ask: Ask, table: Table, address: number): Routine<readonly [number, number]> {
  const type = table === "holding" ? "read-holding-registers" : "read-input-registers";
  const response = yield* ask({ type, address, quantity: 2 });
  const { registers } = response as Extract<ModbusResponse, { registers: unknown }>;
  return [(registers[0]! << 8) | registers[1]!, (registers[2]! << 8) | registers[3]!];
}

/** "Su", "nS" */
const marker = [0x5375, 0x6e53] as const;
const markerAddresses = [40_000, 50_000, 0];
const endOfModels = 0xffff;
const modelLimit = 64;
const addresses = 0x1_0000;
