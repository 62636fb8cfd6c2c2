/** Limiter (class 71; Blue Book, clause 4.5.9): runs a script when a value stays above a threshold, or falls below it. */
import type { CosemDateTime } from "../../data/date-time.ts";
import { type ScriptReference, scriptReference, valueReference } from "./script-table.ts";
import {
  any,
  arrayOf,
  boolean,
  dateTime,
  doubleLongUnsigned,
  longUnsigned,
  structureOf,
  valuesOf,
} from "./value-codec.ts";

export interface EmergencyProfile {
  readonly emergencyProfileId: number;
  readonly emergencyActivationTime: CosemDateTime;
  /** Seconds. */
  readonly emergencyDuration: number;
}

export interface LimiterActions {
  readonly actionOverThreshold: ScriptReference;
  readonly actionUnderThreshold: ScriptReference;
}

export const limiterValues = valuesOf({
  monitoredValue: valueReference,
  /** Thresholds have the type, scaler and unit of the monitored value. */
  threshold: any,
  /** Seconds, as the next. */
  minOverThresholdDuration: doubleLongUnsigned,
  minUnderThresholdDuration: doubleLongUnsigned,
  emergencyProfile: structureOf<EmergencyProfile>({
    emergencyProfileId: longUnsigned,
    emergencyActivationTime: dateTime,
    emergencyDuration: doubleLongUnsigned,
  }),
  emergencyProfileGroupIdList: arrayOf(longUnsigned),
  emergencyProfileActive: boolean,
  actions: structureOf<LimiterActions>({ actionOverThreshold: scriptReference, actionUnderThreshold: scriptReference }),
});
