/** The pipeline over a real store, with a head-end whose meters exist only in this process. */
import { Registry } from "prom-client";
import { asRunFailure } from "../../head-end/causes.ts";
import type { Clock } from "../../head-end/clock.ts";
import type { CallOutcome, CommandToCarryOut, ContactedDevice, Driver } from "../../head-end/drivers/driver.ts";
import { createHeadEnd } from "../../head-end/head-end.ts";
import type { OpenLine } from "../../head-end/session/contact-session.ts";
import type { Line } from "../../head-end/session/line.ts";
import { defaultSettings, type HeadEndSettings } from "../../head-end/settings.ts";
import { RegistryRows } from "../../head-end/testing/registry-rows.ts";
import { silentLog } from "../../head-end/testing/silence.ts";
import { commandNames } from "../../registry/commands/index.ts";
import { staffScope } from "../../registry/scope.ts";
import type { RelationalStore } from "../../stores/relational/relational-store.ts";
import { cleanUpAfterTests } from "../../stores/testing/clean-up.ts";
import { openTestRelationalStore } from "../../stores/testing/relational-stores.ts";
import type { CommandDeviceRow } from "../command-rows.ts";
import { type Commands, createCommands } from "../commands.ts";
import type { Requester } from "../new-command.ts";

/** How a meter carries a command out, in the place of a driver. */
export type CarryOut = (command: CommandToCarryOut, device: ContactedDevice) => Promise<CallOutcome>;

/** What every driver does: connect, send, verify. */
export const obedient: CarryOut = async (command) => {
  await command.reached(3);
  await command.reached(4);
  return {};
};

export interface SceneOptions {
  readonly store?: RelationalStore;
  readonly carryOut?: CarryOut;
  readonly openLine?: OpenLine;
  readonly settings?: Partial<HeadEndSettings>;
  readonly clock?: Clock;
}

export type CommandScene = Awaited<ReturnType<typeof openCommandScene>>;

export const staff: Requester = { scope: staffScope, origin: "api", name: "admin" };

export async function openCommandScene(options: SceneOptions = {}) {
  const store = options.store ?? (await openTestRelationalStore());
  await store.migrate();
  const rows = new RegistryRows(store.db);
  const organization = await rows.organization();
  const headEnd = createHeadEnd({
    relational: store,
    drivers: [fakeDriver((...call) => (options.carryOut ?? obedient)(...call))],
    defaultTimezone: "UTC",
    metrics: new Registry(),
    logger: silentLog,
    openLine: options.openLine ?? (async () => silentLine),
    settings: { ...impatient, ...options.settings },
    ...(options.clock && { clock: options.clock }),
  });
  const commands = createCommands({
    relational: store,
    headEnd,
    pageSize: 100,
    commandsOf: (protocol) => (protocol === "dlms-cosem" ? new Set(commandNames) : undefined),
    logger: silentLog,
    settings: { tellingMilliseconds: 20, expiryMilliseconds: 100 },
    ...(options.clock && { clock: options.clock }),
  });
  const changed = new Changes(commands);
  cleanUpAfterTests(async () => {
    await commands.stop();
    await headEnd.stop();
  });
  return {
    ...{ store, db: store.db, rows, organization, headEnd, commands },
    /** A meter with a disconnector and a network interface. @returns its id */
    meter: (more: { readonly [column: string]: unknown } = {}) =>
      rows.device(organization, { has_disconnector: true, ...more }),
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
  };
}

/** Rows that are over: nothing more becomes of them. */
export const over = ({ state }: CommandDeviceRow): boolean => state !== "waiting" && state !== "running";

/** Nothing is worth waiting for when no network is between. */
const impatient: Partial<HeadEndSettings> = {
  networkConnectionsPerSecond: 10_000,
  networkMaxSessions: 10_000,
  busyInterfaceMilliseconds: 50,
  pollMilliseconds: 50,
  retry: { maxAttempts: 2, firstDelayMilliseconds: 20, maxDelayMilliseconds: 40 },
  session: { ...defaultSettings.session, shutdownMilliseconds: 100 },
};

/** A line on which nothing is ever sent. */
export const silentLine: Line = {
  send: async () => {},
  receive: async () => "silence",
  close: () => {},
  closed: false,
};

function fakeDriver(carryOut: CarryOut): Driver {
  return {
    name: "fake",
    executionTypes: ["generic_dlms"],
    commands: new Set(commandNames),
    contact: async ({ device, calls, connect }) => {
      await connect();
      for (const call of calls) {
        call.begin();
        try {
          call.succeed(call.command ? await carryOut(call.command, device) : {});
        } catch (error) {
          call.fail(asRunFailure(error));
        }
      }
    },
  };
}

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
