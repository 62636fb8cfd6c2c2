/**
 * Codes of meters that do not log UDIL's. Some makers shift their numbers (one family has 31 and 32 for 60 and 61), so a
 * meter's model may bring a table of its own; these are the ones of the standards.
 */

/** IDIS: codes of EN 13757 profiles and their companion; IS 15959: the Indian companion of DLMS. */
export type EventScheme = "idis" | "is15959";

export interface ForeignEvent {
  readonly scheme: EventScheme;
  readonly code: number;
  readonly udil: number;
  /**
   * What else the code may be: the end of whichever is open. IDIS has one "normal" for each phase that ends failure,
   * under- and over-voltage alike.
   */
  readonly orElse?: readonly number[];
}

const idis = (codes: readonly number[], udil: number, orElse?: readonly number[]): ForeignEvent[] =>
  codes.map((code) => ({ scheme: "idis", code, udil, ...(orElse === undefined ? {} : { orElse }) }));
const is15959 = (code: number, udil: number): ForeignEvent => ({ scheme: "is15959", code, udil });

export const foreignEvents: readonly ForeignEvent[] = [
  ...idis([1], 111),
  ...idis([2], 112),
  ...idis([5], 201),
  ...idis([7, 8], 207),
  ...idis([12, 13, 14], 208),
  ...idis([40, 44], 206),
  ...idis([46], 302),
  ...idis([47, 48], 102),
  ...idis([60, 62, 64], 203),
  ...idis([61, 63, 69], 202),
  ...idis([65], 116),
  ...idis([66], 159),
  ...idis([67], 303),
  ...[0, 1, 2].flatMap((phase) => [
    ...idis([76 + phase], 145 + 2 * phase),
    ...idis([79 + phase], 138 + 2 * phase),
    ...idis([82 + phase], 131 + 2 * phase),
    ...idis([85 + phase], 132 + 2 * phase, [146 + 2 * phase, 139 + 2 * phase]),
  ]),
  ...idis([90], 163),
  ...idis([91], 117),

  ...[0, 1, 2, 3, 4, 5].map((index) => is15959(1 + index, 131 + index)),
  // Their ends, 8 and 10, are of no phase in particular, and UDIL has ends of phases alone.
  is15959(7, 114),
  is15959(9, 115),
  is15959(11, 163),
  is15959(12, 164),
  ...[0, 1, 2, 3, 4, 5].map((index) => is15959(51 + index, 187 + index)),
  is15959(63, 165),
  is15959(64, 166),
  is15959(65, 121),
  is15959(66, 122),
  is15959(101, 111),
  is15959(102, 112),
  is15959(151, 201),
  ...[152, 153, 155].map((code) => is15959(code, 102)),
  // Not 101: it says that the date of the reset was changed, not that there was one.
  is15959(154, 330),
  is15959(251, 206),
  is15959(301, 203),
  is15959(302, 202),
];

const byCode = new Map(foreignEvents.map((event) => [`${event.scheme} ${event.code}`, event]));

/**
 * UDIL's code for one of another scheme; undefined: there is none.
 * @param open codes of UDIL whose start was seen and whose end was not, where a code ends whichever is open
 */
export function udilEventOf(scheme: EventScheme, code: number, open: Iterable<number> = []): number | undefined {
  const event = byCode.get(`${scheme} ${code}`);
  if (event?.orElse === undefined) return event?.udil;
  const starts = new Set(open);
  // Ends of phases are one more than their starts.
  return [event.udil, ...event.orElse].find((end) => starts.has(end - 1)) ?? event.udil;
}
