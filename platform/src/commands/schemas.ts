/** What the routes of commands take and give. */
import Type, { type TSchema } from "typebox";
import { commandNames, commands } from "../registry/commands/index.ts";
import { commandLimits } from "./new-command.ts";

const uuid = (description: string) => Type.String({ format: "uuid", description });
const maybe = (schema: TSchema & { type?: unknown }) => Type.Unsafe({ ...schema, type: [schema.type, "null"] });
const instant = (description: string) => Type.String({ format: "date-time", description });
const count = (description: string) => Type.Integer({ description });
const anyObject = (description: string) =>
  Type.Unsafe<Record<string, unknown>>({ type: "object", additionalProperties: true, description });

const states = ["waiting", "running", "succeeded", "failed", "refused", "cancelled", "expired"];
const state = (description: string) => Type.Unsafe<string>({ type: "string", enum: states, description });
const commandName = Type.Unsafe<string>({
  type: "string",
  enum: [...commandNames],
  description: commandNames.map((name) => `${name}: ${commands[name].description}`).join(" "),
});

const NamedDevice = Type.Object(
  {
    id: Type.Optional(uuid("Meter device")),
    global_device_id: Type.Optional(Type.String({ minLength: 1, maxLength: 50 })),
  },
  { additionalProperties: false, description: "By exactly one of its names." },
);
const devices = (description: string) =>
  Type.Array(NamedDevice, { minItems: 1, maxItems: commandLimits.devices, description });

export const NewCommandBody = Type.Object(
  {
    organization: Type.Optional(uuid("Needed only where the devices do not tell it")),
    command: commandName,
    parameters: Type.Optional(anyObject("Parameters of the command, as docs/commands.md lists them")),
    devices: Type.Optional(devices("The meters, in the order in which they are answered")),
    filter: Type.Optional(
      Type.Object(
        {
          search: Type.Optional(Type.String({ minLength: 1, description: "As the search of meter devices" })),
          type: Type.Optional(uuid("Meters of this type")),
          task_group: Type.Optional(uuid("Meters of this AMR task group")),
          mdc: Type.Optional(uuid("Meters behind this vendor's MDC")),
          all: Type.Optional(Type.Unsafe<true>({ type: "boolean", enum: [true], description: "Every meter" })),
        },
        { additionalProperties: false, description: "Instead of devices: meters that meet every condition" },
      ),
    ),
    idempotency_key: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: commandLimits.idempotencyKeyCharacters,
        description:
          "The same key with the same request gives the first answer again. The header Idempotency-Key does too.",
      }),
    ),
    expires_at: Type.Optional(instant("When it is given up; 7 days from now without it")),
    expires_in_seconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: commandLimits.longestLifetimeMilliseconds / 1000 }),
    ),
    priority: Type.Optional(
      Type.Unsafe<0 | 1 | 2>({
        type: "integer",
        enum: [0, 1, 2],
        description: "0 ahead of everything, 1 as runs on demand (without it), 2 with the schedule",
      }),
    ),
    dry_run: Type.Optional(Type.Boolean({ description: "Check everything, tell what would happen, and keep nothing" })),
  },
  {
    $id: "NewCommand",
    additionalProperties: false,
    examples: [
      {
        command: "aux_relay_operations",
        parameters: { relay_operate: 0 },
        devices: [{ global_device_id: "m98110001" }],
        idempotency_key: "work-order-4711",
      },
    ],
  },
);

const Refused = Type.Object({
  meter_device: maybe(uuid("Meter device; null when it is unknown")),
  global_device_id: maybe(Type.String()),
  cause: Type.String({ description: "Code of why" }),
  remark: Type.String({ description: "Why, in words" }),
});

export const TakenCommand = Type.Object(
  {
    id: maybe(uuid("The command; null after a dry run")),
    organization: uuid("Organization"),
    command: Type.String(),
    priority: Type.Integer(),
    created_at: instant("When it was asked for"),
    expires_at: instant("When it is given up"),
    repeated: Type.Boolean({ description: "It was asked for before with the same key: this is the first answer" }),
    dry_run: Type.Boolean(),
    device_count: count("Devices, each once"),
    accepted_count: count("Devices that will be asked, or were served at once"),
    refused_count: count("Devices that were refused at once"),
    refused: Type.Array(Refused, { description: "The first of those; all are at /v1/commands/{id}/devices" }),
  },
  { $id: "TakenCommand" },
);

export const Command = Type.Object(
  {
    id: uuid("Command"),
    organization: uuid("Organization"),
    command: Type.String(),
    title: Type.String({ description: "The command in words" }),
    parameters: anyObject("Parameters"),
    origin: Type.String({ description: "api or udil" }),
    requested_by: Type.String({ description: "Who asked: a username, or the name of a client of UDIL" }),
    idempotency_key: maybe(Type.String({ description: "UDIL's transaction id, of origin udil" })),
    filter: maybe(anyObject("By which the devices were chosen; null when they were named")),
    priority: Type.Integer(),
    created_at: instant("When it was asked for"),
    expires_at: instant("When it is given up"),
    device_count: count("Devices"),
    devices_by_state: Type.Unsafe<Record<string, number>>({
      type: "object",
      additionalProperties: { type: "integer" },
      description: "How many devices are in each state",
    }),
  },
  { $id: "Command" },
);

const level = (text: string) => maybe(instant(text));

export const CommandDevice = Type.Object(
  {
    id: Type.Integer(),
    meter_device: maybe(uuid("Meter device; null when it is unknown, or deleted since")),
    meter_device_name: maybe(Type.String()),
    global_device_id: maybe(Type.String()),
    msn: maybe(Type.String()),
    mdc: maybe(uuid("The vendor's MDC that has the meter; null = our own")),
    state: state("waiting, also for another attempt; running; or over"),
    status_level: Type.Integer({
      description:
        "0 waiting, 1 taken up, 2 line being opened, 3 meter connected, 4 sent, 5 carried out. It never falls.",
    }),
    individual_status: Type.Integer({ description: "0 in progress or cancelled, 1 carried out, 2 not" }),
    status_1_at: level("Level 1"),
    status_2_at: level("Level 2"),
    status_3_at: level("Level 3"),
    status_4_at: level("Level 4"),
    status_5_at: level("Level 5"),
    times_sent: count("How often it went out to the meter"),
    cause: maybe(Type.String({ description: "Code of why it was refused, failed, or waits for another attempt" })),
    cause_sentence: maybe(Type.String({ description: "The cause in words" })),
    cause_advice: maybe(Type.String({ description: "What to do about it" })),
    remark: maybe(Type.String({ description: "What exactly happened, or was done beside" })),
    cancel_reason: maybe(Type.String()),
    cancelled_by: maybe(Type.String()),
    cancelled_at: maybe(instant("When it was cancelled; in any other state, since when its MDC is asked to cancel it")),
    result: Type.Unsafe<unknown>({ description: "Rows of a read, or what the meter showed afterwards" }),
    created_at: instant("When it was asked for"),
    expires_at: instant("When it is given up"),
    updated_at: instant("Last change"),
  },
  { $id: "CommandDevice" },
);

export const CancelBody = Type.Object(
  {
    devices: Type.Optional(devices("Only these; all without it")),
    reason: Type.Optional(Type.String({ maxLength: commandLimits.reasonCharacters })),
  },
  { $id: "CommandCancellation", additionalProperties: false },
);

export const CancelledCommand = Type.Object(
  {
    cancelled_count: count("Devices for which it is cancelled"),
    not_cancelled: Type.Array(
      Type.Object({
        meter_device: maybe(uuid("Meter device")),
        global_device_id: maybe(Type.String()),
        status_level: maybe(Type.Integer()),
        remark: maybe(Type.String({ description: "Why not" })),
      }),
    ),
  },
  { $id: "CancelledCommand" },
);

export const commandFilters = {
  organization: Type.Optional(uuid("Commands of this organization.")),
  command: Type.Optional(Type.String({ maxLength: 40, description: "Name of the command." })),
  origin: Type.Optional(Type.Unsafe<string>({ type: "string", enum: ["api", "udil"] })),
  requested_by: Type.Optional(Type.String({ maxLength: 150, description: "Who asked." })),
  idempotency_key: Type.Optional(Type.String({ maxLength: commandLimits.idempotencyKeyCharacters })),
  meter_device: Type.Optional(uuid("Commands for this meter device.")),
  state: Type.Optional(state("Commands with a device in this state.")),
};

export const deviceFilters = {
  state: Type.Optional(state("Devices in this state.")),
  status_level: Type.Optional(Type.Integer({ minimum: 0, maximum: 5 })),
  meter_device: Type.Optional(uuid("This meter device.")),
};

export const commandParameters = Type.Object({ id: uuid("A UUID string identifying this command.") });
