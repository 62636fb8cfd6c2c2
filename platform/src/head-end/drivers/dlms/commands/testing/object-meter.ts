/** A meter made of attributes, for tests of commands: it keeps what is written, and does what its methods are told to do. */

import assert from "node:assert/strict";
import type { ActionAnswer, Data, GetAnswer, MethodDescriptor, SelectedAttribute } from "@anymeter/dlms-cosem";
import Value from "typebox/value";
import type { CommandName, CommandParameters } from "../../../../../registry/commands/index.ts";
import { commands as declarations } from "../../../../../registry/commands/index.ts";
import { asRunFailure, RunFailure } from "../../../../causes.ts";
import type { DerivedEvents } from "../../../derived-events/derived-events.ts";
import type { CallOutcome, CommandToCarryOut } from "../../../driver.ts";
import { ZoneOffsets } from "../../../zone-offsets.ts";
import type { CallContext } from "../../call.ts";
import { epochOf } from "../../epoch.ts";
import { failureOf } from "../../failure-causes.ts";
import { ServedMeter, sessionWith } from "../../testing/served-meter.ts";
import { carryOut } from "../index.ts";

export class ObjectMeter extends ServedMeter {
  /** By "class logical-name attribute". */
  readonly values = new Map<string, Data>();
  /** By "class logical-name method": what it does. */
  readonly methods = new Map<string, (parameter: Data) => void>();
  /** Data-access- and action-results other than success, by the same names. */
  readonly refusals = new Map<string, number>();
  /** What breaks the line: an attribute that is read, one that is written ("…="), or a method ("…()"), by the same names. */
  breaksAt: string | undefined;
  readonly #refusedOnce = new Set<string>();
  /** What was written and invoked, in order. */
  readonly changes: string[] = [];

  constructor(values: Readonly<Record<string, Data>>) {
    super();
    for (const [name, value] of Object.entries(values)) this.values.set(name, value);
  }

  /** Refuses to have an attribute written the first time. */
  refuseOnce(name: string, result: number): void {
    this.refusals.set(name, result);
    this.#refusedOnce.add(name);
  }

  get({ classId, logicalName, attribute }: SelectedAttribute): GetAnswer {
    const name = `${classId} ${logicalName} ${attribute}`;
    if (name === this.breaksAt) throw new RunFailure("connection_closed");
    const data = this.values.get(name);
    return data ? { data } : { error: 4 };
  }

  override set({ classId, logicalName, attribute }: SelectedAttribute, data: Data): number {
    const name = `${classId} ${logicalName} ${attribute}`;
    if (`${name}=` === this.breaksAt) throw new RunFailure("connection_closed");
    const refusal = this.refusals.get(name) ?? (this.values.has(name) ? 0 : 4);
    if (this.#refusedOnce.delete(name)) this.refusals.delete(name);
    if (refusal !== 0) return refusal;
    this.changes.push(`set ${name}`);
    this.values.set(name, data);
    return 0;
  }

  override action({ classId, logicalName, method }: MethodDescriptor, parameter: Data | undefined): ActionAnswer {
    const name = `${classId} ${logicalName} ${method}`;
    if (`${name}()` === this.breaksAt) throw new RunFailure("connection_closed");
    const refusal = this.refusals.get(`${name}()`) ?? (this.methods.has(name) ? 0 : 4);
    if (refusal !== 0) return { result: refusal };
    this.changes.push(`invoke ${name}`);
    this.methods.get(name)!(parameter!);
    return { result: 0 };
  }
}

export interface Carried {
  /** "3" and "4" as they were told, and between them the changes the meter saw by then. */
  readonly levels: readonly string[];
  readonly outcome?: CallOutcome;
  readonly failure?: RunFailure;
}

export interface Circumstances {
  readonly sentBefore?: boolean;
  readonly profile?: string;
  /** Default: `meterZone`. */
  readonly zone?: string;
  readonly clock?: "standard-time-all-year";
  /** `load_limit_retries` of the settings. */
  readonly retries?: "left_to_meter";
  /** Default: now. */
  readonly at?: number;
  /** Told of events; absent = nobody. */
  readonly derivedEvents?: Pick<DerivedEvents, "tell">;
  /** Called when a level is told, before it is durable. */
  readonly onLevel?: (level: 3 | 4) => void;
}

/** Asia/Karachi has been five hours ahead all year since 2010. */
export const meterZone = "Asia/Karachi";

/** Carries a command out on the meter; parameters are checked as the API checks them. */
export async function carry<Name extends CommandName>(
  meter: ObjectMeter,
  name: Name,
  parameters: CommandParameters<Name>,
  {
    sentBefore = false,
    profile,
    zone = meterZone,
    clock: habit,
    retries,
    at,
    derivedEvents,
    onLevel,
  }: Circumstances = {},
): Promise<Carried> {
  assert.ok(Value.Check(declarations[name].parameters, parameters), `${name} takes no such parameters`);
  const levels: string[] = [];
  const command = {
    name,
    parameters,
    sentBefore,
    reached: async (level: 3 | 4) => {
      levels.push(`${level} after ${meter.changes.length} changes`);
      onLevel?.(level);
    },
  } as CommandToCarryOut;
  const offsets = new ZoneOffsets(zone);
  const dlms = {
    ...(profile && { profile }),
    ...(habit && { clock: habit }),
    ...(retries && { load_limit_retries: retries }),
  } as CallContext["dlms"];
  // Time passes at once: a look at a meter that takes its time follows the one before.
  const clock = {
    now: () => at ?? Date.now(),
    after: (_milliseconds: number, run: () => void) => {
      setImmediate(run);
      return () => {};
    },
  };
  const context = {
    session: await sessionWith(meter),
    device: { id: "meter", number: 1, organizationNumber: 1, series: new Map(), type: null, timezone: meterZone },
    ...{ dlms, clock, offsets, epoch: epochOf(dlms, offsets), tellClock() {} },
    limits: { layoutMaxAgeDays: 7, profileRowsPerRequest: 5_000 },
    events: { write: async () => {} },
    derivedEvents,
    readings: { write: async () => {} },
    profileRows: { write: async () => {} },
    profiles: { recall: async () => undefined, learnLayout: async () => {}, learnRangeForm: async () => {} },
    call: { run: 1, name, kwargs: {}, runOffsetSeconds: 0, command },
  } as unknown as CallContext;
  try {
    const { outcome } = await carryOut(context, command);
    return { levels, outcome: await outcome };
  } catch (error) {
    return { levels, failure: asRunFailure(failureOf(error)) };
  }
}
