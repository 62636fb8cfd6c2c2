/** Profiles of meters behind UDIL's tables (COSEM class 7): where a table's rows are kept. */
import type { UdilTable } from "../tables/tables.ts";

export interface TableProfile {
  readonly table: UdilTable;
  /** Best first. */
  readonly standard: readonly string[];
  readonly vendorA?: readonly string[];
  readonly vendorB?: readonly string[];
}

export const tableProfiles: readonly TableProfile[] = [
  {
    table: "INST",
    standard: [],
    vendorA: ["1.0.94.92.10.255", "1.0.99.1.1.255"],
    vendorB: ["1.0.99.2.0.255"],
  },
  { table: "LPRO", standard: ["1.0.99.1.0.255"], vendorB: ["1.0.99.1.0.255", "1.0.99.128.0.255"] },
  { table: "BILL", standard: ["1.0.98.2.0.255", "1.0.99.2.0.255"], vendorA: ["1.0.99.2.0.255"] },
  { table: "MBIL", standard: ["1.0.98.1.0.255"] },
  {
    table: "EVNT",
    standard: ["0.0.99.98.0.255", "0.0.99.98.1.255", "0.0.99.98.2.255", "0.0.99.98.3.255", "0.0.99.98.4.255"],
    vendorA: ["1.0.99.98.0.255"],
  },
];
