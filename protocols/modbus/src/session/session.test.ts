import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bytesFromHex } from "@anymeter/sans-io";
import { byteByByte, outcomeOf } from "@anymeter/sans-io/testing";
import type { FramingName } from "../framing/frame.ts";
import { bank } from "../testing/register-bank.ts";
import { ModbusClient } from "./client.ts";
import { ModbusServer } from "./server.ts";
import type { ClientSettings } from "./settings.ts";

function pair(framing: FramingName, registers: Uint8Array = new Uint8Array(64), settings: ClientSettings = {}) {
  const device = bank(registers);
  const client = new ModbusClient({ framing, ...settings });
  const server = new ModbusServer({ framing, device: (unit) => (unit === 1 ? device : undefined) });
  return { client, server, device, registers };
}

for (const framing of ["tcp", "rtu"] as const) {
  describe(`over ${framing}`, () => {
    test("every function does what it says", () => {
      const { client, server, device, registers } = pair(framing, bytesFromHex("0001 0203 0405 0607"));
      assert.deepEqual(outcomeOf(client, server, client.readHoldingRegisters(1, 2)), bytesFromHex("02030405"));
      assert.deepEqual(outcomeOf(client, server, client.readInputRegisters(0, 4)), bytesFromHex("0001020304050607"));
      assert.deepEqual(outcomeOf(client, server, client.readCoils(0, 4)), [true, false, false, true]);
      assert.deepEqual(outcomeOf(client, server, client.readDiscreteInputs(3, 10)).length, 10);
      outcomeOf(client, server, client.writeCoil(1, true));
      outcomeOf(client, server, client.writeCoils(2, [true, false, true]));
      assert.deepEqual(device.coils.slice(0, 5), [true, true, true, false, true]);
      outcomeOf(client, server, client.writeRegister(0, 0xabcd));
      outcomeOf(client, server, client.writeRegisters(1, bytesFromHex("11223344")));
      // Clause 6.16: (12 AND F2) OR (25 AND NOT F2) = 17.
      outcomeOf(client, server, client.writeRegister(3, 0x12));
      outcomeOf(client, server, client.maskWriteRegister(3, 0xf2, 0x25));
      assert.deepEqual(registers, bytesFromHex("ABCD 1122 3344 0017"));
      const read = outcomeOf(
        client,
        server,
        client.readWriteRegisters({ address: 0, quantity: 2 }, { address: 1, registers: bytesFromHex("BEEF") }),
      );
      assert.deepEqual(read, bytesFromHex("ABCDBEEF"));
    });

    test("single bytes make whole answers", () => {
      const { client, server } = pair(framing, bytesFromHex("43660000"));
      const answer = outcomeOf(client, server, client.readHoldingRegisters(0, 2), { up: byteByByte, down: byteByByte });
      assert.deepEqual(answer, bytesFromHex("43660000"));
    });
  });
}
