/** All COSEM objects of a meter. */

import type { DlmsMeter } from "../dlms-meter.ts";
import type { EventName } from "../event-codes.ts";
import { type EventLog, eventCodeType } from "../profiles/event-log.ts";
import type { MeterProfiles } from "../profiles/meter-profiles.ts";
import { pushSetupObject } from "../push/push-setup.ts";
import { Moment } from "../registers.ts";
import { signalStrength } from "../signal.ts";
import { associationObject, securityObjects } from "./association-objects.ts";
import { billingObjects } from "./billing-objects.ts";
import { calendarObjects } from "./calendar-objects.ts";
import { clockObject } from "./clock-object.ts";
import { communicationObjects } from "./communication-objects.ts";
import { disconnectObject } from "./disconnect-object.ts";
import { identityObjects } from "./identity-objects.ts";
import { limiterObject, limitRetryObjects } from "./limiter-object.ts";
import { type CosemObject, ObjectModel } from "./object-model.ts";
import { eventCodeObject, profileObject } from "./profile-objects.ts";
import type { Programming } from "./programming.ts";
import { registerObjects } from "./register-objects.ts";
import { endOfBillingObject, scheduleObject } from "./schedule-objects.ts";
import { scriptObjects } from "./script-objects.ts";
import { signalObject } from "./signal-objects.ts";
import { tpi34gObjects } from "./tpi-34g-objects.ts";

export interface MeterParts {
  readonly profiles: MeterProfiles;
  readonly eventLog: EventLog;
  readonly programmed: (event: EventName) => void;
  /** Something was done to the meter that it must remember. */
  readonly changed: () => void;
}

export function objectsOf(meter: DlmsMeter, parts: MeterParts): ObjectModel {
  const { make, identity, measurements, operation, security } = meter;
  const { profiles, eventLog, programmed, changed } = parts;
  const clock = make.clock.value;
  const programming: Programming = { operation, programmed };
  const makersOwn = make.objects === "tpi-34g";
  const objects: readonly CosemObject[] = [
    associationObject((): ObjectModel => model),
    ...identityObjects(identity, make),
    clockObject({ time: () => meter.clockTime, set: (time) => meter.setClock(time) }, clock),
    ...registerObjects(make),
    ...profiles.stores.map(([logicalName, store]) =>
      profileObject(logicalName, store, clock.zone, () => programmed("sampling-programmed")),
    ),
    eventCodeObject(eventCodeType(make.events), () => eventLog.last?.code ?? 0),
    ...billingObjects(operation.billing, clock),
    ...scriptObjects(programming, changed),
    endOfBillingObject(programming),
    ...calendarObjects(
      programming,
      makersOwn ? { weeks: 4, specialDays: "as a whole" } : { weeks: 16, specialDays: "one by one" },
      () => operation.tariffs.at(measurements.now()),
    ),
    ...switchObjects(meter, programming, changed),
    ...communicationObjects(programming, { wakesUp: !makersOwn }),
    ...(makersOwn ? tpi34gObjects(programming) : []),
    ...(make.signal === undefined
      ? []
      : [signalObject(make.signal.value, () => signalStrength(operation.seed, measurements.now()))]),
    ...(security === undefined ? [] : securityObjects(security, identity)),
    ...(make.push === undefined ? [] : [pushSetupObject(make, make.push.value, () => meter.pushNow())]),
  ];
  const model = new ObjectModel(objects, () => new Moment(operation, measurements.now()));
  return model;
}

/** What a meter that can be disconnected has. */
function switchObjects(
  { make, operation, measurements }: DlmsMeter,
  programming: Programming,
  changed: () => void,
): readonly CosemObject[] {
  const { loadSwitch } = operation;
  if (loadSwitch === undefined) return [];
  return [
    disconnectObject(operation, loadSwitch, changed),
    scheduleObject(programming, make.objects === "tpi-34g" ? 30 : 9_999),
    ...(make.objects === "tpi-34g"
      ? []
      : [limiterObject(programming, () => measurements.now()), ...limitRetryObjects(programming)]),
  ];
}
