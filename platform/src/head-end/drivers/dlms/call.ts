/** What the calls of the DLMS driver work with. */
import type { EpochOptions } from "@anymeter/dlms-cosem";
import type { CompleteDlmsSettings } from "../../../registry/dlms-settings.ts";
import type { Clock } from "../../clock.ts";
import type { HeadEndSettings } from "../../settings.ts";
import type { CallOutcome, Contact, ContactedDevice, PendingCall } from "../driver.ts";
import type { MeterSession } from "./meter-session.ts";
import type { ProfileMemory } from "./profile-memory.ts";
import type { EventStore, ObjectListStore, ReadingStore } from "./stores.ts";
import type { ZoneOffsets } from "./zone-offsets.ts";

export interface DlmsServices {
  readonly readings: ReadingStore;
  readonly events: EventStore;
  readonly objectLists: ObjectListStore;
  readonly profiles: Pick<ProfileMemory, "recall" | "learnLayout" | "learnRangeForm" | "advance">;
  readonly clock: Clock;
  readonly settings: Pick<HeadEndSettings, "layoutMaxAgeDays" | "profileRowsPerRequest">;
}

export interface CallContext extends DlmsServices {
  readonly device: ContactedDevice;
  readonly session: MeterSession;
  readonly dlms: CompleteDlmsSettings;
  readonly offsets: ZoneOffsets;
  /** How date-times of this meter become instants. */
  readonly epoch: EpochOptions;
  readonly call: PendingCall;
  readonly tellClock: Contact["clock"];
}

/**
 * What a call leaves: the meter's part is over when the handler resolves; the outcome follows when what it read is
 * durable, while the session already goes on with the next call.
 */
export interface StartedCall {
  readonly outcome: Promise<CallOutcome>;
}

export type CallHandler = (context: CallContext) => Promise<StartedCall>;
