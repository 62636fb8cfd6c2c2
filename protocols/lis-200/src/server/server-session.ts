/** A meter's session with one reader: LIS-200 is what it answers in the programming mode of IEC 62056-21. */
import { ServerSession } from "@anymeter/iec62056-21";
import type { Lis200Device } from "./device.ts";
import { ServedDialogue } from "./dialogue.ts";

export class Lis200ServerSession extends ServerSession {
  constructor(device: Lis200Device) {
    super(new ServedDialogue(device));
  }
}
