/** `read_push_setup`: what a push of the meter holds, kept so that pushes which do not say it are understood. */
import { type CaptureObject, captureObjectsFromData, formatObis, logicalNameOf } from "@anymeter/dlms-cosem";
import type { DlmsArguments } from "../../../../registry/protocols/dlms.ts";
import type { CallContext, StartedCall } from "../call.ts";
import { failureOf } from "../failure-causes.ts";
import { type ProfileLayout, readLayout, readScalerUnits } from "../profile-layout.ts";

/** Under which name the objects of a push setup are remembered, like the layout of a profile. */
export function pushLayoutName(pushSetup: string): string {
  return `push ${formatObis(pushSetup)}`;
}

/** The first push setup (Blue Book 6.2.8). */
export const defaultPushSetup = "0.0.25.9.0.255";

export async function readPushSetup(context: CallContext): Promise<StartedCall> {
  const { session, profiles, device, clock } = context;
  const { obis = defaultPushSetup } = context.call.kwargs as DlmsArguments<"read_push_setup">;
  const logicalName = logicalNameOf(obis);
  const list = await session.read({ classId: pushSetupClass, logicalName, attribute: pushObjectList });
  let columns: CaptureObject[];
  try {
    columns = captureObjectsFromData(list);
  } catch (error) {
    throw failureOf(error);
  }
  const layout: ProfileLayout = {
    columns,
    scalerUnits: await readScalerUnits(session, columns),
    capturePeriodSeconds: 0,
    sortMethod: "fifo",
  };
  for (const profile of columns.filter(isBuffer)) {
    const inside = await readLayout(session, profile.logicalName);
    await profiles.learnLayout(device.id, formatObis(profile.logicalName), inside, clock.now());
  }
  await profiles.learnLayout(device.id, pushLayoutName(logicalName), layout, clock.now());
  const objects = columns.map(({ classId, logicalName: name, attribute }) => ({
    class: classId,
    obis: formatObis(name),
    attribute,
  }));
  return { outcome: Promise.resolve({ rowsRead: objects.length, result: { objects } }) };
}

const pushSetupClass = 40;
const pushObjectList = 2;

function isBuffer({ classId, attribute }: CaptureObject): boolean {
  return classId === 7 && attribute === 2;
}
