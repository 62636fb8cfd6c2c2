/** Data-access-result and action-result (Green Book, clause 8.5), by the standard's names. */

export const dataAccessResults = {
  success: 0,
  "hardware-fault": 1,
  "temporary-failure": 2,
  "read-write-denied": 3,
  "object-undefined": 4,
  "object-class-inconsistent": 9,
  "object-unavailable": 11,
  "type-unmatched": 12,
  "scope-of-access-violated": 13,
  "data-block-unavailable": 14,
  "long-get-aborted": 15,
  "no-long-get-in-progress": 16,
  "long-set-aborted": 17,
  "no-long-set-in-progress": 18,
  "data-block-number-invalid": 19,
  "other-reason": 250,
} as const;
export type DataAccessResultName = keyof typeof dataAccessResults;

export const actionResults = {
  success: 0,
  "hardware-fault": 1,
  "temporary-failure": 2,
  "read-write-denied": 3,
  "object-undefined": 4,
  "object-class-inconsistent": 9,
  "object-unavailable": 11,
  "type-unmatched": 12,
  "scope-of-access-violated": 13,
  "data-block-unavailable": 14,
  "long-action-aborted": 15,
  "no-long-action-in-progress": 16,
  "other-reason": 250,
} as const;
export type ActionResultName = keyof typeof actionResults;

/** "object-undefined"; a number outside the standard reads "data-access-result-42". */
export function nameOfDataAccessResult(result: number): string {
  return dataAccessResultNames.get(result) ?? `data-access-result-${result}`;
}

/** "object-undefined"; a number outside the standard reads "action-result-42". */
export function nameOfActionResult(result: number): string {
  return actionResultNames.get(result) ?? `action-result-${result}`;
}

const dataAccessResultNames = namesByNumber(dataAccessResults);
const actionResultNames = namesByNumber(actionResults);

function namesByNumber(results: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(results).map(([name, result]) => [result, name]));
}
