/** The data of a request that reads a database, without its frame. */
import { type ByteReader, ByteWriter } from "@anymeter/sans-io";
import { type DatabaseName, databaseEntry, databaseOfNumber } from "../databases/databases.ts";
import { iFlagError } from "../errors.ts";
import { readerOf } from "../frames/frame.ts";
import { bitsOfMeterTime, meterTimeOf } from "../values/meter-time.ts";

export interface DatabaseRequest {
  readonly database: DatabaseName;
  /** One bit for each column. */
  readonly mask: number;
  /** Records up to this time, as the meter's clock shows it; undefined = up to the newest. Sent first, as "start". */
  readonly newest?: string | undefined;
  /** Records from this time on; undefined = from the oldest. */
  readonly oldest?: string | undefined;
  /** The first frame is to tell the number of records. */
  readonly count: boolean;
  /** A transfer that broke off is to go on where it broke off. */
  readonly persistence: boolean;
}

const countBit = 0x10;
const persistenceBit = 0x80;
const numberBits = 0x0f;

/** @throws ProtocolError `database_unknown` or `date_invalid` */
export function encodeDatabaseRequest(request: DatabaseRequest): Uint8Array {
  const writer = new ByteWriter(13);
  const { number } = databaseEntry(request.database);
  writer.unsigned8(number | (request.count ? countBit : 0) | (request.persistence ? persistenceBit : 0));
  writer.unsigned32LE(request.mask);
  for (const limit of [request.newest, request.oldest]) {
    writer.unsigned32LE(limit === undefined ? 0 : bitsOfMeterTime(limit));
  }
  return writer.finish();
}

/** @throws ProtocolError `bytes_truncated`, `bytes_trailing` or `request_invalid` */
export function decodeDatabaseRequest(data: Uint8Array | ByteReader): DatabaseRequest {
  const reader = readerOf(data);
  const { offset } = reader;
  const options = reader.unsigned8("the database's number");
  const entry = databaseOfNumber(options & numberBits);
  if (!entry) {
    throw iFlagError("request_invalid", {
      what: "request to read a database",
      reason: `there is no database ${options & numberBits}`,
      offset,
    });
  }
  const mask = reader.unsigned32LE("the column mask");
  const newest = meterTimeOf(reader.unsigned32LE("the newest time"));
  const oldest = meterTimeOf(reader.unsigned32LE("the oldest time"));
  reader.expectEnd("the request to read a database");
  return {
    database: entry.name,
    mask,
    newest,
    oldest,
    count: (options & countBit) !== 0,
    persistence: (options & persistenceBit) !== 0,
  };
}
