/** The tables of UDIL, per version: their columns in printed order. What reads, writes or stores rows goes by them. */
import { type UdilVersion, udilVersions } from "../versions.ts";
import { billingFields, monthlyBillingFields } from "./billing.ts";
import { communicationHistoryFields } from "./communication-history.ts";
import { eventFields } from "./events.ts";
import type { UdilField } from "./field.ts";
import { instantaneousFields } from "./instantaneous.ts";
import { loadProfileFields } from "./load-profile.ts";
import { transactionStatusFields } from "./transaction-status.ts";
import { visualsFields } from "./visuals.ts";

/** Tables of rows, by UDIL's codes; DCH, the history of contacts, is of v3 only. */
export const udilTableIds = ["INST", "BILL", "MBIL", "LPRO", "EVNT", "VISL", "DCH"] as const;
export type UdilTable = (typeof udilTableIds)[number];
export type UdilTableId = UdilTable | "TRANSACTION_STATUS";

/**
 * A row, whatever the version it came in or goes out: names of v3.3 (`modelFields`), instants in milliseconds since 1970
 * UTC, decimals and long integers as text, other integers as numbers. What is not known is not there.
 */
export interface UdilRow {
  readonly [field: string]: string | number | undefined;
}

export interface UdilTableDeclaration {
  readonly id: UdilTableId;
  /** The table's printed name. */
  readonly name: string;
  readonly title: string;
  readonly fields: readonly UdilField[];
  /** Model names of the fields that tell rows apart. */
  readonly key: readonly string[];
  /** Model name of the field that says when the row is of. */
  readonly time: string;
}

interface TableEntry {
  readonly name: string;
  readonly title: string;
  readonly time: string;
  readonly fields: readonly UdilField[];
}

const entries: Readonly<Record<UdilTableId, TableEntry>> = {
  INST: {
    name: "INSTANTANEOUS_DATA",
    title: "Instantaneous data",
    time: "meter_datetime",
    fields: instantaneousFields,
  },
  BILL: { name: "BILLING_DATA", title: "Billing data", time: "meter_datetime", fields: billingFields },
  MBIL: {
    name: "MONTHLY_BILLING_DATA",
    title: "Monthly billing data",
    time: "meter_datetime",
    fields: monthlyBillingFields,
  },
  LPRO: { name: "LOAD_PROFILE_DATA", title: "Load profile", time: "meter_datetime", fields: loadProfileFields },
  EVNT: { name: "EVENTS", title: "Events", time: "event_datetime", fields: eventFields },
  VISL: { name: "METER_VISUALS", title: "Meter visuals", time: "meter_datetime", fields: visualsFields },
  DCH: {
    name: "DEVICE_COMMUNICATION_HISTORY",
    title: "Device communication history",
    time: "mdc_read_datetime",
    fields: communicationHistoryFields,
  },
  TRANSACTION_STATUS: {
    name: "TRANSACTION_STATUS",
    title: "Transaction status",
    time: "command_receiving_datetime",
    fields: transactionStatusFields,
  },
};

export type UdilTablesOfVersion = { readonly [Table in UdilTableId]: UdilTableDeclaration };

/** By version and code. DCH of v1 has no fields. */
export const udilTables: Readonly<Record<UdilVersion, UdilTablesOfVersion>> = {
  v1: tablesOf("v1"),
  "v3.2": tablesOf("v3.2"),
  "v3.3": tablesOf("v3.3"),
};

/** What a `UdilRow` may have: the fields of v3.3, and after them those that only v1 knows. */
export const modelFields: Readonly<Record<UdilTableId, readonly UdilField[]>> = Object.fromEntries(
  Object.entries(entries).map(([id, { fields }]) => [id, modelOf(fields)]),
) as Record<UdilTableId, readonly UdilField[]>;

function tablesOf(version: UdilVersion): UdilTablesOfVersion {
  const tables = Object.entries(entries).map(([id, { fields: all, ...entry }]) => {
    const fields = all.filter(({ versions }) => versions.includes(version));
    const key = fields.filter((field) => field.key).map(({ model }) => model);
    return [id, { id: id as UdilTableId, ...entry, fields, key }];
  });
  return Object.fromEntries(tables) as UdilTablesOfVersion;
}

function modelOf(fields: readonly UdilField[]): readonly UdilField[] {
  const models = new Map<string, UdilField>();
  for (const version of udilVersions.toReversed()) {
    for (const field of fields) {
      if (field.versions.includes(version) && !models.has(field.model)) models.set(field.model, field);
    }
  }
  return [...models.values()];
}
