import { sql } from "kysely";
import Type from "typebox";
import { computed, flag, integer, nullable, reference, text } from "../fields.ts";
import { held } from "../interface-blocks.ts";
import { everyOperation, type Resource } from "../resource.ts";

const hostExpression = sql`coalesce(nullif(t.fqdn, ''), t.static_ip_address, (select s.ip_address from sim_cards s where s.id = t.sim))`;

export const networkInterfaces: Resource = {
  name: "network-interfaces",
  path: "/v1/metering/network-interfaces",
  operationPrefix: "metering_network-interfaces",
  tag: "Network interfaces",
  singular: "network interface",
  plural: "network interfaces",
  about:
    "Where one or several meters are reached. An interface that can block serves one connection at a time: whoever talks over it holds its block.",
  schema: "NetworkInterface",
  table: "network_interfaces",
  id: "uuid",
  operations: everyOperation,
  ownership: "required",
  fields: {
    static_ip_address: text({
      ...{ most: 39, least: 1, nullable: true, format: "ip", title: "Static IP address" },
      description: "Overrides the address of the SIM card.",
    }),
    host: computed(
      nullable("string", {
        description:
          "Where to connect: the FQDN, otherwise the static IP address, otherwise the address of the SIM card.",
      }),
      hostExpression,
    ),
    fqdn: text({
      ...{ most: 200, nullable: true, title: "FQDN", pattern: "^[\\w.-]*$" },
      description: "Overrides every address; looked up by DNS. Ex: meter098765.mydomain.com",
    }),
    port: integer({ minimum: 0, nullable: true, title: "Port", description: "Port used for IP communication." }),
    sim: reference("sim_cards", { title: "Sim" }),
    can_block: flag({ title: "Can block", description: "It is possible to block the network interface." }),
    is_blocked: computed(Type.Boolean({ title: "Is blocked" }), held("t")),
    block_time: computed(
      nullable("string", { format: "date-time", title: "Block time", description: "Since when it is blocked." }),
      sql`case when ${held("t")} then t.block_time end`,
    ),
  },
  example: {
    organization: "6f1c7e0e-1f5b-4c7a-9d3e-2b8f4a6c0d11",
    fqdn: "meter098765.example.com",
    port: 4059,
    can_block: true,
  },
};
