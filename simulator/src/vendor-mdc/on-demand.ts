/** What a read on demand finds, out of the meter's own memory: also what never reached the MDC's tables. */
import type { OnDemandType } from "@anymeter/udil";
import type { Collector } from "./collection/collector.ts";
import type { Order } from "./meters/orders.ts";
import type { VendorMeter } from "./meters/vendor-meter.ts";
import type { ReadResult } from "./transactions/transaction.ts";

export interface OnDemandRead {
  readonly meter: VendorMeter;
  readonly order: Order;
  /** True time; the meter has lived up to it. */
  readonly at: number;
  /** What the MDC's clock shows. */
  readonly mdcTime: number;
  readonly collector: Collector;
  readonly visuals: (meter: VendorMeter) => string[];
}

/** undefined: the order reads nothing. */
export function readOnDemand({ meter, order, at, mdcTime, collector, visuals }: OnDemandRead): ReadResult | undefined {
  if (order.name === "on_demand_parameter_read") return parameters(order.parameters.type, collector, visuals(meter));
  if (order.name !== "on_demand_read") return undefined;
  const { type, start_datetime, end_datetime } = order.parameters;
  collector.noteContact(meter, mdcTime);
  const { names } = collector.form(type);
  if (type === "VISL") return { names, records: [visuals(meter)] };
  const [from, to] = type === "INST" ? instant(meter) : [instantOf(start_datetime), instantOf(end_datetime)];
  const rows = collector.readMeter(meter, type satisfies Exclude<OnDemandType, "VISL">, from, to, at);
  const numbers = rows.map(({ number }) => number);
  return { names, records: rows.map(({ texts }) => texts), of: { table: type, numbers } };
}

/** A row of now, and the time it has. */
function instant(meter: VendorMeter): [number, number] {
  meter.keepInstantaneous();
  const second = Math.floor(meter.clockAt(meter.at) / 1000) * 1000;
  return [second, second];
}

/** Columns of METER_VISUALS that belong to a group of parameters. */
function parameters(type: string, collector: Collector, texts: readonly string[]): ReadResult {
  const { names } = collector.form("VISL");
  const prefix = prefixes[type] ?? `${type.toLowerCase()}_`;
  const columns = names.flatMap((name, column) =>
    identity.has(name) || name.startsWith(prefix) ? [{ name, text: texts[column]! }] : [],
  );
  return { names: columns.map(({ name }) => name), records: [columns.map(({ text }) => text)] };
}

function instantOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

const identity = new Set(["global_device_id", "msn"]);
const prefixes: Readonly<Record<string, string>> = { MDI: "mdi_reset_" };
