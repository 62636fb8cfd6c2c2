import { text } from "../fields.ts";
import { equals } from "../filters.ts";
import { everyOperation, type Resource } from "../resource.ts";

const digits = "^[0123456789]*$";

export const simCards: Resource = {
  name: "sim-cards",
  path: "/v1/metering/sim-cards",
  operationPrefix: "metering_sim-cards",
  tag: "SIM cards",
  singular: "sim card",
  plural: "sim cards",
  about: "A SIM card whose address may stand in for that of the network interfaces that use it.",
  schema: "SimCard",
  table: "sim_cards",
  id: "uuid",
  operations: everyOperation,
  ownership: "optional",
  fields: {
    iccid: text({ most: 20, required: true, pattern: digits, title: "ICCID" }),
    imsi: text({ most: 15, required: true, pattern: digits, title: "IMSI" }),
    ip_address: text({ most: 39, least: 1, nullable: true, format: "ip", title: "IP address" }),
    phone_number: text({ most: 30, least: 1, nullable: true, title: "Telephone number" }),
    external_system_link: text({
      ...{ most: 200, least: 1, nullable: true, format: "uri" },
      title: "External system link",
      pattern: "^(?:[Hh][Tt][Tt][Pp][Ss]?|[Ff][Tt][Pp][Ss]?)://",
      description: "Link to external system for management of the SIM",
    }),
  },
  filters: { iccid: equals("iccid"), imsi: equals("imsi") },
  unique: [
    ["organization", "iccid"],
    ["organization", "imsi"],
  ],
  example: { iccid: "89460000000000000001", imsi: "240010000000001", ip_address: "10.20.30.40" },
};
