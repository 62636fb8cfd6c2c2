/** Which profile of a meter stands behind a kind of rows. */
import type { CallContext } from "../call.ts";
import { numberIn } from "../profile-layout.ts";

/** The first of the profiles that the meter has; undefined when it has none. */
export async function findProfile({ session }: CallContext, names: readonly string[]): Promise<string | undefined> {
  for (const logicalName of names) {
    const [answer] = await session.get([{ classId: 7, logicalName, attribute: capturePeriod }]);
    if (numberIn(answer) !== undefined) return logicalName;
  }
  return undefined;
}

const capturePeriod = 4;
