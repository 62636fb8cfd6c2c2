/**
 * Order in the queue: the lowest goes first. What a person waits for precedes the schedule, and every failure lowers a meter by
 * one, so that dead meters wait behind healthy ones.
 */
export const priorities = {
  /** Commands that somebody marked so. */
  urgent: -1,
  onDemand: 0,
  scheduled: 1,
  /** From here on a run belongs to a meter that failed of late; such runs share a part of the ceilings only. */
  firstFailing: 2,
  lowest: 9,
} as const;

/** Priority of a scheduled run of a meter that failed `consecutiveFailures` times since its last success. */
export function scheduledPriority(consecutiveFailures: number): number {
  return Math.min(priorities.scheduled + consecutiveFailures, priorities.lowest);
}

/** Priority for the next attempt after a failure. */
export function priorityAfterFailure(priority: number): number {
  return Math.min(Math.max(priority + 1, priorities.firstFailing), priorities.lowest);
}
