/** Meters of the tests, written in bytes: nothing here is made by the encoder that the client's side shares. */
import { bytesFromHex, hexFromByte, joinBytes } from "@anymeter/sans-io";
import { type SecondaryAddress, secondaryAddressBytes } from "../../link/secondary-address.ts";
import type { MbusDevice, TelegramContext } from "../server/slave-station.ts";

export interface ExampleMeterOptions {
  readonly secondary?: SecondaryAddress;
  readonly primary?: number;
  /** Records of each telegram, hexadecimal; all but the last are ended by 1F. Default: one with a volume of 21.5 m³. */
  readonly pages?: readonly string[];
  /** Every telegram says that more follows. */
  readonly endless?: boolean;
  readonly fabricationNumber?: string;
  readonly alarm?: string;
  readonly write?: (records: Uint8Array) => boolean;
}

/** 12345678-LUG-04-07, a water meter with 0C 13: BCD, 8 digits, volume in litres, 21500. */
export function exampleMeter(options: ExampleMeterOptions = {}): MbusDevice {
  const { pages = [volumeRecord], endless = false, alarm } = options;
  const address = secondaryAddressBytes({ ...waterMeter, ...options.secondary });
  return {
    secondaryAddress: address,
    ...(options.fabricationNumber !== undefined && {
      fabricationNumber: bytesFromHex(options.fabricationNumber).reverse(),
    }),
    primaryAddress: options.primary ?? 5,
    telegrams: ({ accessNumber }: TelegramContext) =>
      pages.map((records, index) => {
        const more = endless || index < pages.length - 1 ? "1F" : "";
        const head = [bytesFromHex("72"), address, bytesFromHex(`${hexFromByte(accessNumber)}000000`)];
        return joinBytes([...head, bytesFromHex(records + more)]);
      }),
    ...(alarm !== undefined && { alarm: () => bytesFromHex(alarm) }),
    ...(options.write && { write: options.write }),
  };
}

export const waterMeter: Required<Omit<SecondaryAddress, "fabricationNumber">> = {
  identification: "12345678",
  manufacturer: "LUG",
  version: 4,
  medium: 7,
};

/** 0C 13 00 15 02 00: 21500 l = 21.500 m³. */
export const volumeRecord = "0C1300150200";
/** 0C 06 45 23 01 00: 12345 kWh; 4C 06 …: the same of storage 1; 8C 01 06 …: of storage 2. */
export const energyPages = ["0C0645230100", "4C0634120100", "8C010623010100"] as const;
