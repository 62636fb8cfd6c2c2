/** What every driver works with. */
import type { ProfileRowStore } from "../../readings/profile-rows/row-writer.ts";
import type { OpenKeys } from "../../registry/security-keys.ts";
import type { Clock } from "../clock.ts";
import type { HeadEndSettings } from "../settings.ts";
import type { DerivedEvents } from "./derived-events/derived-events.ts";
import type { ProfileStore } from "./profile-memory.ts";
import type { EventStore, ReadingStore } from "./stores.ts";

export interface DriverServices {
  readonly readings: ReadingStore;
  readonly events: EventStore;
  /** Rows of UDIL's tables, of meters that its clients know. */
  readonly profileRows: ProfileRowStore;
  /** Events that we tell of meters; absent where stored events cannot be looked at, so that none would be told twice. */
  readonly derivedEvents?: DerivedEvents | undefined;
  readonly profiles: ProfileStore;
  /** The meter's unsealed keys; undefined when none are registered. */
  readonly openKeys: OpenKeys;
  readonly clock: Clock;
  /** Limits of the head-end. */
  readonly limits: HeadEndSettings;
}
