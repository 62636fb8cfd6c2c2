import type { ModbusDevice } from "../session/device.ts";

/** A device with as many holding and input registers as given, all of them writable, and 64 coils. */
export function bank(registers: Uint8Array): ModbusDevice & { readonly coils: boolean[] } {
  const coils = Array.from({ length: 64 }, (_, index) => index % 3 === 0);
  return {
    coils,
    readRegisters: (_, address, quantity) =>
      (address + quantity) * 2 > registers.length ? 2 : registers.slice(address * 2, (address + quantity) * 2),
    readBits: (_, address, quantity) =>
      address + quantity > coils.length ? 2 : coils.slice(address, address + quantity),
    writeRegisters(address, written) {
      if (address * 2 + written.length > registers.length) return 2;
      registers.set(written, address * 2);
      return undefined;
    },
    writeCoils(address, written) {
      if (address + written.length > coils.length) return 2;
      coils.splice(address, written.length, ...written);
      return undefined;
    },
  };
}
