/** M-Bus (EN 13757): execution type `generic_mbus`, ours and strict. */
import { baudRates } from "@anymeter/mbus";
import Type, { type Static } from "typebox";
import {
  choices,
  nullable,
  type ProtocolDeclaration,
  settingsSchema,
  shortText,
  strict,
  whole,
  yesOrNo,
} from "./declaration.ts";

const secondaryAddressPattern =
  "^([0-9Ff]{8}[0-9A-Fa-f]{8}|([0-9Ff]{8}|\\*)(-(\\*|[A-Za-z]{3}|[0-9A-Fa-f]{4})(-(\\*|[0-9A-Fa-f]{2})(-(\\*|[0-9A-Fa-f]{2}))?)?)?(\\+([0-9]{1,8}|[0-9Ff]{8}))?)$";

/** How to talk M-Bus to a meter. Every setting may be left out: a device's settings go over those of its type. */
const schema = settingsSchema({
  primary_address: whole(
    0,
    254,
    "Address on the bus, 0 to 250; 254 = the only meter of the line. Used when there is no secondary_address.",
  ),
  secondary_address: shortText(
    secondaryAddressPattern,
    "Number, maker, version and medium: 12345678-LUG-04-07, or 16 hexadecimal digits. * and F (a digit) fit anything; +4711 adds a fabrication number.",
  ),
  baud: choices(baudRates, "Of the line behind the gateway. Default 2400."),
  gateway_latency_seconds: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 60,
      description: "What the gateway and the way to it add to an answer. Default 1.",
    }),
  ),
  retries: whole(0, 10, "How often a request is repeated when its answer is missing or damaged. Default 2."),
  telegram_limit: whole(1, 255, "Telegrams of one readout at most. Default 32."),
  application_reset: yesOrNo("Send an application reset before each readout: some meters need it to begin anew."),
  reset_subcode: whole(
    0,
    255,
    "Subcode of the application reset before each readout; with many meters it chooses what they tell, 80 (hexadecimal 50) the short telegram.",
  ),
  minimum_interval_seconds: whole(
    0,
    366 * 86_400,
    "Shortest time between two readouts, for meters on battery that limit them. Default none.",
  ),
  reading_time: choices(
    ["head-end", "meter"],
    "Which clock present values carry: ours at the readout, or the date and time the meter sends with them. Default head-end.",
  ),
  stored_values_at: choices(
    ["start-of-day", "end-of-day"],
    "What a date without a time means for a stored value. Default start-of-day.",
  ),
  series_names: Type.Optional(
    Type.Record(Type.String({ maxLength: 200 }), Type.String({ minLength: 1, maxLength: 200 }), {
      maxProperties: 256,
      description:
        'Series of records by the record\'s name: {"volume/storage 1/tariff 2": "hot water last month"}. What is not named goes by OBIS code or by its own name.',
    }),
  ),
});
export type MbusSettings = Static<typeof schema>;

const defaults = {
  baud: 2400,
  gateway_latency_seconds: 1,
  retries: 2,
  telegram_limit: 32,
  reading_time: "head-end",
  stored_values_at: "start-of-day",
} as const satisfies MbusSettings;

/** Settings with nothing missing that has a default. */
export type CompleteMbusSettings = MbusSettings & { [Key in keyof typeof defaults]: NonNullable<MbusSettings[Key]> };

/** What a schema cannot say. */
function check(settings: MbusSettings | null): string | undefined {
  const address = settings?.primary_address;
  return address !== undefined && address > 250 && address !== 254
    ? `primary_address: ${address} is no address of a meter; these are 0 to 250, and 254 for the only meter of a line.`
    : undefined;
}

/** Keyword arguments of `generic_mbus`. */
const calls = {
  read_meter: strict({}),
  read_records: strict({
    records: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      minItems: 1,
      maxItems: 256,
      description: "Series or names of records: 6-0:1.0.0, volume/storage 1.",
    }),
  }),
  read_alarm: strict({}),
  search: strict({
    mask: Type.Optional(
      nullable(
        Type.String({
          pattern: secondaryAddressPattern,
          maxLength: 100,
          description: "Secondary address with wildcards; without it the whole bus is searched.",
        }),
      ),
    ),
    by: Type.Optional(
      Type.Unsafe<"secondary-address" | "primary-address">({
        type: "string",
        enum: ["secondary-address", "primary-address"],
        description: "Default secondary-address.",
      }),
    ),
    first_address: whole(0, 250, "Where a search by primary addresses begins. Default 0."),
    last_address: whole(0, 250, "Where it ends. Default 250."),
  }),
  set_primary_address: strict({ address: Type.Integer({ minimum: 1, maximum: 250 }) }),
  reset: strict({
    subcode: Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: 255, description: "Default none." }))),
  }),
} as const;
export type MbusCall = keyof typeof calls;
export type MbusArguments<Call extends MbusCall> = Static<(typeof calls)[Call]>;

export const mbus = {
  protocol: "mbus",
  executionType: "generic_mbus",
  calls,
  checked: "when written",
  settings: { name: "mbus_settings", title: "M-Bus settings", schema, defaults, check },
} as const satisfies ProtocolDeclaration;
