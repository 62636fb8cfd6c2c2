/** Which profiles of a meter stand behind a kind of rows. */
import type { CallContext } from "../call.ts";
import { isMissing } from "./meter-objects.ts";

/** Those of the profiles that the meter has, in their order. */
export async function findProfiles({ session }: CallContext, names: readonly string[]): Promise<readonly string[]> {
  const periods = await session.get(
    names.map((logicalName) => ({ classId: 7, logicalName, attribute: capturePeriod })),
  );
  // One whose period may not be read is there all the same.
  return names.filter((_, index) => {
    const answer = periods[index];
    return answer !== undefined && ("data" in answer || !isMissing(answer.error));
  });
}

const capturePeriod = 4;
