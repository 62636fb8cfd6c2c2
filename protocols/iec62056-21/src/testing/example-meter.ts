/** A meter for tests: a readout, two registers behind a password, one long register in blocks. */
import type { ServerDevice } from "../session/server-device.ts";

export const exampleReadout =
  "F.F(00)\r\n0.0.0(87654321)\r\n1.8.0(000123.45*kWh)\r\n1.8.0*03(000100.00*kWh)(2601010000)\r\n";

export function exampleMeter(changes: Partial<ServerDevice> = {}): ServerDevice {
  return {
    identification: { manufacturer: "ANY", baudCharacter: "5", model: "Example" },
    address: "87654321",
    readout: () => exampleReadout,
    ...changes,
  };
}
