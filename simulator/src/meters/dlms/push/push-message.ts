/** The bytes of one push: the values of the last full period, protected and framed as the make does. */
import {
  type CaptureObject,
  captureObjectsToData,
  type Data,
  encodeApdu,
  encodeHdlcFrame,
  enumerated,
  integer,
  obisToBytes,
  octetString,
  protect,
  SecurityContext,
  structure,
  wrapperFrame,
} from "@anymeter/dlms-cosem";
import type { DlmsMeter } from "../dlms-meter.ts";
import type { PushHabit } from "../makes.ts";
import { registerValue } from "../objects/register-objects.ts";
import { meterTime } from "../profiles/row-writer.ts";
import { type Quantity, quantities, rawValue, scalerOf } from "../quantities.ts";
import { cellType } from "../registers.ts";
import { pushObjects, pushSetupName } from "./push-setup.ts";

/** Frames to send one after another; none when the meter has nothing to say. */
export function pushFrames(meter: DlmsMeter, habit: PushHabit, invokeId: number): readonly Uint8Array[] {
  const body = bodyOf(meter, habit);
  if (body === undefined) return [];
  const flags = { confirmed: habit.confirmed ?? false, highPriority: false };
  const plain = encodeApdu({
    type: "data-notification",
    invocation: { invokeId, ...flags, selfDescriptive: false, processingBreakOnError: false },
    body,
  });
  return inBlocks(protectedBy(meter, plain), habit.blockSize).flatMap((apdu) => framed(meter, apdu));
}

/** undefined while the clock was set past the last full period. */
function bodyOf(meter: DlmsMeter, habit: PushHabit): Data | undefined {
  const { measurements, make } = meter;
  const period = meter.capturePeriod * 1000;
  const time = Math.floor(measurements.clockTime() / period) * period;
  const instant = measurements.instantOf(time);
  if (instant === undefined) return undefined;
  const objects = pushObjects(make, habit);
  const dataOf = ({ logicalName, attribute }: CaptureObject): Data => {
    if (logicalName === pushSetupName) {
      return attribute === 1 ? octetString(obisToBytes(pushSetupName)) : captureObjectsToData(objects);
    }
    if (logicalName === "0.0.42.0.0.255") return octetString(Buffer.from(meter.identity.logicalDeviceName, "latin1"));
    if (logicalName === "0.0.1.0.0.255") return octetString(meterTime(time, make.clock.value));
    const quantity = Object.values<Quantity>(quantities).find((candidate) => candidate.logicalName === logicalName)!;
    if (attribute === 3) return structure(integer(scalerOf(quantity, make.resolutions)), enumerated(quantity.unit));
    const { supply } = measurements;
    const raw = rawValue(
      quantity,
      make.resolutions,
      supply.registers(instant),
      supply.means(instant - period, instant),
    );
    return registerValue(cellType(quantity, make), raw);
  };
  return structure(...objects.map(dataOf));
}

function protectedBy({ security, systemTitle }: DlmsMeter, apdu: Uint8Array): Uint8Array {
  if (!security) return apdu;
  const { suite, keys, counter, policy } = security;
  const context = new SecurityContext({ suite, systemTitle, keys, counter });
  return protect(apdu, { context, policy, form: "general-global" });
}

function inBlocks(apdu: Uint8Array, size: number | undefined): readonly Uint8Array[] {
  if (size === undefined) return [apdu];
  return Array.from({ length: Math.ceil(apdu.length / size) }, (_, index) =>
    encodeApdu({
      type: "general-block-transfer",
      ...{ last: (index + 1) * size >= apdu.length, streaming: true, window: 0, block: index + 1, acknowledged: 0 },
      raw: apdu.subarray(index * size, (index + 1) * size),
    }),
  );
}

/** Over HDLC unnumbered information, in as many segments as the line's frames need. */
function framed({ link }: DlmsMeter, apdu: Uint8Array): readonly Uint8Array[] {
  if (link.framing === "wrapper") return [wrapperFrame(link.server, pushClient, apdu)];
  const information = Buffer.concat([llcResponse, apdu]);
  const size = link.parameters?.maximumInformationSend ?? 128;
  return Array.from({ length: Math.ceil(information.length / size) }, (_, index) =>
    encodeHdlcFrame({
      ...{ destination: { logicalDevice: pushClient }, source: link.server, control: unnumberedFinal },
      segmented: (index + 1) * size < information.length,
      information: information.subarray(index * size, (index + 1) * size),
    }),
  );
}

/** A client of its own that only listens, as IDIS meters push to. */
const pushClient = 103;
const llcResponse = Uint8Array.of(0xe6, 0xe7, 0x00);
const unnumberedFinal = 0x13;
