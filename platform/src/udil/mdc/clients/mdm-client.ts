import type { Selectable } from "kysely";
import type { UdilMdmClientTable } from "../../../stores/relational/tables/udil-mdc.ts";

/** Where a client departs from its version; the resource says what each means. */
export interface MdmClientSwitches {
  readonly zero_dates?: boolean;
  readonly event_counter?: boolean;
  readonly coarse_event_codes?: boolean;
  readonly long_sampling?: boolean;
  readonly load_profile_energy?: "abs" | "pos";
  readonly reads_by?: "meter_datetime" | "db_datetime";
  readonly unknown_transaction_404?: boolean;
}

/** A client as a request of it needs to know it. */
export interface MdmClient
  extends Pick<Selectable<UdilMdmClientTable>, "id" | "organization" | "name" | "version" | "format" | "timezone"> {
  /** Key of the organization in the columnar store. */
  readonly organizationNumber: number;
  readonly switches: MdmClientSwitches;
}
