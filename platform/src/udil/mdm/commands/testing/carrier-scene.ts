/** The room with its carrier at work: commands are given over the API, and time moves on until they are as a test wants. */
import { randomUUID } from "node:crypto";
import type { VendorMdc } from "@anymeter/simulator";
import type { CommandDeviceRow } from "../../../../commands/command-rows.ts";
import type { ColumnarStore } from "../../../../stores/columnar/columnar-store.ts";
import { cleanUpAfterTests } from "../../../../stores/testing/clean-up.ts";
import { type Answering, type HandmadeMdc, startHandmadeMdc } from "../../testing/handmade-mdc.ts";
import { type MdmScene, openMdmScene } from "../../testing/mdm-scene.ts";

export type CarrierScene = Awaited<ReturnType<typeof openCarrierScene>>;

/** @param columnar an empty store; the one that this process may embed without it */
export async function openCarrierScene(columnar?: ColumnarStore) {
  // Leases are kept by the store's own clock, which must not be behind the one that is moved here.
  const scene = await openMdmScene(Date.now() - 10 * 86_400_000, columnar);
  await scene.mdm.start();
  await scene.commands.start();
  cleanUpAfterTests(async () => {
    await scene.mdm.stop();
    await scene.commands.stop();
  });
  const told = new Told(scene);
  let seed = 30;

  /** @returns the command's id */
  async function give(organization: string, command: string, parameters: object, ids?: readonly string[], more = {}) {
    const devices = ids && { devices: ids.map((global_device_id) => ({ global_device_id })) };
    const body = { organization, command, parameters, ...devices, ...more };
    return (await scene.create("/v1/commands", body)).id as string;
  }

  return {
    scene,
    give,
    /** The rows of a command as soon as they are as wanted; time moves on by `step` milliseconds meanwhile. */
    until: (command: string, wanted: (rows: CommandDeviceRow[]) => boolean, step?: number) =>
      told.until(command, wanted, step),
    /** Gives a command, and waits until it is over. */
    async done(...given: Parameters<typeof give>) {
      return await told.until(await give(...given), ended);
    },
    /** Time moves on until the condition holds. */
    untilTrue: (condition: () => boolean | Promise<boolean>, step?: number) => told.untilTrue(condition, step),
    /** A vendor of the simulator, with its meters registered unless told otherwise. */
    async utility(options: Parameters<MdmScene["vendor"]>[0] = {}, meters = true) {
      const organization = await scene.organization(`Utility ${randomUUID()}`);
      const vendor = await scene.vendor({ seed: ++seed, readDelay: [0, 0], ...options });
      const mdc = await scene.register(organization, vendor, { poll_interval_seconds: 86_400 }, meters);
      return { organization, vendor, mdc, ids: idsOf(vendor) };
    },
    /** A vendor whose every answer the test writes. @returns ids of so many meters of its */
    async handmade(
      answering: Answering,
      { meters = 3, ...settings }: { meters?: number; [name: string]: unknown } = {},
    ) {
      const peer = await startHandmadeMdc(answering);
      const organization = await scene.organization(`Handmade ${randomUUID()}`);
      const { id: mdc } = await scene.create("/v1/udil/mdcs", {
        ...{ organization, name: "Handmade", base_url: peer.url, username: "u", password: "p", code: "c" },
        ...{ pinned_certificate: peer.certificate, poll_interval_seconds: 86_400, fills_holes: false },
        switches: { tables: [] },
        ...settings,
      });
      const ids = Array.from({ length: meters }, (_, index) => `h${index + 1}-${randomUUID().slice(0, 8)}`);
      for (let first = 0; first < meters; first += 10_000) {
        const part = ids.slice(first, first + 10_000).map((global_device_id) => ({ global_device_id }));
        await scene.send("POST", `/v1/udil/mdcs/${mdc}/meters`, { meters: part });
      }
      return { organization, mdc: mdc as string, ids, peer };
    },
    /** What a process has taken up is given to the next one, as when it is gone. */
    async orphan(command: string) {
      const owner = randomUUID();
      await scene.store.db
        .insertInto("command_carriers")
        .values({ owner, lease_expires_at: new Date(0) })
        .execute();
      await scene.store.db
        .updateTable("command_devices")
        .set({ peer_owner: owner })
        .where("command", "=", command)
        .execute();
    },
  };
}

export const ended = (rows: readonly CommandDeviceRow[]): boolean =>
  rows.every(({ state }) => state !== "waiting" && state !== "running");

export function idsOf(vendor: VendorMdc): string[] {
  return [...vendor.meters.keys()];
}

/** Requests of a service, in the order they came. */
export function requestsOf({ requests }: HandmadeMdc, service: string) {
  return requests.filter((one) => one.service === service);
}

/** Rows as they were told last, and whoever waits for some. */
class Told {
  readonly #scene: MdmScene;
  readonly #rows = new Map<number, CommandDeviceRow>();
  readonly #waiting: (() => void)[] = [];

  constructor(scene: MdmScene) {
    this.#scene = scene;
    scene.commands.onChanged((rows) => {
      for (const row of rows) this.#rows.set(row.id, row);
      for (const look of this.#waiting.splice(0)) look();
    });
  }

  async until(command: string, wanted: (rows: CommandDeviceRow[]) => boolean, step?: number) {
    const rows = () =>
      [...this.#rows.values()].filter((row) => row.command === command).sort((a, b) => a.position - b.position);
    await this.untilTrue(
      () => {
        const found = rows();
        return found.length > 0 && wanted(found);
      },
      step,
      () =>
        JSON.stringify(rows().map(({ state, statusLevel, cause, remark }) => ({ state, statusLevel, cause, remark }))),
    );
    return rows();
  }

  async untilTrue(condition: () => boolean | Promise<boolean>, step = 1_000, standing = () => ""): Promise<void> {
    for (let moves = 0; moves < 1_000; moves++) {
      if (await condition()) return;
      this.#scene.clock.advance(step);
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        setTimeout(resolve, 20);
      });
    }
    throw new Error(`it came to ${standing()}`.slice(0, 2_000));
  }
}
