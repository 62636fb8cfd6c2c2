/** Rows, commands and requests of any content, for properties. */
import fc from "@anymeter/sans-io/testing/properties";
import type { UdilCommand } from "../services/commands.ts";
import type { UdilField } from "../tables/field.ts";
import { type UdilRow, type UdilTable, udilTables } from "../tables/tables.ts";
import { isUnknown } from "../values/damage.ts";
import type { UdilVersion } from "../versions.ts";

/** Whole seconds of years that UDIL can write. */
export const instants = fc.integer({ min: 0, max: 4_102_444_800 }).map((second) => second * 1000);

const digits = (longest: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${longest}}$`));
const decimals = fc
  .tuple(fc.boolean(), fc.nat(999_999_999), fc.option(fc.stringMatching(/^[0-9]{1,3}$/)))
  .map(([negative, whole, fraction]) => {
    const text = `${whole}${fraction === null ? "" : `.${fraction}`}`;
    return negative && /[1-9]/.test(text) ? `-${text}` : text;
  });

/** Text without what XML has no way to write, and without blanks around it. */
const texts = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 30 })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  .map((text) => text.replace(/[\u0000-\u001f\ufffe\uffff]/g, " ").trim())
  .filter((text) => !isUnknown(text));

/** Ids, which have no quotes around them and no commas in them. */
export const ids = texts.map((text) => `a${text.replace(/[,"“”„‟″＂]/g, " ")}z`);

function valuesOf({ kind, model }: UdilField): fc.Arbitrary<string | number> {
  if (model === "is_synced") return fc.integer({ min: 0, max: 1 });
  switch (kind) {
    case "digits":
      return digits(20);
    case "integer":
      return fc.integer({ min: 0, max: 999_999_999 });
    case "decimal":
      return decimals;
    case "datetime":
      return instants;
    case "text":
      return texts;
  }
}

/** Rows of a table as a version can say them: its key is there, other fields may be. */
export function rowsOf(table: UdilTable, version: UdilVersion): fc.Arbitrary<UdilRow> {
  const { fields, key } = udilTables[version][table];
  const required = [...key, ...(fields.some(({ name }) => name === "is_synced") ? ["is_synced"] : [])];
  const record = Object.fromEntries(fields.map((field) => [field.model, valuesOf(field)]));
  return fc.record(record, { requiredKeys: required, noNullPrototype: true });
}

/** Objects as literals make them. */
const plain = <Members extends Record<string, unknown>>(
  members: { [Name in keyof Members]: fc.Arbitrary<Members[Name]> },
) => fc.record(members, { noNullPrototype: true }) as fc.Arbitrary<Members>;

const iso = instants.map((instant) => new Date(instant).toISOString().replace(".000Z", "Z"));
const isoAscending = fc
  .tuple(instants, fc.integer({ min: 1, max: 10_000_000 }))
  .map(([start, seconds]) =>
    [start, start + seconds * 1000].map((at) => new Date(at).toISOString().replace(".000Z", "Z")),
  );
const times = fc
  .tuple(fc.nat(23), fc.nat(59), fc.nat(59))
  .map((parts) => parts.map((part) => String(part).padStart(2, "0")).join(":"));
const onOff = fc.constantFrom(0 as const, 1 as const);
const seconds = fc.nat(86_400);
const address = fc.ipV4();
const port = fc.integer({ min: 1, max: 65_535 });

/** Commands that every version can say. */
export const commands: fc.Arbitrary<UdilCommand> = fc.oneof(
  plain({ name: fc.constant("aux_relay_operations" as const), parameters: plain({ relay_operate: onOff }) }),
  plain({
    name: fc.constant("sanctioned_load_control" as const),
    parameters: plain({
      load_limit: fc.integer({ min: 1, max: 1_000_000 }).map((watts) => watts / 1000),
      maximum_retries: fc.nat(255),
      retry_interval: seconds,
      threshold_duration: seconds,
      retry_clear_interval: seconds,
    }),
  }),
  fc
    .tuple(isoAscending, fc.array(plain({ action_time: times, relay_operate: onOff }), { minLength: 1, maxLength: 30 }))
    .map(([[start_datetime = "", end_datetime = ""], load_shedding_slabs]) => ({
      name: "load_shedding_scheduling" as const,
      parameters: { start_datetime, end_datetime, load_shedding_slabs },
    })),
  plain({
    name: fc.constant("update_ip_port" as const),
    parameters: plain({
      primary_ip_address: address,
      secondary_ip_address: address,
      primary_port: port,
      secondary_port: port,
    }),
  }),
  plain({
    name: fc.constant("meter_data_sampling" as const),
    parameters: plain({
      activation_datetime: iso,
      data_type: fc.constantFrom("INST" as const, "BILL" as const, "LPRO" as const),
      sampling_interval: fc.integer({ min: 1, max: 59 }),
      sampling_initial_time: fc.nat(59),
    }),
  }),
  plain({
    name: fc.constant("update_meter_status" as const),
    parameters: plain({ meter_activation_status: onOff }),
  }),
);
