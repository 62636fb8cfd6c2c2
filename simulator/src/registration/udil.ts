/**
 * Registers both sides of UDIL with a platform through its public API: a client that reads and commands the neighbourhood's
 * meters as an MDM does, and the vendors whose MDCs the platform reads and commands. Doing it again adds nothing.
 */
import type { VendorMdcDescription } from "../vendor-mdc/vendor-mdc.ts";
import { ApiClient, type ApiSettings } from "./api-client.ts";
import { ensure, type Tally } from "./ensure.ts";

export interface UdilRegistrationSettings extends ApiSettings {
  /** Id of the organization that owns the meters. */
  readonly organization: string;
  /** What the MDM client authorises itself with. */
  readonly client: { readonly username: string; readonly password: string; readonly code: string };
  readonly vendors: readonly VendorMdcDescription[];
}

/** Rejects with an `ApiError` that names the request the platform refused. */
export async function registerUdil({
  organization,
  client,
  vendors,
  ...settings
}: UdilRegistrationSettings): Promise<Readonly<Tally>> {
  const api = new ApiClient(settings);
  const tally: Tally = { created: 0, changed: 0, unchanged: 0 };
  const own = async (path: string) => (await api.list(path)).filter((row) => row.organization === organization);
  const [clients, mdcs] = await Promise.all([own(mdmClients), own(vendorMdcs)]);
  const { password, ...identity } = client;
  const name = "Demo MDM";
  const existing = clients.find((row) => row.name === name);
  // A password is never returned: one that is there is taken as right.
  await ensure(api, tally, mdmClients, existing, {
    ...{ organization, name, ...identity, version: "v1", timezone: zone },
    ...(existing ? {} : { password }),
  });
  for (const vendor of vendors) {
    const known = mdcs.find((row) => row.name === vendor.name);
    await ensure(api, tally, vendorMdcs, known, {
      organization,
      name: vendor.name,
      base_url: vendor.url,
      username: vendor.username,
      code: vendor.code,
      version: vendor.version,
      format: vendor.format,
      timezone: vendor.timezone,
      poll_interval_seconds: 15,
      tls_verify: false,
      ...(known ? {} : { password: vendor.password, pinned_certificate: vendor.certificate }),
    });
  }
  return tally;
}

const mdmClients = "/v1/udil/mdm-clients";
const vendorMdcs = "/v1/udil/mdcs";
/** That of UDIL's country, which never says one on the wire. */
const zone = "Asia/Karachi";
