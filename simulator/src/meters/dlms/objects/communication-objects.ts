/**
 * How the meter communicates, as values that are kept and change nothing of the simulation: ports and addresses of a
 * modem, whom it calls, whose calls it takes, the optical port.
 */
import {
  type AllowedCaller,
  autoAnswerValues,
  autoConnectValues,
  type CommunicationWindow,
  enumerated,
  localPortSetupValues,
} from "@anymeter/dlms-cosem";
import type { EventName } from "../event-codes.ts";
import { attribute, type CosemObject, type ObjectAttribute } from "./object-model.ts";
import { flag, listOf, octets, whole } from "./plain-codecs.ts";
import type { Programming } from "./programming.ts";
import { writtenAttributesOf } from "./written-attribute.ts";

const noWindows: readonly CommunicationWindow[] = [];
const noCallers: readonly AllowedCaller[] = [];
const anyWord = whole("double-long-unsigned");

/** `wakesUp`: numbers of allowed callers stand in auto answer, and not in objects of the maker's own. */
export function communicationObjects(
  { operation, programmed }: Programming,
  { wakesUp }: { readonly wakesUp: boolean },
): readonly CosemObject[] {
  const { written } = operation;
  const object = (
    classId: number,
    version: number,
    logicalName: string,
    attributes: (make: ReturnType<typeof writtenAttributesOf>) => readonly ObjectAttribute[],
  ): CosemObject => ({
    ...{ classId, version, logicalName },
    audience: "management",
    attributes: attributes(writtenAttributesOf(written, classId, logicalName)),
  });
  const notes = (event: EventName) => ({ changed: () => programmed(event) });
  const kept = notes("parameters-changed");
  return [
    object(19, 1, "0.0.20.0.0.255", (make) => [
      make({ number: 2, codec: localPortSetupValues.defaultMode, factory: 1, ...kept }),
      make({ number: 3, codec: localPortSetupValues.defaultBaud, factory: 5, ...kept }),
      make({ number: 4, codec: localPortSetupValues.propBaud, factory: 5, ...kept }),
      make({ number: 5, codec: localPortSetupValues.responseTime, factory: 1, ...kept }),
      make({ number: 6, codec: localPortSetupValues.deviceAddr, factory: "", ...kept }),
      make({ number: 7, codec: localPortSetupValues.passP1, factory: "", ...kept }),
      make({ number: 8, codec: localPortSetupValues.passP2, factory: "", ...kept }),
      make({ number: 9, codec: localPortSetupValues.passW5, factory: "", ...kept }),
    ]),
    object(28, wakesUp ? 2 : 0, "0.0.2.2.0.255", (make) => [
      make({ number: 2, codec: autoAnswerValues.mode, factory: 0, ...kept }),
      make({ number: 3, codec: autoAnswerValues.listeningWindow, factory: noWindows, ...kept }),
      attribute(4, () => enumerated(inactive)),
      make({ number: 5, codec: autoAnswerValues.numberOfCalls, factory: 0, ...kept }),
      make({
        number: 6,
        codec: autoAnswerValues.numberOfRings,
        factory: { nrRingsInWindow: 1, nrRingsOutOfWindow: 0 },
        ...kept,
      }),
      ...(wakesUp
        ? [
            make({
              number: 7,
              codec: autoAnswerValues.listOfAllowedCallers,
              factory: noCallers,
              accepts: (callers) => callers.length <= mostCallers,
              ...notes("wake-up-programmed"),
            }),
          ]
        : []),
    ]),
    object(29, 1, "0.0.2.1.0.255", (make) => [
      make({ number: 2, codec: autoConnectValues.mode, factory: 0, ...kept }),
      make({ number: 3, codec: autoConnectValues.repetitions, factory: 3, ...kept }),
      make({ number: 4, codec: autoConnectValues.repetitionDelay, factory: 60, ...kept }),
      make({ number: 5, codec: autoConnectValues.callingWindow, factory: noWindows, ...kept }),
      make({
        number: 6,
        codec: autoConnectValues.destinationList,
        factory: [],
        accepts: (destinations) => destinations.length <= mostDestinations,
        ...notes("destination-programmed"),
      }),
    ]),
    object(41, 0, "0.0.25.0.0.255", (make) => [
      make({ number: 2, codec: whole("long-unsigned"), factory: 4059, ...kept }),
      make({ number: 3, codec: octets, factory: "0000190100ff", ...kept }),
      make({ number: 4, codec: whole("long-unsigned"), factory: 576, ...kept }),
      make({ number: 5, codec: whole("unsigned"), factory: 1, ...kept }),
      make({ number: 6, codec: whole("long-unsigned"), factory: 120, ...kept }),
    ]),
    object(42, 0, "0.0.25.1.0.255", (make) => [
      make({ number: 2, codec: octets, factory: "0000190200ff", ...kept }),
      make({ number: 3, codec: anyWord, factory: 0, ...kept }),
      make({ number: 4, codec: listOf("array", anyWord), factory: [], ...kept }),
      make({ number: 5, codec: listOf("array", octets), factory: [], ...kept }),
      make({ number: 6, codec: anyWord, factory: 0, ...kept }),
      make({ number: 7, codec: anyWord, factory: 0, ...kept }),
      make({ number: 8, codec: flag, factory: true, ...kept }),
      make({ number: 9, codec: anyWord, factory: 0, ...kept }),
      make({ number: 10, codec: anyWord, factory: 0, ...kept }),
    ]),
  ];
}

/** Status of auto answer: it takes no calls now. */
const inactive = 0;
const mostCallers = 20;
const mostDestinations = 4;
