/** What the head-end is asked to do with the neighbourhood's meters: regular tasks, and what a new meter gets at once. */
import { eventLogName, loadProfileName } from "../meters/dlms/objects/profile-objects.ts";

export interface TaskDescription {
  readonly name: string;
  readonly description: string;
  readonly schedule: "quarterly" | "daily";
  readonly run_offset_seconds: number;
  readonly task_call: string;
  readonly task_kwargs: Readonly<Record<string, unknown>>;
}

export const executionType = "generic_dlms";

/** The daily profile is left to on-demand reads: its columns are those of the load profile at midnight. */
export const regularTasks: readonly TaskDescription[] = [
  {
    name: "Load profile",
    description:
      "Every quarter of an hour what was captured since the last stored row; at first contact the whole buffer.",
    schedule: "quarterly",
    // Meters capture at the quarter by clocks that are seconds apart.
    run_offset_seconds: 30,
    task_call: "read_profile",
    task_kwargs: { obis: loadProfileName },
  },
  {
    name: "Clock",
    description: "Once a day: compare, and set what is off by more than half a minute.",
    schedule: "daily",
    run_offset_seconds: 5_400,
    task_call: "set_time",
    task_kwargs: { allowed_drift_seconds: 30 },
  },
  {
    name: "Events",
    description: "Once a day what the meter logged.",
    schedule: "daily",
    run_offset_seconds: 7_200,
    task_call: "read_events",
    task_kwargs: { obis: eventLogName },
  },
];
