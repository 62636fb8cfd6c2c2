/** What every driver works with. */
import type { OpenKeys } from "../../registry/security-keys.ts";
import type { Clock } from "../clock.ts";
import type { HeadEndSettings } from "../settings.ts";
import type { ProfileStore } from "./profile-memory.ts";
import type { EventStore, ReadingStore } from "./stores.ts";

export interface DriverServices {
  readonly readings: ReadingStore;
  readonly events: EventStore;
  readonly profiles: ProfileStore;
  /** The meter's unsealed keys; undefined when none are registered. */
  readonly openKeys: OpenKeys;
  readonly clock: Clock;
  /** Limits of the head-end. */
  readonly limits: HeadEndSettings;
}
