/** The names and secrets of one meter, all from its seed: a restarted neighbourhood is the same neighbourhood. */
import { bytesFor, pick, seedFor, unit } from "../../random.ts";
import type { MeterMake } from "./makes.ts";

export interface MeterIdentity {
  /** Printed on the meter: FLAG letters and ten digits. */
  readonly serial: string;
  /** The serial number's digits alone, as UDIL has them; different for every meter. */
  readonly msn: string;
  /** 16 bytes of ASCII in 0.0.42.0.0.255. */
  readonly logicalDeviceName: string;
  /** 8 bytes: FLAG letters and the serial number in five bytes. */
  readonly systemTitle: Uint8Array;
  /** LLS password, at most 8 characters. */
  readonly password: string;
  readonly unicastEncryptionKey: Uint8Array;
  readonly authenticationKey: Uint8Array;
}

export function identityOf(make: MeterMake, seed: number, number: number): MeterIdentity {
  const ownSeed = seedFor(seedFor(seed, "identity"), number);
  const digits = 2_400_000_000 + number * 97 + Math.floor(unit(seed, 0) * 1_000_000) * 100;
  const serial = `${make.flag}${String(digits).padStart(10, "0")}`;
  const systemTitle = new Uint8Array(8);
  for (let index = 0; index < 3; index++) systemTitle[index] = make.flag.charCodeAt(index);
  new DataView(systemTitle.buffer).setUint32(4, digits);
  return {
    serial,
    msn: String(digits),
    logicalDeviceName: `${make.flag}${String(digits).padStart(13, "0")}`,
    systemTitle,
    password: Array.from({ length: 8 }, (_, index) => pick(ownSeed, index, passwordCharacters)).join(""),
    unicastEncryptionKey: bytesFor(seedFor(ownSeed, "unicast"), 16),
    authenticationKey: bytesFor(seedFor(ownSeed, "authentication"), 16),
  };
}

const passwordCharacters = [..."ABCDEFGHJKLMNPQRSTUVWXYZ23456789"];
