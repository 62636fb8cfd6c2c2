/** The certificate of the HTTPS listener: the operator's own, or a self-signed one that is made once and kept. */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
}

const validityYears = 10;

/**
 * @param own files given by the operator; absent = `<dataDirectory>/tls/`, made at first use
 * @throws when the operator's files cannot be read: starting without the certificate they chose would be worse
 */
export async function loadCertificate(
  dataDirectory: string,
  own: { readonly certificateFile?: string; readonly keyFile?: string },
): Promise<Certificate> {
  if (own.certificateFile !== undefined && own.keyFile !== undefined) {
    return { cert: await readFile(own.certificateFile, "utf8"), key: await readFile(own.keyFile, "utf8") };
  }
  const directory = join(dataDirectory, "tls");
  const file = join(directory, "self-signed.pem");
  const kept = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (kept !== undefined) return split(kept);
  const made = await makeSelfSigned();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  // One file, renamed into place: a key is never kept without its certificate.
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, made.key + made.cert, { mode: 0o600 });
  await rename(draft, file);
  return made;
}

async function makeSelfSigned(): Promise<Certificate> {
  const notAfterDate = new Date();
  notAfterDate.setFullYear(notAfterDate.getFullYear() + validityYears);
  const made = await generate([{ name: "commonName", value: "Anymeter" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notAfterDate,
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
          { type: 7, ip: "::1" },
        ],
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}

function split(pem: string): Certificate {
  const boundary = pem.indexOf("-----BEGIN CERTIFICATE-----");
  return { key: pem.slice(0, boundary), cert: pem.slice(boundary) };
}
