/**
 * The mould of simulated meters. A protocol's folder exports `make<Protocol>Meter(options): SimulatedMeter`; the
 * neighbourhood gives it a supply, a clock and a memory, puts it on a port, and tells a utility what it says of itself.
 */
import type { Session } from "@anymeter/sans-io";
import type { GasSupply } from "../supply/gas-supply.ts";
import type { HeatSupply } from "../supply/heat-supply.ts";
import type { SupplyPoint } from "../supply/supply-point.ts";
import type { WaterSupply } from "../supply/water-supply.ts";
import type { FaultChecks, FaultSwitches } from "./faults.ts";
import type { ProtocolName } from "./protocols.ts";

/** What a meter measures; tell them apart by `medium`. */
export type Supply = SupplyPoint | GasSupply | HeatSupply | WaterSupply;
export type Medium = Supply["medium"];

/** What the neighbourhood gives a meter. */
export interface SimulatedMeterOptions<Measured extends Supply = Supply> {
  /** The model's name in the protocol's own table of models. */
  readonly model: string;
  /** Different for every meter of the neighbourhood: serial numbers come from it. */
  readonly number: number;
  /** Counted from 0 among the meters behind the same gateway; 0 for a meter alone on its line. */
  readonly position: number;
  /** All that is random about the meter comes from it. */
  readonly seed: number;
  readonly supply: Measured;
  /** True time, milliseconds UTC. */
  readonly now: () => number;
  /** Milliseconds the clock was fast before anyone set it. */
  readonly clockError: number;
  /** How far back archives and profiles reach. */
  readonly historyDays: number;
  /** Seconds of a profile's period; divides a day. */
  readonly capturePeriod: number;
  /** What outlives a restart; ask for it once, when the serial number is known. */
  readonly memory: (serial: string) => MeterMemoryCell;
}

/** A meter's part of the neighbourhood's memory file. */
export interface MeterMemoryCell {
  /**
   * The meter's own state: what was kept, completed by what `fresh` has more. JSON only. Change its members in place and
   * call `remember`.
   */
  state<State extends object>(fresh: Readonly<State>): State;
  /** Persists the state: "now" = before it returns, "soon" = within a quarter of a second. */
  remember(urgency: "now" | "soon"): void;
}

export interface SimulatedMeter {
  readonly protocol: ProtocolName;
  readonly identity: MeterIdentity;
  /** IANA zone of the meter's naive times. */
  readonly timezone: string;
  /** What a utility is told about the meter, to read it. */
  readonly registration: MeterRegistration;
  /** Those of the line are applied by the server; a fault of one meter's line is one of all meters behind the gateway. */
  readonly faults: FaultSwitches;
  /** The meter's own faults, those that are not the line's. */
  readonly ownFaults: FaultChecks;
  /** What the meter's clock shows, milliseconds UTC; the true time for a meter without a clock. */
  readonly clockTime: number;
  /** One connection's session. `onLine` are all meters behind the port, this one among them: usually it alone. */
  newSession(onLine: readonly SimulatedMeter[]): Session;
  /** The meter's own supply failed or came back: what a meter with an event log notes. */
  logPower?(event: "power-down" | "power-up"): void;
  /** Of a meter that can be disconnected: 0 disconnected, 1 connected, 2 ready for reconnection at its button. */
  readonly controlState?: 0 | 1 | 2 | undefined;
  /** Somebody presses the button at the switch, which opens it or closes it. @returns whether the meter lets them */
  pressButton?(): boolean;
  /** Computes a day of history (days since 1970) ahead of the first who reads it. */
  prepareDay?(day: number): void;
}

export interface MeterIdentity {
  /** Printed on the meter, unique in the neighbourhood; the device's name too. */
  readonly serial: string;
  readonly make: string;
  readonly model: string;
  readonly firmware: string;
}

/** The fields are those of the platform's API; secrets are what the utility believes they are. */
export interface MeterRegistration {
  /** Of the meter's type, so the same for all meters of a model. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Where this meter differs from its type: its address on the bus, for one. */
  readonly ownSettings?: Readonly<Record<string, unknown>>;
  /** It connects to the head-end and cannot be called: its interface has no address. */
  readonly dialsIn?: boolean;
  /** More fields of the meter device: `iec62056_21_address`, `has_disconnector`. */
  readonly deviceFields?: Readonly<Record<string, unknown>>;
  /** Fields that a device gets when it is made, and that are the utility's own afterwards: `global_device_id`. */
  readonly firstFields?: Readonly<Record<string, unknown>>;
  /** Fields of `meter_security_keys`: `iec62056_21_password`, `mbus_key`. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** What its profile captures; the same for all meters of a model. */
  readonly series: readonly SeriesDescription[];
  /** What is kept of it as well when it is read, from other profiles or register by register. */
  readonly moreSeries?: readonly SeriesDescription[];
  /** What the model is for people: "Ultrasonic heat meter". */
  readonly description: string;
  readonly reading: ReadingPlan;
}

export interface SeriesDescription {
  /** "1-0:1.8.0", or "heat_energy" where the protocol has no OBIS. */
  readonly name: string;
  readonly unit: string;
  readonly description: string;
}

/** What the head-end is asked to do with meters of a kind. Meters with the same group share its tasks. */
export interface ReadingPlan {
  /** Name of the task group: "M-Bus meters". */
  readonly group: string;
  readonly tasks: readonly TaskDescription[];
}

export interface TaskDescription {
  /** "Registers": where several groups use a name, the group's is added. */
  readonly name: string;
  readonly description: string;
  readonly schedule: "quarterly" | "hourly" | "daily" | "weekly" | "monthly" | "yearly";
  readonly run_offset_seconds: number;
  readonly task_call: string;
  readonly task_kwargs: Readonly<Record<string, unknown>>;
  /** What a meter without any stored reading is asked for at once; default: the task itself. */
  readonly first?: { readonly task_call: string; readonly task_kwargs: Readonly<Record<string, unknown>> };
}
