/** Objects of a maker's own that hold one written value. */
import { enumerated, integer, structure, type ValueCodec } from "@anymeter/dlms-cosem";
import type { EventName } from "../event-codes.ts";
import { attribute, type CosemObject } from "./object-model.ts";
import { whole } from "./plain-codecs.ts";
import type { Programming } from "./programming.ts";
import { writtenAttributesOf } from "./written-attribute.ts";

/** Makes the objects of one meter: what is written into them makes the event, or for registers that of a changed limit. */
export function makersObjects({ operation, programmed }: Programming) {
  const { written } = operation;
  const data = <Value>(
    logicalName: string,
    codec: ValueCodec<Value>,
    factory: Value,
    event: EventName,
  ): CosemObject => ({
    classId: 1,
    version: 0,
    logicalName,
    audience: "management",
    attributes: [
      writtenAttributesOf(written, 1, logicalName)({ number: 2, codec, factory, changed: () => programmed(event) }),
    ],
  });
  const register = (logicalName: string, unit: number, factory: number): CosemObject => ({
    classId: 3,
    version: 0,
    logicalName,
    audience: "management",
    attributes: [
      writtenAttributesOf(
        written,
        3,
        logicalName,
      )({
        number: 2,
        codec: whole("double-long-unsigned"),
        factory,
        changed: () => programmed("limit-changed"),
      }),
      attribute(3, () => structure(integer(0), enumerated(unit))),
    ],
  });
  return { data, register };
}

/** Codes of units. */
export const watt = 27;
export const second = 7;
