/** What can be ordered of a meter: UDIL's commands by their newest names, and those that only v3 has. */
import type { UdilCommand } from "@anymeter/udil";

export type Order =
  | UdilCommand
  | { readonly name: "update_device_metadata"; readonly parameters: DeviceMetadata }
  | { readonly name: "on_demand_parameter_read"; readonly parameters: { readonly type: string } };

export type OrderName = Order["name"];

/** What was last ordered of a meter; instants. */
export interface LastOrder {
  readonly name: string;
  readonly at: number;
  readonly response?: string;
  readonly respondedAt?: number;
}

export interface DeviceMetadata {
  readonly communication_mode: number;
  readonly bidirectional_device: number;
  readonly communication_type: number;
  readonly communication_interval: number;
  readonly initial_communication_time: string;
}

/** Orders that the MDC carries out alone: nothing is sent to the meter. */
export const ordersOfTheMdc: ReadonlySet<OrderName> = new Set(["update_meter_status", "device_creation"]);
