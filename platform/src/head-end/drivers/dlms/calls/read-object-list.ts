/** `read_object_list`: what the client may see of the meter, kept on the run and for the meter's type and firmware. */
import type { CallContext, StartedCall } from "../call.ts";
import { listNameOf, readFirmware, readObjectEntries, shownObject } from "../object-lists.ts";

export async function readObjectList(context: CallContext): Promise<StartedCall> {
  const { session, device, clock, objectLists } = context;
  const objects = (await readObjectEntries(context)).map(shownObject);
  const firmware = await readFirmware(session);
  const name = listNameOf(context, firmware);
  const keep = device.type === null ? undefined : objectLists.keep(device.type, name, objects, clock.now());
  const outcome = { rowsRead: objects.length, result: { firmware, objects } };
  return { outcome: Promise.resolve(keep).then(() => outcome) };
}
