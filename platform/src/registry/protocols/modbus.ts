/** Modbus: execution type `generic_modbus`, ours and strict. */
import {
  checkRegisterMap,
  limits,
  orders,
  type RegisterEntry,
  type RegisterMap,
  registerMap,
  registerMaps,
  valueTypes,
} from "@anymeter/modbus";
import { ProtocolError } from "@anymeter/sans-io";
import Type, { type Static } from "typebox";
import {
  choices,
  type ProtocolDeclaration,
  settingsSchema,
  strict,
  timeoutSeconds,
  whole,
  yesOrNo,
} from "./declaration.ts";

const mostAddress = 0xffff;
const typeNames = Object.keys(valueTypes) as (keyof typeof valueTypes)[];
const address = Type.Integer({ minimum: 0, maximum: mostAddress, description: "As on the wire, counted from 0." });
const type = choices(typeNames, "How the value lies in its registers. Default uint16.");
const order = choices(orders, "A is the most significant byte: ABCD, or CDAB with the low word first. Default ABCD.");
const seriesName = Type.String({ minLength: 1, maxLength: 100, description: "Name of a series, such as 1-0:1.8.0." });

/** One register of a meter without a map, or one that a map lacks. */
const ownRegister = strict({
  series: seriesName,
  unit: Type.Optional(Type.String({ maxLength: 20, description: "Unit of the value, such as kWh. Default none." })),
  address,
  table: choices(["holding", "input"], "Function 3 reads holding registers, 4 input registers. Default holding."),
  type,
  order,
  exponent: whole(-10, 10, "The register's number × 10^exponent is the value. Default 0."),
  scale_address: whole(0, mostAddress, "Register that holds a further exponent, as a signed number."),
  unavailable: Type.Optional(
    Type.Array(Type.String({ pattern: "^[0-9A-F]{1,16}$" }), {
      maxItems: 8,
      description: 'First hexadecimal digits of what means "no value": 80000000.',
    }),
  ),
  registers: whole(1, limits.readRegisters, "Registers of a string."),
});

/** How to talk Modbus to a meter. */
const schema = settingsSchema({
  map: choices([...registerMaps.keys()], "The meter's register map. The documentation lists them with their manuals."),
  registers: Type.Optional(
    Type.Array(ownRegister, {
      maxItems: 256,
      description: "Registers of a meter without a map; over a map, those it lacks or has wrong, by series.",
    }),
  ),
  unit: whole(
    0,
    255,
    "Unit (slave address): 1 to 247 behind a gateway; 255, 0 or 1 for a meter that is itself on the network. Default 1.",
  ),
  framing: choices(
    ["tcp", "rtu"],
    "tcp: the meter or a converting gateway speaks Modbus TCP; rtu: a gateway passes RTU frames through. Default tcp.",
  ),
  check_transaction_id: yesOrNo(
    "Whether answers must bear their request's transaction id. Some gateways use ids of their own: then false. Default true.",
  ),
  max_registers: whole(
    1,
    limits.readRegisters,
    "Registers in one request at most. Default: the map's limit, else 125.",
  ),
  max_gap: whole(
    0,
    limits.readRegisters - 1,
    "Registers between two values that may be read along. Default: the map's, else 0, because many meters refuse them.",
  ),
  pause_milliseconds: whole(
    0,
    10_000,
    "Silence between an answer and the next request. Default: what the map's manual asks for, else 0.",
  ),
  timeout_seconds: timeoutSeconds,
});
export type ModbusSettings = Static<typeof schema>;

/**
 * A device answers within tenths of a second, one behind a gateway within two (stephane/libmodbus issue 776,
 * v-zhuravlev/libzbxmodbus issue 11): whoever is silent for five has the wrong framing or unit.
 */
const patienceSeconds = 5;

const defaults = {
  unit: 1,
  framing: "tcp",
  check_transaction_id: true,
  timeout_seconds: patienceSeconds,
} as const satisfies ModbusSettings;

/** Settings with nothing missing that has a default. */
export type CompleteModbusSettings = ModbusSettings & {
  [Key in keyof typeof defaults]: NonNullable<ModbusSettings[Key]>;
};

/** What a schema cannot say: that the registers can be read at all, within the limit that is set. */
function check(settings: ModbusSettings | null): string | undefined {
  const { registers = [], max_registers } = settings ?? {};
  const map = settings ? registerMapOf(settings) : undefined;
  if (!map) return undefined;
  try {
    // Series that are there twice are told of the settings' own list: over the map the last one counts.
    if (registers.length > 0) checkRegisterMap({ table: "holding", entries: registers.map(ownEntry) });
    checkRegisterMap({ ...map, limits: { ...map.limits, ...(max_registers && { registers: max_registers }) } });
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return `registers: ${error.message}`;
    throw error;
  }
}

/**
 * The registers to read a meter by: its map's, with its own over them; undefined when it has neither.
 * @throws ProtocolError `map_unknown`
 */
export function registerMapOf({ map, registers = [] }: ModbusSettings): RegisterMap | undefined {
  const known = map === undefined ? undefined : registerMap(map);
  if (registers.length === 0) return known;
  const own = new Map(registers.map((register) => [register.series, ownEntry(register)]));
  const base = known ?? ownMap;
  const others = base.entries.filter(({ series }) => !own.has(series));
  return { ...base, entries: [...others, ...own.values()] };
}

function ownEntry({
  scale_address,
  type = "uint16",
  unit = "",
  table = "holding",
  ...rest
}: OwnRegister): RegisterEntry {
  const entry = { quantity: rest.series, unit, table, type, absolute: true, ...rest };
  return scale_address === undefined ? entry : { ...entry, scale: { address: scale_address } };
}

type OwnRegister = NonNullable<ModbusSettings["registers"]>[number];

const ownMap: RegisterMap = { id: "own registers", table: "holding", entries: [] };

/** Keyword arguments of `generic_modbus`. */
const calls = {
  /** Values by the meter's map, as readings. */
  read_registers: strict({
    series: Type.Optional(
      Type.Array(seriesName, { minItems: 1, maxItems: 256, description: "Default: all series of the meter's map." }),
    ),
  }),
  /** Any registers or bits, shown on the run and not stored: to look for what a manual does not tell. */
  read_raw: strict({
    function: Type.Unsafe<1 | 2 | 3 | 4>({
      type: "integer",
      enum: [1, 2, 3, 4],
      description: "1 coils, 2 discrete inputs, 3 holding registers, 4 input registers.",
    }),
    address,
    count: Type.Integer({ minimum: 1, maximum: limits.readCoils, description: "Registers (125 at most) or bits." }),
    type,
    order,
    exponent: whole(-10, 10, "Default 0."),
  }),
  read_identification: strict({
    category: choices(["basic", "regular", "extended"], "Objects to read. Default basic."),
  }),
  /** Writes holding registers that hold what is expected, and reads them again. */
  write_registers: strict({
    address,
    values: Type.Array(Type.Union([Type.Integer(), Type.String({ maxLength: 40 })]), {
      minItems: 1,
      maxItems: limits.writeRegisters,
      description: "New values, one after another; whole numbers or decimal text.",
    }),
    expected: Type.Array(Type.Union([Type.Integer(), Type.String({ maxLength: 40 })]), {
      minItems: 1,
      maxItems: limits.writeRegisters,
      description: "What the registers must hold before: anything else is left alone, and the call fails.",
    }),
    type,
    order,
    function: choices([6, 16], "6 writes a single register, 16 several. Default 16."),
  }),
} as const;
export type ModbusCall = keyof typeof calls;
export type ModbusArguments<Call extends ModbusCall> = Static<(typeof calls)[Call]>;

export const modbus = {
  protocol: "modbus",
  executionType: "generic_modbus",
  calls,
  checked: "when written",
  settings: { name: "modbus_settings", title: "Modbus settings", schema, defaults, check },
} as const satisfies ProtocolDeclaration;
