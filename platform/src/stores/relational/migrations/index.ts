import type { Migration } from "kysely/migration";
import { registry } from "./0001-registry.ts";
import { readings } from "./0002-readings.ts";
import { headEnd } from "./0003-head-end.ts";
import { columnarRemovals } from "./0004-columnar-removals.ts";
import { protocolSettings } from "./0005-protocol-settings.ts";
import { dlmsPush } from "./0006-dlms-push.ts";
import { commands } from "./0007-commands.ts";
import { udilMdc } from "./0008-udil-mdc.ts";
import { udilMdm } from "./0009-udil-mdm.ts";
import { profileRows } from "./0010-profile-rows.ts";
import { commandRetention } from "./0011-command-retention.ts";
import { commandCarriers } from "./0012-command-carriers.ts";
import { udilTransactions } from "./0013-udil-transactions.ts";

/**
 * Every migration of the relational store, applied in the order of their names. Forward only: a migration that was
 * released is never edited, a change is a new one. Each room adds its line here.
 */
export const relationalMigrations: Readonly<Record<string, Migration>> = {
  "0001-registry": registry,
  "0002-readings": readings,
  "0003-head-end": headEnd,
  "0004-columnar-removals": columnarRemovals,
  "0005-protocol-settings": protocolSettings,
  "0006-dlms-push": dlmsPush,
  "0007-commands": commands,
  "0008-udil-mdc": udilMdc,
  "0009-udil-mdm": udilMdm,
  "0010-profile-rows": profileRows,
  "0011-command-retention": commandRetention,
  "0012-command-carriers": commandCarriers,
  "0013-udil-transactions": udilTransactions,
};
