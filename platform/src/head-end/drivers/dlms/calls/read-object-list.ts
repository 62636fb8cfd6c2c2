/** `read_object_list`: what the client may see of the meter, kept on the run and for the meter's type and firmware. */
import { describeObis, formatObis, type ObjectListEntry, objectListFromData } from "@anymeter/dlms-cosem";
import type { CallContext, StartedCall } from "../call.ts";
import { failureOf } from "../failure-causes.ts";

export async function readObjectList(context: CallContext): Promise<StartedCall> {
  const { session, device, dlms, clock, objectLists } = context;
  const association = dlms.association_object;
  const list = await session.read({ classId: associationClass, logicalName: association, attribute: 2 });
  const [answer] = await session.get([{ classId: 1, logicalName: activeFirmware, attribute: 2 }]);
  const firmware = answer && "data" in answer ? textOf(answer.data.value) : "";
  let entries: ObjectListEntry[];
  try {
    // Access modes mean something else from version 3 on, and the list itself tells the version.
    const version = objectListFromData(list, 0).find(isAssociation)?.version ?? 0;
    entries = objectListFromData(list, version);
  } catch (error) {
    throw failureOf(error);
  }
  const objects = entries.map(shown);
  const keep = device.type === null ? undefined : objectLists.keep(device.type, firmware, objects, clock.now());
  const outcome = { rowsRead: objects.length, result: { firmware, objects } };
  return { outcome: Promise.resolve(keep).then(() => outcome) };
}

const associationClass = 15;
/** Active firmware identifier (Blue Book 6.2.4). */
const activeFirmware = "1.0.0.2.0.255";

function isAssociation({ classId }: ObjectListEntry): boolean {
  return classId === associationClass;
}

function shown({ classId, version, logicalName, attributes, methods }: ObjectListEntry) {
  const description = describeObis(logicalName)?.name;
  return {
    class: classId,
    version,
    obis: formatObis(logicalName),
    ...(description !== undefined && { description }),
    readable: attributes.filter(({ access }) => access.read).map(({ attribute }) => attribute),
    writable: attributes.filter(({ access }) => access.write).map(({ attribute }) => attribute),
    methods: methods.filter(({ access }) => access.write).map(({ method }) => method),
  };
}

function textOf(value: unknown): string {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value);
  return text.replace(/[^\x20-\x7e]/g, "").slice(0, 100);
}
