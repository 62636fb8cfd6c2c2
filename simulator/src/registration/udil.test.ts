import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { createFakePlatform, fakeToken } from "../testing/fake-platform.ts";
import { makeCertificate } from "../vendor-mdc/certificate.ts";
import type { VendorMdcDescription } from "../vendor-mdc/options.ts";
import { registerUdil } from "./udil.ts";

const mdcs = "/v1/udil/mdcs";
const client = { username: "mdm", password: "secret", code: "7" };

test("a vendor is registered once, and its certificate again when it has another one", async () => {
  const platform = createFakePlatform();
  const register = (certificate: string) =>
    registerUdil({
      ...{ baseUrl: "http://platform", token: fakeToken, fetch: platform.fetch, organization: "o" },
      ...{ client, vendors: [vendorWith(certificate)] },
    });
  const [one, other] = await Promise.all([makeCertificate("Jhelum", "127.0.0.1"), makeCertificate("Jhelum", "::1")]);
  await register(one.cert);
  const again = await register(one.cert);
  assert.deepEqual([again.created, again.changed], [0, 0]);
  const [mdc] = platform.rows(mdcs);
  assert.equal(mdc!.pinned_certificate, fingerprint(one.cert));
  assert.equal(mdc!.password, "p");
  const changed = await register(other.cert);
  assert.deepEqual([changed.created, changed.changed], [0, 1]);
  assert.equal(platform.rows(mdcs)[0]!.pinned_certificate, fingerprint(other.cert));
});

function fingerprint(certificate: string): string {
  return new X509Certificate(certificate).fingerprint256.replaceAll(":", "");
}

function vendorWith(certificate: string): VendorMdcDescription {
  return {
    ...{ name: "Jhelum", url: "https://127.0.0.1:1", version: "v1", format: "json", loadProfileEnergy: "abs" },
    ...{ timezone: "Asia/Karachi", username: "u", password: "p", code: "1", certificate, stock: [] },
    meters: [
      { global_device_id: "m1", msn: "3697000001", phase: 1, meter_type: 1, has_relay: true, customer: "household" },
    ],
  } as const;
}
