/** A connection to PostgreSQL, or whatever answers its queries. */

/** As `pg` and PGlite have it. */
export interface DatabaseConnection {
  query(text: string, values?: unknown[]): Promise<unknown>;
  end(): Promise<void>;
}

export async function openDatabase(url: string): Promise<DatabaseConnection> {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  return { query: (text, values) => pool.query(text, values), end: () => pool.end() };
}
