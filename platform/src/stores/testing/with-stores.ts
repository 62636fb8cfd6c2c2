import type { ColumnarStore } from "../columnar/columnar-store.ts";
import type { RelationalStore } from "../relational/relational-store.ts";
import { openTestColumnarStore } from "./columnar-stores.ts";
import { openTestRelationalStore } from "./relational-stores.ts";

/** Both stores, migrated and empty. */
export interface TestStores {
  readonly relational: RelationalStore;
  readonly columnar: ColumnarStore;
}

/**
 * Opens both stores for a file of tests and migrates them; they are closed after the file's tests. The columnar one is
 * chDB, of which a process can have only one: call this once per file.
 */
export async function withStores(): Promise<TestStores> {
  const [relational, columnar] = await Promise.all([openTestRelationalStore(), openTestColumnarStore()]);
  await Promise.all([relational.migrate(), columnar.migrate()]);
  return { relational, columnar };
}
