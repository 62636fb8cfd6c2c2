/** Starts the neighbourhood: feeders, customers, and a listening meter behind every service. */
import { dayOf } from "../calendar.ts";
import { DlmsMeter } from "../meters/dlms/dlms-meter.ts";
import type { FaultSwitches } from "../meters/dlms/faults.ts";
import { MeterServer } from "../meters/dlms/meter-server.ts";
import type { JointFault } from "../physics/joint-faults.ts";
import { SupplyArea } from "../supply/supply-area.ts";
import { SupplyPoint } from "../supply/supply-point.ts";
import { describeMeter, type MeterDescription, type NeighbourhoodDescription } from "./description.ts";
import { MemoryFile } from "./memory-file.ts";
import { type MeterPlan, planNeighbourhood } from "./plan.ts";

export interface NeighbourhoodSettings {
  /** The same seed is the same neighbourhood with the same past. */
  readonly seed: number;
  /** Default 60. */
  readonly meters?: number;
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
  /** Joints that fail, by meter number. */
  readonly jointFaults?: Readonly<Record<number, readonly JointFault[]>>;
}

export interface Neighbourhood {
  readonly meters: readonly NeighbourhoodMeter[];
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

export interface NeighbourhoodMeter extends MeterDescription {
  /** The meter behind the socket, for tests and for truth. */
  readonly device: DlmsMeter;
  readonly faults: FaultSwitches;
  /** Open connections. */
  connections(): number;
  /** Drops connections and refuses new ones for so many milliseconds. */
  reboot(duration: number): void;
  /** Replaces the faults of the joints in front of this meter. */
  setJointFaults(faults: readonly JointFault[]): void;
}

/** Resolves when every meter listens. Rejects when the host cannot be listened on or the memory file is another's. */
export async function startNeighbourhood(settings: NeighbourhoodSettings): Promise<Neighbourhood> {
  const { seed, historyDays = 30, capturePeriod = 900, startPort = 0, host = "127.0.0.1" } = settings;
  if (capturePeriod < 60 || 86_400 % capturePeriod !== 0) {
    throw new RangeError(`a capture period of ${capturePeriod} s is not at least a minute and a part of a day`);
  }
  const plan = planNeighbourhood(seed, settings.meters ?? 60, capturePeriod / 60);
  const areas = plan.areas.map((area) => new SupplyArea(area));
  const memory = new MemoryFile(settings.memoryFile, seed);
  const started = await Promise.all(
    plan.meters.map(async (meterPlan) => {
      const area = areas[meterPlan.area]!;
      const supply = new SupplyPoint(area, meterPlan.service);
      supply.setJointFaults(settings.jointFaults?.[meterPlan.number] ?? []);
      const device = makeDevice(meterPlan, supply, settings, memory);
      const server = new MeterServer(device);
      const port = await listen(
        server,
        host,
        portOf(meterPlan, memory, startPort),
        memory.meter(device.identity.serial),
      );
      const description = describeMeter(device, meterPlan, plan.areas[meterPlan.area]!.feeder, host, port);
      return { device, server, supply, description };
    }),
  );
  memory.remember("now");
  let closed = false;
  return {
    meters: started.map(({ device, server, supply, description }) => ({
      ...description,
      device,
      faults: device.faults,
      connections: () => server.connections,
      reboot: (duration) => server.reboot(duration),
      setJointFaults: (faults) => supply.setJointFaults(faults),
    })),
    description: { seed, historyDays, capturePeriod, meters: started.map(({ description }) => description) },
    prepare: () => prepare(started, dayOf((settings.clock ?? Date.now)()), historyDays, () => closed),
    async close() {
      closed = true;
      await Promise.all(started.map(({ server }) => server.close()));
      memory.flush();
    },
  };
}

async function prepare(
  meters: readonly { readonly device: DlmsMeter }[],
  today: number,
  days: number,
  isClosed: () => boolean,
): Promise<void> {
  for (let day = today; day >= today - days; day--) {
    for (const { device } of meters) {
      device.prepareDay(day);
      await new Promise((resolve) => setImmediate(resolve));
      if (isClosed()) return;
    }
  }
}

function makeDevice(
  plan: MeterPlan,
  supply: SupplyPoint,
  { clock = Date.now, historyDays = 30, capturePeriod = 900 }: NeighbourhoodSettings,
  memory: MemoryFile,
): DlmsMeter {
  const device = new DlmsMeter({
    make: plan.make,
    identity: plan.identity,
    supply,
    now: clock,
    seed: plan.seed,
    clockError: plan.clockError,
    memory: memory.meter(plan.identity.serial),
    remember: (urgency) => memory.remember(urgency),
    historyDays,
    capturePeriod,
  });
  device.faults.set(plan.faults);
  return device;
}

/** A meter keeps the port it had; a new one takes its place in the row. */
function portOf({ number, identity }: MeterPlan, memory: MemoryFile, startPort: number): number {
  return memory.meter(identity.serial).port ?? (startPort === 0 ? 0 : startPort + number);
}

async function listen(server: MeterServer, host: string, port: number, memory: { port?: number }): Promise<number> {
  memory.port = await server.listen(host, port).catch((error: NodeJS.ErrnoException) => {
    if (port === 0 || error.code !== "EADDRINUSE") throw error;
    return server.listen(host, 0);
  });
  return memory.port;
}
