/**
 * Class, attribute and scaler-unit of registers, of which an OBIS code tells only the name. The meter's object list has the
 * class; it is read once for all meters of one type and firmware. A meter that does not give its list is asked class by class,
 * in the order of how common they are. What was found is remembered like the layout of a profile, until the firmware changes.
 */
import type { CaptureObject, GetDataResult } from "@anymeter/dlms-cosem";
import { RunFailure } from "../../causes.ts";
import type { CallContext } from "./call.ts";
import { listedClasses, readFirmware } from "./object-lists.ts";
import { type ProfileLayout, readScalerUnits } from "./profile-layout.ts";
import { cellInfo, gsmDiagnosticClass } from "./signal-strength.ts";

/** Under which name registers are remembered. */
export const registersProfile = "registers";

interface RegisterLayout extends ProfileLayout {
  /** When the layout was learned; empty when the meter does not tell. */
  readonly firmware: string;
}

/** @param names logical names; those the meter does not have are missing in the answer */
export async function registersOf(context: CallContext, names: readonly string[]): Promise<ProfileLayout> {
  const { profiles, device, session, clock } = context;
  const remembered = await profiles.recall<RegisterLayout>(device.id, registersProfile);
  const isKnown = (layout: ProfileLayout, name: string) =>
    layout.columns.some(({ logicalName }) => logicalName === name);
  const fresh = remembered !== undefined && remembered.layoutReadAt > clock.now() - firmwareMaxAgeMilliseconds;
  if (fresh && names.every((name) => isKnown(remembered.layout, name))) return remembered.layout;

  const firmware = await readFirmware(session);
  const old = remembered !== undefined && remembered.layoutReadAt <= clock.now() - ageLimit(context);
  const usable = remembered !== undefined && remembered.layout.firmware === firmware && !(firmware === "" && old);
  const known = usable ? remembered.layout : emptyLayout;
  const unknown = names.filter((name) => !isKnown(known, name));
  const found = await findRegisters(context, firmware, unknown);
  const layout: RegisterLayout = {
    ...emptyLayout,
    firmware,
    columns: [...known.columns, ...found],
    scalerUnits: [...known.scalerUnits, ...(await readScalerUnits(session, found))],
  };
  if (layout.columns.length > 0) await profiles.learnLayout(device.id, registersProfile, layout, clock.now());
  return layout;
}

/** By the object list; class by class without one. */
async function findRegisters(
  context: CallContext,
  firmware: string,
  names: readonly string[],
): Promise<readonly CaptureObject[]> {
  if (names.length === 0) return [];
  const classes = await listedClasses(context, firmware).catch(noList);
  if (!classes) return probe(context, names);
  return names.flatMap((logicalName) => {
    const classId = classesOf(logicalName).find((candidate) => classes.get(logicalName)?.includes(candidate));
    return classId === undefined ? [] : [registerOf(classId, logicalName)];
  });
}

/** A meter that refuses its list is still read; a broken line is not. */
function noList(error: unknown): undefined {
  if (error instanceof RunFailure && refusals.has(error.code)) return undefined;
  throw error;
}

async function probe({ session }: CallContext, names: readonly string[]): Promise<readonly CaptureObject[]> {
  const found: CaptureObject[] = [];
  let unknown = names;
  for (const classId of [...registerClasses, gsmDiagnosticClass]) {
    const asked = unknown.flatMap((name) => (classesOf(name).includes(classId) ? registerOf(classId, name) : []));
    const results = await session.get(asked);
    const there = asked.filter((_, index) => isThere(results[index]));
    found.push(...there);
    unknown = unknown.filter((name) => !there.some(({ logicalName }) => logicalName === name));
  }
  return found;
}

function registerOf(classId: number, logicalName: string): CaptureObject {
  return { classId, logicalName, attribute: classId === gsmDiagnosticClass ? cellInfo : 2, dataIndex: 0 };
}

function classesOf(logicalName: string): readonly number[] {
  return gsmDiagnosticName.test(logicalName) ? [gsmDiagnosticClass] : registerClasses;
}

/** A register that is there but refuses says so itself: its class is right. */
function isThere(result: GetDataResult | undefined): boolean {
  return result !== undefined && ("data" in result || result.error === readWriteDenied);
}

function ageLimit({ limits }: CallContext): number {
  return limits.layoutMaxAgeDays * 86_400_000;
}

const emptyLayout: ProfileLayout = { columns: [], scalerUnits: [], capturePeriodSeconds: 0, sortMethod: "fifo" };
/** How often the firmware is looked at: one attribute a day. */
const firmwareMaxAgeMilliseconds = 86_400_000;
/** Register, Data, Extended register, Demand register. */
const registerClasses = [3, 1, 4, 5];
/** Its signal is read like a register. */
const gsmDiagnosticName = /^0\.\d+\.25\.6\.0\.255$/;
const readWriteDenied = 3;
/** Answers with which a meter turns the request for its list down, the association standing. */
const refusals: ReadonlySet<string> = new Set([
  "access_refused",
  "object_missing",
  "request_refused",
  "invalid_answer",
  "too_much_data",
]);
