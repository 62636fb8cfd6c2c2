/** What changes a meter: its address, its baud, data written to it. */
import type { Routine } from "@anymeter/sans-io";
import { controlInformationFields } from "../application/control-information.ts";
import { mbusError } from "../errors.ts";
import { addresses } from "../frames/frame.ts";
import { baudControlInformation } from "../link/timing.ts";
import type { MasterLink } from "./master-link.ts";
import type { MbusTarget } from "./target.ts";

/** @throws ProtocolError of `open` and `send` */
export function* sendApplication(link: MasterLink, target: MbusTarget, application: Uint8Array): Routine<void> {
  if ("primary" in target && target.primary === addresses.broadcast) {
    yield* link.sendToAll(application);
    return;
  }
  yield* link.open(target);
  yield* link.send(target, application);
}

/**
 * Gives a meter another primary address: nobody may answer there before, and the meter must afterwards.
 * @throws ProtocolError `address_taken`, `address_change_unconfirmed`, and those of `open` and `send`
 */
export function* setPrimaryAddress(link: MasterLink, target: MbusTarget, address: number): Routine<void> {
  if ("primary" in target && target.primary === address) return;
  if (yield* answers(link, address)) throw mbusError("address_taken", { address });
  yield* link.open(target);
  yield* link.send(target, Uint8Array.of(controlInformationFields.dataSend, ...busAddressRecord, address));
  if (!(yield* answers(link, address))) throw mbusError("address_change_unconfirmed", { address });
}

/** Switches a meter's baud. It acknowledges at the old one, and falls back when nothing reaches it at the new one. */
export function* setBaud(link: MasterLink, target: MbusTarget, baud: number): Routine<void> {
  yield* sendApplication(link, target, Uint8Array.of(baudControlInformation(baud)));
}

/** Somebody answers at a primary address. */
function* answers(link: MasterLink, address: number): Routine<boolean> {
  for (let attempt = 0; attempt <= link.settings.retries; attempt++) {
    const { type } = yield* link.reset(address);
    if (type !== "silence") return true;
  }
  return false;
}

/** DIF: 8-bit integer; VIF: bus address. */
const busAddressRecord = [0x01, 0x7a] as const;
