/**
 * What `anymeter read` knows of each protocol beyond its declaration: where meters usually listen, which secret an option
 * holds, and short words for the calls that are made most. Any other call is made by `--call` and `--with`.
 */
import type { ProtocolDeclaration } from "../../registry/protocols/declaration.ts";
import { dlms } from "../../registry/protocols/dlms.ts";
import { iFlag } from "../../registry/protocols/i-flag.ts";
import { iec62056 } from "../../registry/protocols/iec62056-21.ts";
import { lis200 } from "../../registry/protocols/lis-200.ts";
import { mbus } from "../../registry/protocols/mbus.ts";
import { modbus } from "../../registry/protocols/modbus.ts";
import type { DeviceKeys } from "../../registry/security-keys.ts";

export interface ReadProtocol {
  readonly name: string;
  readonly declaration: ProtocolDeclaration;
  /** Used when the address names no port. */
  readonly port?: number;
  /** Which key of the meter the option holds. */
  readonly secrets: Readonly<Partial<Record<SecretWord, keyof DeviceKeys>>>;
  /** Short words for calls, each an option. */
  readonly shortcuts: readonly Shortcut[];
  /** Made when no call is named. */
  readonly usual?: Call;
}

/** Options that hold a secret. */
export type SecretWord = "password" | "key" | "authentication-key";

export interface Call {
  readonly name: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
}

export interface Shortcut {
  /** The option, without its dashes. */
  readonly word: string;
  /** What follows the option: "OBIS"; absent for one that stands alone. */
  readonly sample?: string;
  readonly summary: string;
  /** The calls to make: `values` are all that followed the option. */
  readonly calls: (values: readonly string[], range: Range) => readonly Call[];
}

/** `--from` and `--to`, as given. */
export interface Range {
  readonly from?: string;
  readonly to?: string;
}

export const readProtocols: readonly ReadProtocol[] = [
  {
    name: "dlms",
    declaration: dlms,
    port: 4059,
    secrets: { password: "secret", key: "guek", "authentication-key": "gak" },
    shortcuts: [
      {
        ...{ word: "obis", sample: "CODE", summary: "present value of a register, such as 1-0:1.8.0" },
        calls: (obis) => [{ name: "read_registers", kwargs: { obis } }],
      },
      {
        ...{ word: "profile", sample: "CODE", summary: "rows of a profile, such as 1-0:99.1.0" },
        calls: (codes, range) => codes.map((obis) => ({ name: "read_profile", kwargs: { obis, ...datesOf(range) } })),
      },
      {
        ...{ word: "events", sample: "CODE", summary: "rows of an event log, such as 0-0:99.98.0" },
        calls: (obis, range) => [{ name: "read_events", kwargs: { obis, ...datesOf(range) } }],
      },
      {
        ...{ word: "objects", summary: "what the meter holds" },
        calls: () => [{ name: "read_object_list", kwargs: {} }],
      },
    ],
  },
  {
    name: "iec62056-21",
    declaration: iec62056,
    secrets: { password: "iec62056Password" },
    shortcuts: [
      {
        ...{ word: "obis", sample: "CODE", summary: "value of the readout, such as 1.8.0; default all" },
        calls: (addresses) => [{ name: "read_readout", kwargs: { addresses } }],
      },
      {
        ...{ word: "register", sample: "CODE", summary: "register read one by one, in programming mode" },
        calls: (addresses) => [{ name: "read_registers", kwargs: { addresses } }],
      },
      {
        ...{ word: "profile", sample: "CODE", summary: "rows of a load profile, such as P.01" },
        calls: (codes, range) =>
          codes.map((address) => ({ name: "read_load_profile", kwargs: { address, ...datesOf(range) } })),
      },
    ],
    usual: { name: "read_readout", kwargs: {} },
  },
  {
    name: "lis-200",
    declaration: lis200,
    secrets: { password: "iec62056Password" },
    shortcuts: [
      {
        ...{ word: "address", sample: "ADDRESS", summary: "present value, such as 2:300.0" },
        calls: (addresses) => addresses.map((address) => ({ name: "read_single_value", kwargs: { address } })),
      },
      {
        ...{ word: "archive", sample: "NUMBER", summary: "rows of an archive, such as 3" },
        calls: (numbers, range) =>
          numbers.map((number) => ({
            name: "read_archive_by_date",
            kwargs: { archive_number: number, start_date: "2000-01-01", ...datesOf(range) },
          })),
      },
    ],
  },
  {
    name: "i-flag",
    declaration: iFlag,
    secrets: {},
    shortcuts: [
      {
        ...{ word: "parameter", sample: "NAME", summary: "parameter, such as index_converted" },
        calls: (parameters) => [{ name: "read_parameters", kwargs: { parameters } }],
      },
      {
        ...{ word: "database", sample: "NAME", summary: "rows of a database: interval, hourly, daily or monthly" },
        // Corus databases are read from the newest row back: their start is the later of the two.
        calls: (databases, { from, to }) =>
          databases.map((database) => ({
            name: "read_database",
            kwargs: { database, ...(to && { start_date: to }), ...(from && { end_date: from }) },
          })),
      },
    ],
  },
  {
    name: "mbus",
    declaration: mbus,
    secrets: { key: "mbus" },
    shortcuts: [
      {
        ...{ word: "obis", sample: "CODE", summary: "one of the meter's values, such as 6-0:1.0.0; default all" },
        calls: (records) => [{ name: "read_records", kwargs: { records } }],
      },
      {
        ...{ word: "search", summary: "secondary addresses of all meters on the bus" },
        calls: () => [{ name: "search", kwargs: {} }],
      },
    ],
    usual: { name: "read_meter", kwargs: {} },
  },
  {
    name: "modbus",
    declaration: modbus,
    port: 502,
    secrets: {},
    shortcuts: [
      {
        ...{ word: "obis", sample: "CODE", summary: "value of the meter's register map, such as 1-0:1.8.0" },
        calls: (series) => [{ name: "read_registers", kwargs: { series } }],
      },
    ],
    usual: { name: "read_registers", kwargs: {} },
  },
];

/** By the word of the command line, or the registry's word for the protocol. */
export function readProtocolOf(name: string): ReadProtocol | undefined {
  return readProtocols.find((protocol) => protocol.name === name || protocol.declaration.protocol === name);
}

function datesOf({ from, to }: Range): Record<string, string> {
  return { ...(from !== undefined && { start_date: from }), ...(to !== undefined && { end_date: to }) };
}
