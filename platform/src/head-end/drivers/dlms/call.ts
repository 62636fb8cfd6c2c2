/** What the calls of the DLMS driver work with. */
import type { EpochOptions } from "@anymeter/dlms-cosem";
import type { CompleteDlmsSettings } from "../../../registry/protocols/dlms.ts";
import type { StartedCall } from "../conversation-driver.ts";
import type { Contact, ContactedDevice, PendingCall } from "../driver.ts";
import type { DriverServices } from "../driver-services.ts";
import type { ObjectListStore } from "../stores.ts";
import type { ZoneOffsets } from "../zone-offsets.ts";
import type { MeterSession } from "./meter-session.ts";

export interface CallContext extends DriverServices {
  readonly objectLists: ObjectListStore;
  readonly device: ContactedDevice;
  readonly session: MeterSession;
  readonly dlms: CompleteDlmsSettings;
  readonly offsets: ZoneOffsets;
  /** How date-times of this meter become instants. */
  readonly epoch: EpochOptions;
  readonly call: PendingCall;
  readonly tellClock: Contact["clock"];
}

export type { StartedCall };

export type CallHandler = (context: CallContext) => Promise<StartedCall>;
