/** MDCs by their id, as far as they are in use. */
import { SealError } from "../../../registry/sealing.ts";
import { loadMdcs, type Mdc } from "../peers/mdc.ts";
import type { PeerCarrierOptions } from "./peer-carrier.ts";

/** One whose secrets do not open keeps no other from being asked. */
export async function knownMdcs(
  { db, sealer, logger }: Pick<PeerCarrierOptions, "db" | "sealer" | "logger">,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, Mdc>> {
  const known = new Map<string, Mdc>();
  for (const id of new Set(ids)) {
    try {
      const [mdc] = await loadMdcs(db, sealer, [id]);
      if (mdc !== undefined) known.set(id, mdc);
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      logger.error({ err: error, mdc: id }, "the secrets of an MDC do not open; nothing is asked of it");
    }
  }
  return known;
}
