/**
 * How readers that keep their place, by `id` or `db_datetime`, come to miss nothing, though rows of several processes
 * reach the store in another order than that of their ids.
 *
 * Ids are given right before an insert, in one order over all processes (row-ids.ts), and are times. A row is shown to
 * such a reader only so long after its id that every insert with a smaller one has ended; and an insert that
 * took longer is made again with new ids, which replaces its rows. So whatever becomes visible later has a greater id.
 */
export interface RowVisibility {
  /** An insert that took longer, from its ids on, is made again. */
  readonly insertMilliseconds: number;
  /**
   * Age at which rows are shown. The difference to the above is what the clocks of two machines may differ by, and in a
   * cluster also what a replica may lag behind.
   */
  readonly settledMilliseconds: number;
}

export function rowVisibility(cluster: string | undefined): RowVisibility {
  return cluster === undefined
    ? { insertMilliseconds: 4_000, settledMilliseconds: 5_000 }
    : { insertMilliseconds: 20_000, settledMilliseconds: 60_000 };
}
