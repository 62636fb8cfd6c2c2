/** Starts the neighbourhood: feeders and pipes, customers, and a listening meter behind every service. */
import { dayOf } from "../calendar.ts";
import { DlmsMeter } from "../meters/dlms/dlms-meter.ts";
import { DialIn } from "../meters/dlms/push/dial-in.ts";
import { MeterPusher, type PushDestination } from "../meters/dlms/push/meter-pusher.ts";
import { lineOf } from "../meters/line.ts";
import { MeterServer } from "../meters/meter-server.ts";
import type { SimulatedMeter, Supply } from "../meters/simulated-meter.ts";
import type { JointFault } from "../physics/joint-faults.ts";
import { SupplyArea } from "../supply/supply-area.ts";
import { describeMeter, type MeterDescription, type NeighbourhoodDescription } from "./description.ts";
import { MemoryFile } from "./memory-file.ts";
import type { OtherMeter } from "./others.ts";
import { planNeighbourhood } from "./plan.ts";
import { type Resident, type ResidentSettings, residentsOf } from "./residents.ts";

export interface NeighbourhoodSettings {
  /** The same seed is the same neighbourhood with the same past. */
  readonly seed: number;
  /** How many DLMS meters. Default 60. */
  readonly meters?: number;
  /** The meters of other protocols, which change nothing for the DLMS ones. Default none; `otherMeters` has them all. */
  readonly others?: readonly OtherMeter[];
  /** Where meters listen. Default 127.0.0.1. */
  readonly host?: string;
  /** Port of the first meter, the others follow; 0 (the default) = any free ports. A port that is taken is replaced. */
  readonly startPort?: number;
  /** True time in milliseconds UTC. Default Date.now. */
  readonly clock?: () => number;
  /** Days of load profile behind now. Default 30. */
  readonly historyDays?: number;
  /** Seconds of a load profile's period; divides a day. Default 900. */
  readonly capturePeriod?: number;
  /** File that remembers ports, set clocks and counters across restarts; absent = nothing is remembered. */
  readonly memoryFile?: string;
  /**
   * Where DLMS meters push to, and where those connect to that cannot be called. Default nowhere: no meter pushes, and
   * every meter listens.
   */
  readonly pushTo?: PushDestination;
  /** Joints that fail, by number of the DLMS meter. */
  readonly jointFaults?: Readonly<Record<number, readonly JointFault[]>>;
}

export interface Neighbourhood {
  /** The DLMS meters, then the others. */
  readonly meters: readonly NeighbourhoodMeter[];
  readonly dlmsMeters: readonly NeighbourhoodMeter<DlmsMeter>[];
  /** Everything a client needs to register the meters, as JSON. */
  readonly description: NeighbourhoodDescription;
  /**
   * Computes the history ahead of the first reads, newest days first, in steps that leave the meters answering. Without it
   * a day is computed when it is first read. Resolves when all is done or the neighbourhood is closed.
   */
  prepare(): Promise<void>;
  /** Closes every connection and port, and writes the memory. */
  close(): Promise<void>;
}

export interface NeighbourhoodMeter<Device extends SimulatedMeter = SimulatedMeter> extends MeterDescription {
  /** The meter behind the socket, for tests and for truth. */
  readonly device: Device;
  /** What it measures. */
  readonly supply: Supply;
  readonly faults: Device["faults"];
  /** Open connections to its line. */
  connections(): number;
  /** Drops the line's connections and refuses new ones for so many milliseconds. */
  reboot(duration: number): void;
  /** Replaces the faults of the joints in front of this meter. Throws a RangeError when it measures no electricity. */
  setJointFaults(faults: readonly JointFault[]): void;
}

/** Resolves when every meter listens. Rejects when the host cannot be listened on or the memory file is another's. */
export async function startNeighbourhood(settings: NeighbourhoodSettings): Promise<Neighbourhood> {
  const { seed, clock = Date.now, historyDays = 30, capturePeriod = 900, startPort = 0, host = "127.0.0.1" } = settings;
  if (capturePeriod < 60 || 86_400 % capturePeriod !== 0) {
    throw new RangeError(`a capture period of ${capturePeriod} s is not at least a minute and a part of a day`);
  }
  const plan = planNeighbourhood(seed, settings.meters ?? 60, capturePeriod / 60, settings.others);
  const memory = new MemoryFile(settings.memoryFile, seed);
  const world: ResidentSettings = {
    ...{ plan, areas: plan.areas.map((area) => new SupplyArea(area)), now: clock, historyDays, capturePeriod },
    ...{ memory: memory.meter, jointFaults: settings.jointFaults ?? {}, canDialIn: settings.pushTo !== undefined },
  };
  const lines = [...linesOf(residentsOf(world))];
  const started = await Promise.all(
    lines.map(async ([name, residents], index) => {
      const server = new MeterServer(lineOf(residents.map(({ meter }) => meter)));
      if (residents.some(({ meter }) => meter.registration.dialsIn)) {
        return residents.map((resident) => neighbourhoodMeter(resident, server, host, 0));
      }
      const port = await listen(server, host, memory.port(name) ?? (startPort === 0 ? 0 : startPort + index));
      memory.setPort(name, port);
      return residents.map((resident) => neighbourhoodMeter(resident, server, host, port));
    }),
  );
  memory.flush();
  const meters = started.flat();
  const pushing = settings.pushTo ? startPushing(meters, settings.pushTo) : [];
  let closed = false;
  return {
    meters: meters.map(({ meter }) => meter),
    dlmsMeters: meters.map(({ meter }) => meter).filter(isDlms),
    description: { seed, historyDays, capturePeriod, meters: meters.map(({ description }) => description) },
    prepare: () => prepare(meters, dayOf(clock()), historyDays, () => closed),
    async close() {
      closed = true;
      for (const meter of pushing) meter.stop();
      await Promise.all([...new Set(meters.map(({ server }) => server))].map((server) => server.close()));
      memory.flush();
    },
  };
}

/** Residents by the name of their line, in the order of their first. */
function linesOf(residents: readonly Resident[]): ReadonlyMap<string, readonly Resident[]> {
  return Map.groupBy(residents, ({ gateway, meter }) => gateway ?? meter.identity.serial);
}

function neighbourhoodMeter(
  { meter: device, supply, truth }: Resident,
  server: MeterServer,
  host: string,
  port: number,
) {
  const description = describeMeter(device, host, port, truth);
  const meter: NeighbourhoodMeter = {
    ...description,
    ...{ device, supply, faults: device.faults },
    connections: () => server.connections,
    reboot: (duration) => server.reboot(duration),
    setJointFaults: (faults) => {
      if (supply.medium !== "electricity") throw new RangeError(`${meter.name} measures ${supply.medium}`);
      supply.setJointFaults(faults);
    },
  };
  return { meter, description, server };
}

/** The meters whose make pushes, spread over the first seconds, and those that dial in. */
function startPushing(
  meters: readonly { readonly meter: NeighbourhoodMeter; readonly server: MeterServer }[],
  pushTo: PushDestination,
): readonly { stop(): void }[] {
  return meters.flatMap(({ meter: { device }, server }, index): readonly { stop(): void }[] => {
    if (!(device instanceof DlmsMeter)) return [];
    if (device.registration.dialsIn) {
      const dialIn = new DialIn(device, server, pushTo);
      dialIn.start();
      return [dialIn];
    }
    const habit = device.make.push?.value;
    if (!habit) return [];
    const pusher = new MeterPusher(device, habit, pushTo);
    device.pushNow = () => void pusher.push();
    pusher.start(firstPushMilliseconds + index * pushSpreadMilliseconds);
    return [pusher];
  });
}

/** A head-end that starts beside the neighbourhood needs some seconds to know its meters. */
const firstPushMilliseconds = 20_000;
const pushSpreadMilliseconds = 500;

function isDlms(meter: NeighbourhoodMeter): meter is NeighbourhoodMeter<DlmsMeter> {
  return meter.device instanceof DlmsMeter;
}

async function prepare(
  meters: readonly { readonly meter: NeighbourhoodMeter }[],
  today: number,
  days: number,
  isClosed: () => boolean,
): Promise<void> {
  const preparing = meters.map(({ meter }) => meter.device).filter((device) => device.prepareDay !== undefined);
  for (let day = today; day >= today - days; day--) {
    for (const device of preparing) {
      device.prepareDay?.(day);
      await new Promise((resolve) => setImmediate(resolve));
      if (isClosed()) return;
    }
  }
}

/** A port that is taken is replaced by any free one. */
function listen(server: MeterServer, host: string, port: number): Promise<number> {
  return server.listen(host, port).catch((error: NodeJS.ErrnoException) => {
    if (port === 0 || error.code !== "EADDRINUSE") throw error;
    return server.listen(host, 0);
  });
}
