/** The pipeline with a head-end whose meters exist only in this process. */
import { Registry } from "prom-client";
import { asRunFailure } from "../../head-end/causes.ts";
import type { CallOutcome, CommandToCarryOut, ContactedDevice, Driver } from "../../head-end/drivers/driver.ts";
import { createHeadEnd } from "../../head-end/head-end.ts";
import type { OpenLine } from "../../head-end/session/contact-session.ts";
import type { Line } from "../../head-end/session/line.ts";
import { defaultSettings, type HeadEndSettings } from "../../head-end/settings.ts";
import { silentLog } from "../../head-end/testing/silence.ts";
import { commandNames } from "../../registry/commands/index.ts";
import type { RelationalStore } from "../../stores/relational/relational-store.ts";
import { type CommandSettings, createCommands } from "../commands.ts";

/** How a meter carries a command out, in the place of a driver. */
export type CarryOut = (command: CommandToCarryOut, device: ContactedDevice) => Promise<CallOutcome>;

/** What every driver does: connect, send, verify. */
export const obedient: CarryOut = async (command) => {
  await command.reached(3);
  await command.reached(4);
  return {};
};

export interface PipelineOptions {
  readonly store: RelationalStore;
  readonly carryOut?: CarryOut | undefined;
  readonly openLine?: OpenLine | undefined;
  /** Before a line is opened. */
  readonly begin?: ((device: ContactedDevice) => Promise<void>) | undefined;
  readonly settings?: Partial<HeadEndSettings> | undefined;
  readonly commandSettings?: Partial<CommandSettings> | undefined;
}

/** As a process would have it; the caller starts and stops both. */
export function fakePipeline({
  store,
  carryOut = obedient,
  openLine,
  begin,
  settings,
  commandSettings,
}: PipelineOptions) {
  const metrics = new Registry();
  const headEnd = createHeadEnd({
    relational: store,
    drivers: [fakeDriver(carryOut, begin)],
    defaultTimezone: "UTC",
    metrics,
    logger: silentLog,
    openLine: openLine ?? (async () => silentLine),
    settings: { ...impatient, ...settings },
  });
  const commands = createCommands({
    relational: store,
    headEnd,
    pageSize: 100,
    commandsOf: (protocol) => (protocol === "dlms-cosem" ? new Set(commandNames) : undefined),
    logger: silentLog,
    metrics,
    settings: { tellingMilliseconds: 20, expiryMilliseconds: 100, ...commandSettings },
  });
  return { headEnd, commands, metrics };
}

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

function fakeDriver(carryOut: CarryOut, begin: PipelineOptions["begin"]): Driver {
  return {
    name: "fake",
    executionTypes: ["generic_dlms"],
    commands: new Set(commandNames),
    contact: async ({ device, calls, connect }) => {
      await begin?.(device);
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
