/** Object lists of meters: read from the association, kept for all meters of one type, firmware and client. */
import {
  describeObis,
  formatObis,
  logicalNameOf,
  type ObjectListEntry,
  objectListFromData,
} from "@anymeter/dlms-cosem";
import type { CallContext } from "./call.ts";
import { failureOf } from "./failure-causes.ts";
import type { MeterSession } from "./meter-session.ts";

/** What the API and the store show of an object. */
export interface ListedObject {
  readonly class: number;
  readonly obis: string;
  readonly [more: string]: unknown;
}

/** The active firmware identifier (Blue Book 6.2.4) as printable text; empty when the meter does not tell. */
export async function readFirmware(session: MeterSession): Promise<string> {
  const [answer] = await session.get([{ classId: 1, logicalName: activeFirmware, attribute: 2 }]);
  return answer && "data" in answer ? textOf(answer.data.value) : "";
}

/** The objects this client may see. @throws RunFailure */
export async function readObjectEntries({ session, dlms }: CallContext): Promise<readonly ObjectListEntry[]> {
  const list = await session.read({
    classId: associationClass,
    logicalName: dlms.association_object,
    attribute: objectList,
  });
  try {
    // Access modes mean something else from version 3 on, and the list itself tells the version.
    const version = objectListFromData(list, 0).find(isAssociation)?.version ?? 0;
    return objectListFromData(list, version);
  } catch (error) {
    throw failureOf(error);
  }
}

/** Under which name a list is kept: what a client sees differs from what another sees. */
export function listNameOf({ dlms }: CallContext, firmware: string): string {
  return `${firmware.slice(0, 80)} (client ${dlms.client_sap})`;
}

/**
 * Classes by logical name, from the list kept for the meter's type and firmware, or read from the meter when there is none.
 * undefined for a meter without a type, and while another session reads the same list.
 * @throws RunFailure when the meter does not give it
 */
export async function listedClasses(
  context: CallContext,
  firmware: string,
): Promise<ReadonlyMap<string, readonly number[]> | undefined> {
  const { device, objectLists, clock, limits } = context;
  if (device.type === null) return undefined;
  const name = listNameOf(context, firmware);
  const kept = await objectLists.recall(device.type, name);
  // A firmware that cannot be told may have changed.
  const valid = kept && (firmware !== "" || kept.readAt > clock.now() - limits.layoutMaxAgeDays * 86_400_000);
  if (valid) return classesOf(kept.objects);
  const place = `${device.type} ${name}`;
  if (beingRead.has(place)) return undefined;
  beingRead.add(place);
  try {
    const objects = (await readObjectEntries(context)).map(shownObject);
    await objectLists.keep(device.type, name, objects, clock.now());
    return classesOf(objects);
  } finally {
    beingRead.delete(place);
  }
}

export function shownObject({ classId, version, logicalName, attributes, methods }: ObjectListEntry): ListedObject {
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

function classesOf(objects: readonly ListedObject[]): ReadonlyMap<string, readonly number[]> {
  const classes = new Map<string, number[]>();
  for (const { class: classId, obis } of objects) {
    const name = logicalNameOf(obis);
    classes.set(name, [...(classes.get(name) ?? []), classId]);
  }
  return classes;
}

function isAssociation({ classId }: ObjectListEntry): boolean {
  return classId === associationClass;
}

function textOf(value: unknown): string {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value);
  return text.replace(/[^\x20-\x7e]/g, "").slice(0, 80);
}

/** Lists being read in this process, by type and name: the other meters of a type need not read theirs at the same time. */
const beingRead = new Set<string>();
const associationClass = 15;
const objectList = 2;
const activeFirmware = "1.0.0.2.0.255";
