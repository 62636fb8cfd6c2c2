/** Buses and lines for tests, from a few words. */
import { MbusClient } from "../client.ts";
import { MbusBus, type MbusSlave } from "../server/bus.ts";
import { MbusGatewaySession } from "../server/gateway-session.ts";
import { type MbusDevice, type SlaveHabits, SlaveStation } from "../server/slave-station.ts";
import type { MbusClientSettings } from "../settings.ts";
import { BusLine, type WayHabits } from "./bus-line.ts";

/** Meters, and slaves that are written out. */
export function busOf(
  slaves: readonly (MbusSlave | { readonly device: MbusDevice; readonly habits?: SlaveHabits })[],
): MbusBus {
  return new MbusBus(slaves.map((slave) => ("hear" in slave ? slave : new SlaveStation(slave.device, slave.habits))));
}

/** A line to a bus, or to one of these devices, with what differs from the usual behind them. */
export function lineTo(...parts: readonly (MbusBus | MbusDevice | WayHabits | MbusClientSettings)[]): ClientLine {
  const devices = parts.filter((part) => "telegrams" in part);
  const bus = parts.find((part) => part instanceof MbusBus) ?? busOf(devices.map((device) => ({ device })));
  const [way = {}, settings = {}] = parts.filter((part) => !("telegrams" in part) && !(part instanceof MbusBus));
  return new ClientLine(new MbusClient(settings as MbusClientSettings), bus, way as WayHabits);
}

export class ClientLine extends BusLine {
  readonly client: MbusClient;

  constructor(client: MbusClient, bus: MbusBus, way: WayHabits) {
    super(client, new MbusGatewaySession(bus), way);
    this.client = client;
  }
}
