/**
 * Registers both sides of UDIL with a platform through its public API: a client that reads and commands the neighbourhood's
 * meters as an MDM does, and the vendors whose MDCs and meters the platform reads and commands. Doing it again adds nothing.
 */
import { X509Certificate } from "node:crypto";
import type { VendorMdcDescription } from "../vendor-mdc/vendor-mdc.ts";
import { ApiClient, type ApiRow, type ApiSettings } from "./api-client.ts";
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
  const registration = new UdilRegistration(new ApiClient(settings), organization);
  await registration.ensureClient(client);
  for (const vendor of vendors) await registration.ensureVendor(vendor);
  return registration.tally;
}

const paths = {
  clients: "/v1/udil/mdm-clients",
  mdcs: "/v1/udil/mdcs",
  series: "/v1/metering/meter-reading-series",
  configs: "/v1/metering/meter-device-configs",
  types: "/v1/metering/meter-device-types",
  devices: "/v1/metering/meter-devices",
};

class UdilRegistration {
  readonly tally: Tally = { created: 0, changed: 0, unchanged: 0 };
  readonly #api: ApiClient;
  readonly #organization: string;

  constructor(api: ApiClient, organization: string) {
    this.#api = api;
    this.#organization = organization;
  }

  /** A password is never returned: one that is there is taken as right. */
  async ensureClient({ password, ...identity }: UdilRegistrationSettings["client"]): Promise<void> {
    const existing = await this.#named("clients", "Demo MDM");
    await this.#ensure("clients", existing, {
      ...{ name: "Demo MDM", ...identity, version: "v1", timezone: clientZone },
      ...(existing ? {} : { password }),
    });
  }

  /** The vendor's MDC, a type of its meters, and the meters it has in service. */
  async ensureVendor(vendor: VendorMdcDescription): Promise<void> {
    const { name, timezone, version, format } = vendor;
    const series = (await this.#own("series"))
      .filter((row) => isElectricity.test(String(row.name)))
      .map(({ id }) => id);
    const config = await this.#ensure("configs", await this.#named("configs", name), { name, timezone, series });
    const type = await this.#ensure("types", await this.#named("types", name), {
      ...{ name, manufacturer: name, manufacturer_model: "AMI", config: config.id },
      description: `Meters behind the MDC of ${name}, UDIL ${version}`,
    });
    const known = await this.#named("mdcs", name);
    const mdc = await this.#ensure("mdcs", known, {
      ...{ name, base_url: vendor.url, username: vendor.username, code: vendor.code, version, format, timezone },
      ...{ device_type: type.id, poll_interval_seconds: 15, tls_verify: false },
      switches: { load_profile_energy: vendor.loadProfileEnergy },
      // A vendor that lost its memory has another one.
      pinned_certificate: new X509Certificate(vendor.certificate).fingerprint256.replaceAll(":", ""),
      ...(known ? {} : { password: vendor.password }),
    });
    const devices = await this.#own("devices");
    for (const { global_device_id, msn, has_relay } of vendor.meters) {
      const existing = devices.find((device) => device.global_device_id === global_device_id);
      await this.#ensure("devices", existing, {
        ...{ global_device_id, msn, protocol: "udil", udil_mdc: mdc.id, type: type.id, has_disconnector: has_relay },
        ...(existing ? {} : { name: `${name} ${msn}`, manufacturer_serial: msn }),
      });
    }
    await this.#api.post(`${paths.mdcs}/${mdc.id}/poll`, {});
  }

  async #named(resource: keyof typeof paths, name: string): Promise<ApiRow | undefined> {
    return (await this.#own(resource)).find((row) => row.name === name);
  }

  async #own(resource: keyof typeof paths): Promise<readonly ApiRow[]> {
    return (await this.#api.list(paths[resource])).filter((row) => row.organization === this.#organization);
  }

  #ensure(resource: keyof typeof paths, existing: ApiRow | undefined, wanted: Readonly<Record<string, unknown>>) {
    const row = { organization: this.#organization, ...wanted };
    return ensure(this.#api, this.tally, paths[resource], existing, row);
  }
}

const isElectricity = /^1-0:\d+\.\d+\.\d+$/;
/** That of UDIL's country, which never says one on the wire. */
const clientZone = "Asia/Karachi";
