/** Commands to the meters of a scene, by the pipeline that carries them in a process. */

import type { CommandDeviceRow } from "../../../commands/command-rows.ts";
import { type Commands, createCommands } from "../../../commands/commands.ts";
import type { CommandName, CommandParameters } from "../../../registry/commands/index.ts";
import { staffScope } from "../../../registry/scope.ts";
import { cleanUpAfterTests } from "../../../stores/testing/clean-up.ts";
import { oneAttempt, type ReadingScene } from "../../testing/reading-scene.ts";
import { silentLog } from "../../testing/silence.ts";
import { commandsOfProtocol, createDrivers, type DriversOptions } from "../index.ts";

/** Gives the command to the devices. @returns what became of it for each, in their order */
export type Carry = <Name extends CommandName>(
  command: Name,
  parameters: CommandParameters<Name> & Readonly<Record<string, unknown>>,
  devices: readonly string[],
) => Promise<readonly CommandDeviceRow[]>;

/** Starts a head-end and the pipeline over the scene's stores; both are stopped after the tests. */
export async function startCommands(scene: ReadingScene): Promise<Carry> {
  const headEnd = scene.openHeadEnd(oneAttempt);
  await headEnd.start();
  // Only their names are asked for: these drivers never meet a meter.
  const drivers = createDrivers({ db: scene.db } as DriversOptions);
  const commands: Commands = createCommands({
    relational: scene.relational,
    headEnd,
    pageSize: 100,
    commandsOf: (protocol) => commandsOfProtocol(drivers, protocol),
    logger: silentLog,
  });
  await commands.start();
  cleanUpAfterTests(() => commands.stop());
  const staff = { scope: staffScope, origin: "api", name: "admin" } as const;
  return async (command, parameters, devices) => {
    const named = devices.map((id) => ({ id }));
    const { id } = await commands.submit({ command, parameters, devices: named }, staff);
    for (;;) {
      const rows = await commands.statusRows({ command: id! }, staff);
      if (rows.every(({ state }) => state !== "waiting" && state !== "running")) {
        return devices.map((device) => rows.find(({ meterDevice }) => meterDevice === device)!);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
}
