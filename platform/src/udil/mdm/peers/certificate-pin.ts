import { X509Certificate } from "node:crypto";

/**
 * Which certificate is meant: by its SHA-256 in hexadecimal digits, with or without colons, or by the certificate in PEM.
 * @returns 64 lower-case hexadecimal digits; undefined when it is neither
 */
export function certificatePin(text: string): string | undefined {
  const digits = text.replace(/^sha-?256[:=\s]*/i, "").replace(/[:\s]/g, "");
  if (/^[0-9a-f]{64}$/i.test(digits)) return digits.toLowerCase();
  if (!text.includes("-----BEGIN CERTIFICATE-----")) return undefined;
  try {
    return new X509Certificate(text).fingerprint256.replaceAll(":", "").toLowerCase();
  } catch {
    return undefined;
  }
}
