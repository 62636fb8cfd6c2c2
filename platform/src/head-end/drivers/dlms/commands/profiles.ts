/** Which profiles of a meter stand behind a kind of rows. */
import type { CallContext } from "../call.ts";
import { numberIn } from "../profile-layout.ts";

/** Those of the profiles that the meter has, in their order. */
export async function findProfiles({ session }: CallContext, names: readonly string[]): Promise<readonly string[]> {
  const periods = await session.get(
    names.map((logicalName) => ({ classId: 7, logicalName, attribute: capturePeriod })),
  );
  return names.filter((_, index) => numberIn(periods[index]) !== undefined);
}

const capturePeriod = 4;
