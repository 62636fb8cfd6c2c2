/** Writes telegrams with variable data, for simulated meters and for data to a meter. */
import { ByteWriter, commonError, joinBytes } from "@anymeter/sans-io";
import { specialDif } from "../records/data-information.ts";
import { encodeRecord, type RecordToEncode } from "../records/encode.ts";
import { encipher } from "../security/transport-security.ts";
import { controlInformationFields } from "./control-information.ts";
import { linkAddressOf, type TelegramHeader, writeHeader } from "./header.ts";

export interface EncodeOptions {
  /** Ends the records with DIF 1F: another telegram has more. */
  readonly moreFollows?: boolean | undefined;
  /** Behind the records, after DIF 0F or 1F. */
  readonly manufacturerData?: Uint8Array | undefined;
  /** Enciphers the records with AES-128-CBC (mode 5); the configuration field of the header is then set. */
  readonly key?: Uint8Array | undefined;
  /** Instead of 72 with a long header, 7A with a short one, 78 with none. */
  readonly controlInformation?: number | undefined;
}

/**
 * @param header long with an address, short without, or none
 * @param records to be encoded, or encoded already
 * @returns the application layer, from the CI field on
 * @throws ProtocolError `value_not_encodable`
 */
export function encodeVariableData(
  header: TelegramHeader | undefined,
  records: readonly (RecordToEncode | Uint8Array)[],
  options: EncodeOptions = {},
): Uint8Array {
  const { moreFollows = false, manufacturerData, key, controlInformation = fieldOf(header) } = options;
  const pieces = records.map((record) => (record instanceof Uint8Array ? record : encodeRecord(record)));
  if (moreFollows) pieces.push(Uint8Array.of(specialDif.moreFollows));
  else if (manufacturerData) pieces.push(Uint8Array.of(specialDif.manufacturerData));
  if (manufacturerData) pieces.push(manufacturerData);
  const writer = new ByteWriter();
  writer.unsigned8(controlInformation);
  if (key) writeEnciphered(writer, header, joinBytes(pieces), key);
  else {
    if (header) writeHeader(writer, header);
    for (const piece of pieces) writer.write(piece);
  }
  return writer.finish();
}

function writeEnciphered(
  writer: ByteWriter,
  header: TelegramHeader | undefined,
  records: Uint8Array,
  key: Uint8Array,
): void {
  const { identification, manufacturer, version, medium } = header ?? {};
  if (
    !header ||
    identification === undefined ||
    manufacturer === undefined ||
    version === undefined ||
    medium === undefined
  ) {
    throw commonError("value_not_encodable", { what: "the telegram", reason: "enciphering needs a long header" });
  }
  const address = linkAddressOf({ identification, manufacturer, version, medium });
  const enciphered = encipher(records, { key, address, accessNumber: header.accessNumber });
  writeHeader(writer, { ...header, configuration: enciphered.configuration });
  writer.write(enciphered.data);
}

function fieldOf(header: TelegramHeader | undefined): number {
  if (!header) return controlInformationFields.variable;
  return header.identification === undefined
    ? controlInformationFields.variableShort
    : controlInformationFields.variableLong;
}
