/** What MDCs say, as it is kept and shown. */
import type { PeerUpdate } from "../../../commands/peers.ts";
import type { Mdc } from "../peers/mdc.ts";
import { withoutSecrets } from "../peers/secrets.ts";

/** Remarks of an MDC may show the request they are about: without our credentials. */
export function withheld(mdc: Mdc, updates: readonly PeerUpdate[]): PeerUpdate[] {
  return updates.map((update) =>
    update.remark === undefined ? update : { ...update, remark: withoutSecrets(mdc, update.remark) },
  );
}

/** With one full stop, whether the MDC gave it or not. */
export function sentence(text: string): string {
  return /[.!?…]\s*$/.test(text) ? text.trimEnd() : `${text.trimEnd()}.`;
}
