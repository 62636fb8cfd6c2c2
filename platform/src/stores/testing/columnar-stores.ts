import { type ColumnarStore, openColumnarStore } from "../columnar/columnar-store.ts";
import { cleanUpAfterTests } from "./clean-up.ts";
import { startClickhouseServer } from "./clickhouse.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** A form of the columnar store that tests run on. */
export interface ColumnarForm {
  readonly name: string;
  /** Opens a store with nothing in it, not even migrations, which is closed after the tests of this file. */
  open(): Promise<ColumnarStore>;
}

/**
 * Every form of the columnar store: chDB in this process (one store at a time: close it before the next), and the real
 * client over HTTP to another process.
 */
export function columnarForms(): ColumnarForm[] {
  return [
    { name: "chDB", open: openTestColumnarStore },
    {
      name: "ClickHouse over HTTP",
      open: async () =>
        closedAfter(openColumnarStore({ url: (await startClickhouseServer(temporaryDirectory())).url })),
    },
  ];
}

/** One empty embedded columnar store. */
export function openTestColumnarStore(): Promise<ColumnarStore> {
  return closedAfter(openColumnarStore({ directory: temporaryDirectory() }));
}

async function closedAfter(opening: Promise<ColumnarStore>): Promise<ColumnarStore> {
  const store = await opening;
  cleanUpAfterTests(() => store.close());
  return store;
}
