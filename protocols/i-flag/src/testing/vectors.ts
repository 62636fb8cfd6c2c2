/**
 * Telegrams with their source. "Published" frames are those of the reference implementations (iflag, WicomSRV); the others
 * follow from the rules, their checksums are those of polynomial 0x8005 from 0.
 */
import { bytesFromHex } from "@anymeter/sans-io";

export interface Vector {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Lengths at which the bytes, cut, are whole telegrams. */
  readonly wholePrefixes?: readonly number[];
}

const vector = (name: string, hex: string, wholePrefixes: readonly number[] = []): Vector => ({
  name,
  bytes: bytesFromHex(hex),
  wholePrefixes,
});

export const vectors: readonly Vector[] = [
  vector("sign-on", "2F3F210D0A"),
  vector("identification of a MINICOR200", "2F414354354D494E49434F523230300D0A"),
  vector("option, mode 7", "063035370D0A", [1]),
  vector("PASS, published", "50415353E0AE"),
  vector("break, published", "014230032131"),
  vector("read the parameters 106 and 1", "01BF026A01032A67"),
  vector("the clock and the pulse weight", "01088751C854CDCCCC3D0368D2"),
  vector("read the daily database", "01BE0D02F9FFFFFF00000000000000000349AF"),
  vector("read the interval database, published by iflag 0.1", "01BE0D00F9FF0F38000000000000000003FA0E"),
];
