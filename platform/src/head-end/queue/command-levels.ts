/**
 * How far a command got, as UDIL counts it: 0 waiting, 1 taken up, 2 the line is being opened, 3 the meter is connected,
 * 4 sent, 5 carried out. A level never falls, an instant is set once, and no instant lies before that of a lower level.
 */
import { type RawBuilder, sql } from "kysely";

export type CommandLevel = 1 | 2 | 3 | 4 | 5;

/** When levels were reached, milliseconds UTC, by their number. */
export type LevelInstants = Readonly<Partial<Record<CommandLevel, number>>>;

/** Columns of a JSON record that tells levels; `level` is the highest of them, null when there is none. */
export interface LevelColumns {
  readonly level: number | null;
  readonly at_1: number | null;
  readonly at_2: number | null;
  readonly at_3: number | null;
  readonly at_4: number | null;
  readonly at_5: number | null;
}

/** Types of `LevelColumns` for `jsonb_to_recordset`. */
export const levelColumnTypes: RawBuilder<unknown> = sql.raw(
  "level smallint, at_1 double precision, at_2 double precision, at_3 double precision, at_4 double precision, at_5 double precision",
);

/** Whoever tells a level has passed the lower ones, at the latest then. */
export function levelColumns(instants: LevelInstants): LevelColumns {
  let later: number | null = null;
  let level: number | null = null;
  const at: Record<number, number | null> = {};
  for (const number of [5, 4, 3, 2, 1] as const) {
    const instant = instants[number];
    if (instant !== undefined) level ??= number;
    later = instant === undefined ? later : Math.min(instant, later ?? instant);
    at[number] = later;
  }
  return { level, at_1: at[1]!, at_2: at[2]!, at_3: at[3]!, at_4: at[4]!, at_5: at[5]! };
}

/** Assignments to the row `c` of command_devices from the columns `v`. */
export const levelAssignments: RawBuilder<unknown> = sql.raw(
  [
    "status_level = greatest(c.status_level, v.level)",
    ...[1, 2, 3, 4, 5].map((level) => {
      const before = [1, 2, 3, 4, 5].filter((lower) => lower < level).map((lower) => `c.status_${lower}_at`);
      const instant = `to_timestamp(v.at_${level} / 1000.0)`;
      return `status_${level}_at = coalesce(c.status_${level}_at,
        case when v.at_${level} is not null then greatest(${[...before, instant].join(", ")}) end)`;
    }),
  ].join(", "),
);
