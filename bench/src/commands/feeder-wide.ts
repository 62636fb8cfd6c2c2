/**
 * A command to a whole feeder: the supply of a thousand simulated DLMS meters is disconnected with one request, each meter
 * answering 100 ms late, until every relay was read back open (status level 5). The platform with embedded stores on disk
 * in one process, its meters in another.
 *
 * The limit is the network's ceiling of new connections, which no command may break.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type ReadyLine, registerNeighbourhood } from "@anymeter/simulator";
import { startDemoProcess } from "../../../platform/src/cli/demo-process.ts";
import { readConfiguration } from "../../../platform/src/configuration.ts";
import { defaultSettings } from "../../../platform/src/head-end/settings.ts";
import { startPlatform } from "../../../platform/src/platform.ts";
import type { BenchResult } from "../result.ts";

const meters = 1_000;
const latency = 100;
/** A thousand in a minute. */
const target = meters / 60;

export async function run(): Promise<BenchResult[]> {
  const directory = mkdtempSync(join(tmpdir(), "anymeter-bench-"));
  const token = randomBytes(20).toString("hex");
  const neighbourhood = await startDemoProcess<ReadyLine>(
    "main.ts",
    ["--meters", String(meters), "--others", "none", "--history-days", "1", "--control-port", "0"],
    "the simulated neighbourhood",
  );
  try {
    const platform = await startPlatform(configuration(directory, token));
    try {
      const api = apiOf(platform.address!, token);
      await registerNeighbourhood({
        ...{ baseUrl: platform.address!, token },
        neighbourhood: neighbourhood.ready.neighbourhood,
      });
      const healthy = await metersThatAnswer(api);
      await delayAnswers(neighbourhood.ready);
      return [await disconnectAll(api, healthy)];
    } finally {
      await platform.close();
    }
  } finally {
    await neighbourhood.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Some meters of the neighbourhood are broken on purpose: those that were read once everybody was tried. */
async function metersThatAnswer(api: Api): Promise<readonly { readonly id: string }[]> {
  for (;;) {
    const statuses = (await api(`/v1/devices/status?limit=${meters}`)).results as readonly Status[];
    const running = (await api("/v1/runs/?state=running&limit=1")).count;
    if (running === 0 && statuses.length === meters && statuses.every(({ last_attempt }) => last_attempt !== null)) {
      return statuses.flatMap(({ meter_device, last_success }) => (last_success === null ? [] : { id: meter_device }));
    }
    await pause(1_000);
  }
}

interface Status {
  readonly meter_device: string;
  readonly last_attempt: string | null;
  readonly last_success: string | null;
}

async function disconnectAll(api: Api, devices: readonly { readonly id: string }[]): Promise<BenchResult> {
  const began = performance.now();
  const command = await api("/v1/commands", {
    ...{ command: "aux_relay_operations", parameters: { relay_operate: 0 } },
    devices,
  });
  const accepted = command.accepted_count as number;
  const rows = `/v1/commands/${command.id}/devices?limit=1`;
  // Asks seldom: the questions go to the store that is measured.
  while ((await api(`${rows}&state=succeeded`)).count < accepted) {
    const failed = await api(`${rows}&state=failed`);
    if (failed.count > 0) throw new Error(`a command failed: ${JSON.stringify(failed.results[0])}`);
    await pause(250);
  }
  const seconds = (performance.now() - began) / 1000;
  const ceiling = defaultSettings.networkConnectionsPerSecond;
  return {
    name: `commands to ${accepted} meters of one network, verified, ${latency} ms late`,
    figure: accepted / seconds,
    unit: "meters/s",
    peer: "the network's ceiling of new connections",
    peerFigure: ceiling,
    ratio: accepted / seconds / ceiling,
    target,
    notes: `${seconds.toFixed(1)} s from the request to the last relay read back; ${devices.length - accepted} of ${devices.length} meters have no relay.`,
  };
}

function configuration(directory: string, token: string) {
  return readConfiguration({
    ANYMETER_DATA: directory,
    ANYMETER_PORT: "0",
    ANYMETER_TLS_PORT: "0",
    ANYMETER_DLMS_PUSH_PORT: "0",
    ANYMETER_ADMIN_TOKEN: token,
    ANYMETER_LOG_LEVEL: "error",
  });
}

async function delayAnswers({ control, neighbourhood }: ReadyLine): Promise<void> {
  for (const { name } of neighbourhood.meters) {
    const response = await fetch(`${control}/meters/${encodeURIComponent(name)}/faults`, {
      method: "PUT",
      body: JSON.stringify({ latency }),
    });
    if (!response.ok) throw new Error(await response.text());
  }
}

interface Answer extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly count: number;
  readonly results: readonly unknown[];
}
type Api = (path: string, body?: object) => Promise<Answer>;

function apiOf(address: string, token: string): Api {
  return async (path, body) => {
    const response = await fetch(`${address}${path}`, {
      method: body ? "POST" : "GET",
      headers: { authorization: `Token ${token}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  };
}
