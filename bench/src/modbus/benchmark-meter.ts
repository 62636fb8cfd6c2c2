/** The meter that the Modbus benchmarks read: all registers of an SDM630's map. */
import { encodeValue, type ModbusDevice, registerMap } from "@anymeter/modbus";

export const map = registerMap("eastron-sdm630");

export const benchmarkMeter: ModbusDevice = {
  readRegisters: (_table, address, quantity) => registers.subarray(address * 2, (address + quantity) * 2),
};

const registers = new Uint8Array(0x200 * 2);
for (const [index, entry] of map.entries.entries()) {
  registers.set(encodeValue(230.1 + index, entry), entry.address * 2);
}
