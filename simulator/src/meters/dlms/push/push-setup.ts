/** The push setup (class 40): what a push of the meter holds, where it goes, and the method that sends one now. */
import {
  array,
  type CaptureObject,
  captureObjectsToData,
  type Data,
  enumerated,
  longUnsigned,
  octetString,
  structure,
  unsigned,
} from "@anymeter/dlms-cosem";
import type { MeterMake, PushHabit } from "../makes.ts";
import { attribute, type CosemObject, results } from "../objects/object-model.ts";
import { type Quantity, quantities } from "../quantities.ts";

export const pushSetupName = "0.0.25.9.0.255";

/** Name, clock and energy registers; a listed body begins with the list itself and tells scalers and units too. */
export function pushObjects(make: MeterMake, { body }: PushHabit): readonly CaptureObject[] {
  const whole = (classId: number, logicalName: string, attributeNumber: number): CaptureObject => ({
    ...{ classId, logicalName, attribute: attributeNumber, dataIndex: 0 },
  });
  const energies = make.profile.value.columns.flatMap((column): Quantity[] =>
    column === "import" || column === "export" ? [quantities[column]] : [],
  );
  return [
    whole(pushSetupClass, pushSetupName, body === "listed" ? pushObjectList : 1),
    whole(1, "0.0.42.0.0.255", 2),
    whole(8, "0.0.1.0.0.255", 2),
    ...energies.flatMap(({ logicalName }) => [
      whole(3, logicalName, 2),
      ...(body === "listed" ? [whole(3, logicalName, 3)] : []),
    ]),
  ];
}

/** @param push sends one now */
export function pushSetupObject(make: MeterMake, habit: PushHabit, push: () => void): CosemObject {
  const window: Data = array();
  return {
    classId: pushSetupClass,
    version: 0,
    logicalName: pushSetupName,
    audience: "management",
    attributes: [
      attribute(pushObjectList, () => captureObjectsToData(pushObjects(make, habit))),
      attribute(3, () =>
        structure(enumerated(habit.transport === "tcp" ? 0 : 1), octetString(new Uint8Array()), enumerated(0)),
      ),
      attribute(4, () => window),
      attribute(5, () => longUnsigned(randomisationSeconds)),
      attribute(6, () => unsigned(pushRetries)),
      attribute(7, () => longUnsigned(repetitionSeconds)),
    ],
    methods: [
      {
        number: 1,
        invoke: () => {
          push();
          return { result: results.success };
        },
      },
    ],
  };
}

/** Pushes of a street must not all come in the same second. */
export const randomisationSeconds = 60;
export const pushRetries = 3;
export const repetitionSeconds = 10;
const pushSetupClass = 40;
const pushObjectList = 2;
