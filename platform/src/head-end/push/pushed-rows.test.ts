import assert from "node:assert/strict";
import { test } from "node:test";
import { captureObjectsToData, type Data, obisToBytes, scalerUnitToData } from "@anymeter/dlms-cosem";
import type { ContactedDevice } from "../drivers/driver.ts";
import { bodyOf } from "./push-body.ts";
import { type PushContext, valuesOf } from "./pushed-values.ts";

const receivedAt = Date.UTC(2026, 6, 1, 10, 0, 7);
const octets = (value: Uint8Array): Data => ({ type: "octet-string", value });
const number = (value: number): Data => ({ type: "double-long-unsigned", value });
const structure = (...value: Data[]): Data => ({ type: "structure", value });
const named = (obis: string, value: Data, unit: number, scaler = 0): Data =>
  structure(octets(obisToBytes(obis)), value, scalerUnitToData({ scaler, unit }));
/** 2026-07-01 10:00:00 UTC. */
const clock = octets(Buffer.from("07EA070103 0A000000 0000 00".replaceAll(" ", ""), "hex"));

const contextOf = (globalDeviceId: string | null) =>
  ({
    device: {
      id: "d",
      organizationNumber: 1,
      number: 2,
      series: new Map(),
      globalDeviceId,
    } as unknown as ContactedDevice,
    settings: {},
    epoch: { zoneOffset: () => 0 },
    profiles: { recall: async () => undefined },
    dateTime: undefined,
    receivedAt,
  }) as unknown as PushContext;

test("values that are pushed are a row of the moment, with or without series; nobody's meter has none", async () => {
  const body = bodyOf(structure(named("1-0:32.7.0", number(2301), 35, -1), named("1-0:1.7.0", number(1500), 27)));
  const { rows, readings, notUnderstood } = await valuesOf(body, contextOf("m1"));
  assert.deepEqual(rows, [
    {
      ...{ organizationNumber: 1, deviceNumber: 2, table: "INST", source: 0, at: receivedAt, readAt: receivedAt },
      fields: { voltage_phase_a: "230.1", aggregate_active_pwr_pos: "1.500" },
    },
  ]);
  assert.deepEqual([readings, notUnderstood], [[], undefined]);
  assert.deepEqual((await valuesOf(body, contextOf(null))).rows, []);
});

test("rows of a profile and codes of events that are pushed are rows of their tables", async () => {
  const profile = (attribute: number) => ({ classId: 7, logicalName: "1.0.99.1.0.255", attribute, dataIndex: 0 });
  const columns = captureObjectsToData([
    { classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2, dataIndex: 0 },
    { classId: 1, logicalName: "0.0.96.14.0.255", attribute: 2, dataIndex: 0 },
    { classId: 1, logicalName: "1.0.0.1.0.255", attribute: 2, dataIndex: 0 },
  ]);
  const list = captureObjectsToData([
    profile(3),
    profile(2),
    { classId: 1, logicalName: "0.0.96.11.0.255", attribute: 2, dataIndex: 0 },
  ]);
  const buffer: Data = { type: "array", value: [structure(clock, number(2), number(7))] };
  const body = bodyOf(structure(list, columns, buffer, number(62)));
  const { rows, events } = await valuesOf(body, contextOf("m1"));
  assert.equal(events.length, 1);
  const at = Date.UTC(2026, 6, 1, 10);
  assert.deepEqual(
    rows.map(({ table, at, fields }) => [table, at, fields]),
    [
      ["LPRO", at, { current_tariff_register: 2, reset_count: 7 }],
      ["EVNT", receivedAt, { event_code: 203, event_description: "Contactor OFF" }],
      ["INST", receivedAt, {}],
    ],
  );
});

test("values that are pushed without a unit are no energy, and the signal is read from a pushed GSM diagnostic", async () => {
  const list = captureObjectsToData([
    { classId: 47, logicalName: "0.0.25.6.0.255", attribute: 6, dataIndex: 0 },
    { classId: 1, logicalName: "1.0.1.8.0.255", attribute: 2, dataIndex: 0 },
    { classId: 1, logicalName: "1.0.0.1.0.255", attribute: 2, dataIndex: 0 },
  ]);
  const cell = structure(number(7), number(9), number(12), number(0));
  const { rows } = await valuesOf(bodyOf(structure(list, cell, number(1500), number(3))), contextOf("m1"));
  assert.deepEqual(rows[0]!.fields, { signal_strength: "-89", reset_count: 3 });
});
