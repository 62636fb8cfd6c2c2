import { type RawBuilder, sql } from "kysely";

/**
 * The network over which an interface is called, as an SQL expression over aliases `i` (network_interfaces) and `s`
 * (sim_cards). A network is what shares one fate and one ceiling: the domain of an FQDN, else the first half of an IPv4
 * address (the operator's APN hands out such blocks), else the first two groups of an IPv6 address; always inside one
 * organization. Interfaces without an address are the network `none`, where runs fail at once.
 */
export const networkName: RawBuilder<string> = sql<string>`case
  when coalesce(i.fqdn, '') <> '' then
    case when strpos(i.fqdn, '.') > 0 then lower(substr(i.fqdn, strpos(i.fqdn, '.') + 1)) else lower(i.fqdn) end
  when coalesce(nullif(i.static_ip_address, ''), s.ip_address) like '%:%' then
    split_part(coalesce(nullif(i.static_ip_address, ''), s.ip_address), ':', 1) || ':' ||
    split_part(coalesce(nullif(i.static_ip_address, ''), s.ip_address), ':', 2)
  when coalesce(nullif(i.static_ip_address, ''), s.ip_address, '') <> '' then
    split_part(coalesce(nullif(i.static_ip_address, ''), s.ip_address), '.', 1) || '.' ||
    split_part(coalesce(nullif(i.static_ip_address, ''), s.ip_address), '.', 2)
  else 'none' end`;

/** Joins the interface (`i`) and SIM card (`s`) of the devices `d`, of which `networkName` speaks. */
export const interfaceOfDevice: RawBuilder<unknown> = sql`
  left join network_interfaces i on i.id = d.network_interface
  left join sim_cards s on s.id = i.sim`;

/** Joins the network (`n`) over which the devices `d` are called; it must have been made (`ensureNetworks`). */
export const networkOfDevice: RawBuilder<unknown> = sql`${interfaceOfDevice}
  join amr_networks n on n.organization = d.organization and n.name = ${networkName}`;
