import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadCertificate } from "./certificate.ts";

test("a self-signed certificate is made once, fits its key, and is kept for its owner alone", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "anymeter-certificate-"));
  t.after(() => rm(directory, { recursive: true }));
  const made = await loadCertificate(directory, {});
  const certificate = new X509Certificate(made.cert);
  assert.ok(certificate.checkPrivateKey(createPrivateKey(made.key)));
  assert.equal(certificate.checkHost("localhost"), "localhost");
  assert.equal(certificate.checkIP("127.0.0.1"), "127.0.0.1");
  assert.ok(certificate.validToDate.getTime() > Date.now() + 9 * 365 * 86_400_000);
  assert.equal((await stat(join(directory, "tls", "self-signed.pem"))).mode & 0o777, 0o600);
  assert.deepEqual(await loadCertificate(directory, {}), made);
});

test("the operator's own files are taken, and missed when they are gone", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "anymeter-certificate-"));
  t.after(() => rm(directory, { recursive: true }));
  const own = { certificateFile: join(directory, "cert.pem"), keyFile: join(directory, "key.pem") };
  await writeFile(own.certificateFile, "CERT");
  await assert.rejects(loadCertificate(directory, own), { code: "ENOENT" });
  await writeFile(own.keyFile, "KEY");
  assert.deepEqual(await loadCertificate(directory, own), { cert: "CERT", key: "KEY" });
});
