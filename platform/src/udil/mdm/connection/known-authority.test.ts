/** `tls_verify` without a pin: certificates of known authorities, and no others. */
import assert from "node:assert/strict";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { loadCertificate } from "../../../certificate.ts";
import { cleanUpAfterTests } from "../../../stores/testing/clean-up.ts";
import { temporaryDirectory } from "../../../stores/testing/temporary-directory.ts";
import type { MdcFailure } from "./failures.ts";
import { createHttpsClient } from "./https-client.ts";

test("an MDC is asked when an authority that is known has signed its certificate, by the name it has there", async () => {
  const { cert, key } = await loadCertificate(temporaryDirectory(), {});
  let requests = 0;
  const server = createServer({ cert, key }, (_, outgoing) => {
    requests++;
    outgoing.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUpAfterTests(() => server.close());
  const { port } = server.address() as AddressInfo;
  const post = async (verify: boolean) => {
    const client = createHttpsClient({ baseUrl: `https://localhost:${port}`, verify });
    try {
      const body = new Uint8Array();
      return (await client.post({ path: "/events", headers: {}, body, milliseconds: 5_000 })).status;
    } finally {
      client.close();
    }
  };
  const isUntrusted = (error: MdcFailure) => error.code === "untrusted";
  const before = getCACertificates("default");
  try {
    await assert.rejects(post(true), isUntrusted);
    assert.equal(requests, 0, "it was told nothing");
    assert.equal(await post(false), 200);
    setDefaultCACertificates([...before, cert]);
    assert.equal(await post(true), 200);
  } finally {
    setDefaultCACertificates(before);
  }
});
