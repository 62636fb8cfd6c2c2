/** What both sides of the push benchmark know of its meters. */
import { bytesFromHex } from "@anymeter/dlms-cosem";

export const keys = {
  unicastEncryption: bytesFromHex("000102030405060708090A0B0C0D0E0F"),
  authentication: bytesFromHex("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF"),
};

export const pushedRegisters = ["1-0:1.8.0", "1-0:2.8.0", "1-0:3.8.0", "1-0:4.8.0"] as const;

export function titleOf(meter: number): Uint8Array {
  const title = Buffer.from("BEN\0\0\0\0\0", "latin1");
  title.writeUInt32BE(meter, 4);
  return new Uint8Array(title);
}
