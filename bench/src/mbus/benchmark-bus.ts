/** The bus that the benchmark of complete reads reads: a heat meter with three telegrams, among five others. */
import { encodeVariableData, MbusBus, type RecordToEncode, SlaveStation, secondaryAddressBytes } from "@anymeter/mbus";

/** The address of the meter that is read. */
export const heatMeter = { identification: "61000003", manufacturer: "FRN", version: 1, medium: 4 } as const;
/** Records of its three telegrams together. */
export const recordsOfTheMeter = 21;

/** Kilowatt hours, litres, watts, litres an hour, tenths of a degree. */
const presentRecords: readonly RecordToEncode[] = [
  { coding: "bcd8", valueInformation: [0x06], value: "55756000" },
  { coding: "bcd8", valueInformation: [0x13], value: "1473.926" },
  { coding: "bcd6", valueInformation: [0x2b], value: "269" },
  { coding: "bcd6", valueInformation: [0x3b], value: "0.007" },
  { coding: "bcd4", valueInformation: [0x5a], value: "64.7" },
  { coding: "bcd4", valueInformation: [0x5e], value: "32.9" },
  { coding: "bcd4", valueInformation: [0x62], value: "31.8" },
];
const pages = [0, 1, 2].map((storage) => presentRecords.map((record) => ({ ...record, storage })));

export function benchmarkBus(): MbusBus {
  return new MbusBus([1, 2, 3, 4, 5, 6].map(slave));
}

function slave(position: number): SlaveStation {
  const address = { ...heatMeter, identification: `6100000${position}` };
  return new SlaveStation({
    primaryAddress: position,
    secondaryAddress: secondaryAddressBytes(address),
    telegrams: ({ accessNumber }) =>
      pages.map((records, index) =>
        encodeVariableData({ ...address, accessNumber, status: 0, configuration: 0 }, records, {
          moreFollows: index < pages.length - 1,
        }),
      ),
  });
}
