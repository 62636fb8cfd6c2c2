import type { CommandTables } from "./tables/commands.ts";
import type { HeadEndTables } from "./tables/head-end.ts";
import type { ProfileRowTables } from "./tables/profile-rows.ts";
import type { ReadingTables } from "./tables/readings.ts";
import type { RegistryTables } from "./tables/registry.ts";
import type { UdilMdcTables } from "./tables/udil-mdc.ts";
import type { UdilMdmTables } from "./tables/udil-mdm.ts";

/** Every table of the relational store, for Kysely's type checks. One file of table types per room. */
export interface Database
  extends RegistryTables,
    ReadingTables,
    HeadEndTables,
    UdilMdcTables,
    UdilMdmTables,
    CommandTables,
    ProfileRowTables {}
