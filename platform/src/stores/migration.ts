/** What a call of `migrate()` did. */
export interface MigrationReport {
  /** Names of the migrations this call applied, in order; empty when the store was up to date. */
  readonly applied: readonly string[];
}
