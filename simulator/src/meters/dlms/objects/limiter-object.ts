/** The load limit: the standard's limiter (class 71), and beside it the retries that the class does not count. */
import { type Data, type LimiterActions, limiterValues, type ValueCodec } from "@anymeter/dlms-cosem";
import { factoryLimiterActions } from "../operation/factory.ts";
import {
  emergencySpan,
  factoryClearingSeconds,
  factoryMonitored,
  factoryThreshold,
  factoryTries,
  monitoredBy,
  noEmergency,
  type Threshold,
} from "../operation/limiter-settings.ts";
import { limiterName, limitRegisters, writtenAttributes } from "../operation/written-attributes.ts";
import { makersObjects, second } from "./makers-objects.ts";
import { attribute, type CosemObject } from "./object-model.ts";
import { whole } from "./plain-codecs.ts";
import type { Programming } from "./programming.ts";
import { writtenAttributesOf } from "./written-attribute.ts";

/** Objects of the maker's own, at the addresses that other makers use: how often, and when that is counted anew. */
export function limitRetryObjects(programming: Programming): readonly CosemObject[] {
  const { data, register } = makersObjects(programming);
  return [
    data(limitRegisters.tries, whole("unsigned"), factoryTries, "limit-changed"),
    register(limitRegisters.clearing, second, factoryClearingSeconds),
  ];
}

/** `now` is the true time. */
export function limiterObject({ operation, programmed }: Programming, now: () => number): CosemObject {
  const { written, scripts } = operation;
  const written71 = writtenAttributesOf(written, 71, limiterName);
  const changed = () => programmed("limit-changed");
  const isEmergency = () => {
    const span = emergencySpan(written, operation.instantOf);
    return span !== undefined && now() >= span.from && now() < span.to;
  };
  const thresholdOf = (key: string) => written.read(key, factoryThreshold);
  return {
    classId: 71,
    version: 0,
    logicalName: limiterName,
    audience: "management",
    attributes: [
      written71({
        number: 2,
        codec: limiterValues.monitoredValue,
        factory: factoryMonitored,
        accepts: (value) => monitoredBy(value) !== undefined,
        changed,
      }),
      attribute(3, () =>
        threshold.toData(
          thresholdOf(isEmergency() ? writtenAttributes.thresholdEmergency : writtenAttributes.thresholdNormal),
        ),
      ),
      written71({ number: 4, codec: threshold, factory: factoryThreshold, changed }),
      written71({ number: 5, codec: threshold, factory: factoryThreshold, changed }),
      written71({ number: 6, codec: limiterValues.minOverThresholdDuration, factory: 0, changed }),
      written71({ number: 7, codec: limiterValues.minUnderThresholdDuration, factory: 0, changed }),
      written71({ number: 8, codec: limiterValues.emergencyProfile, factory: noEmergency, changed }),
      written71({ number: 9, codec: limiterValues.emergencyProfileGroupIdList, factory: [], changed }),
      attribute(10, () => limiterValues.emergencyProfileActive.toData(isEmergency())),
      written71({
        number: 11,
        codec: limiterValues.actions,
        factory: factoryLimiterActions,
        accepts: ({ actionOverThreshold, actionUnderThreshold }: LimiterActions) =>
          [actionOverThreshold, actionUnderThreshold].every(
            (script) => script.scriptSelector === 0 || scripts.has(script),
          ),
        changed,
      }),
    ],
  };
}

/** A whole number, in whatever type it was written. */
const threshold: ValueCodec<Threshold> = {
  fromData: (data) => {
    if (typeof data.value === "number" && Number.isInteger(data.value) && data.value >= 0) {
      return { type: data.type, value: data.value };
    }
    throw new TypeError(`a threshold is a whole number of watts, not ${data.type}`);
  },
  toData: (value) => value as Data,
};
