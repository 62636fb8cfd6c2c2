/** The pipeline over a real store with meters that exist only in this process, for tests. */
import { randomUUID } from "node:crypto";
import { RegistryRows } from "../../head-end/testing/registry-rows.ts";
import { staffScope } from "../../registry/scope.ts";
import type { RelationalStore } from "../../stores/relational/relational-store.ts";
import { cleanUpAfterTests } from "../../stores/testing/clean-up.ts";
import { openTestRelationalStore } from "../../stores/testing/relational-stores.ts";
import type { CommandDeviceRow } from "../command-rows.ts";
import type { Commands } from "../commands.ts";
import type { Requester } from "../new-command.ts";
import { fakePipeline, type PipelineOptions } from "./fake-pipeline.ts";

export interface SceneOptions extends Omit<PipelineOptions, "store"> {
  readonly store?: RelationalStore;
}

export type CommandScene = Awaited<ReturnType<typeof openCommandScene>>;

export const staff: Requester = { scope: staffScope, origin: "api", name: "admin" };

export async function openCommandScene(options: SceneOptions = {}) {
  const store = options.store ?? (await openTestRelationalStore());
  await store.migrate();
  const rows = new RegistryRows(store.db);
  const organization = await rows.organization();
  const { headEnd, commands, metrics } = fakePipeline({ ...options, store });
  const changed = new Changes(commands);
  cleanUpAfterTests(async () => {
    await commands.stop();
    await headEnd.stop();
  });
  return {
    ...{ store, db: store.db, rows, organization, headEnd, commands, metrics },
    /** A meter with a disconnector and a network interface. @returns its id */
    meter: (more: { readonly [column: string]: unknown } = {}) =>
      rows.device(organization, { has_disconnector: true, ...more }),
    /** A vendor's MDC of the organization. @returns its id */
    mdc: async () => {
      const values = { organization, name: randomUUID() } as never;
      const mdc = await store.db.insertInto("udil_mdcs").values(values).returning("id").executeTakeFirstOrThrow();
      return mdc.id;
    },
    /** Switches relays. @returns the command's id */
    switchOff: async (...devices: readonly string[]) => {
      const named = devices.map((id) => ({ id }));
      const { id } = await commands.submit(
        { command: "aux_relay_operations", parameters: { relay_operate: 0 }, devices: named },
        staff,
      );
      return id!;
    },
    rowsOf: (command: string) => commands.statusRows({ command }, staff),
    /** The rows of a command as soon as all meet the condition; `commands` must have been started. */
    when: (command: string, condition: (row: CommandDeviceRow) => boolean) =>
      changed.when(async () => {
        const found = await commands.statusRows({ command }, staff);
        return found.every(condition) ? found : undefined;
      }),
    /** An answer to a question that is asked again whenever changes were told. */
    whenTold: <Answer>(question: () => Promise<Answer | undefined>) => changed.when(question),
  };
}

/** Rows that are over: nothing more becomes of them. */
export const over = ({ state }: CommandDeviceRow): boolean => state !== "waiting" && state !== "running";

/** Asks a question again whenever the pipeline tells a change. */
class Changes {
  #waiting: (() => void)[] = [];

  constructor(commands: Commands) {
    commands.onChanged(() => {
      for (const rise of this.#waiting.splice(0)) rise();
    });
  }

  async when<Answer>(question: () => Promise<Answer | undefined>): Promise<Answer> {
    for (;;) {
      const next = new Promise<void>((resolve) => this.#waiting.push(resolve));
      const answer = await question();
      if (answer !== undefined) return answer;
      await next;
    }
  }
}
