/** Ciphered content: the clear header byte by byte, and what is inside when the key opens it. */
import { hexFromBytes } from "@anymeter/sans-io";
import { DlmsError } from "../errors.ts";
import { SecurityContext } from "../security/context.ts";
import { countFrom } from "../security/invocation-counter.ts";
import { readSecurityHeader, securityControl, securityHeaderLength, unprotect } from "../security/protection.ts";
import { authenticationTagLength, checkSecuritySuite, securitySuites, systemTitleLength } from "../security/suites.ts";
import type { Apdu } from "../xdlms/apdu.ts";
import { encodeApdu } from "../xdlms/codec.ts";
import { type ExplainDlmsOptions, type ExplainedApdu, explainInside, insidePart } from "./explain-apdu.ts";
import type { FieldCursor, PartList } from "./field-cursor.ts";
import { TracingReader } from "./tracing-reader.ts";

/** Adds the length, the security header, the ciphertext and the tag. Returns what was inside, when it was opened. */
export function addCipheredContent(
  list: PartList,
  cursor: FieldCursor,
  apdu: Apdu,
  options: ExplainDlmsOptions,
): ExplainedApdu | undefined {
  const field = cursor.take()!;
  const content = field.value as Uint8Array;
  const start = field.end - content.length;
  list.add(field.offset, start, "length of the ciphered content", { value: content.length });
  if (content.length < securityHeaderLength) {
    list.fill(field.end, "ciphered content, too short for its security control and invocation counter");
    return undefined;
  }

  const reader = new TracingReader(cursor.bytes, start, field.end);
  const { control, invocationCounter } = readSecurityHeader(reader);
  list.add(start, start + 1, `security control: ${describeControl(control)}`);
  list.add(start + 1, reader.offset, "invocation counter", { value: invocationCounter });

  const tagged = (control & securityControl.authenticated) !== 0;
  const end = Math.max(field.end - (tagged ? authenticationTagLength : 0), reader.offset);
  const encrypted = (control & securityControl.encrypted) !== 0;
  const name = encrypted ? "ciphertext" : "APDU in the clear";
  const plain = encrypted || tagged ? openContent(apdu, control, options) : undefined;
  const origin = encrypted ? "deciphered" : "as it stands";
  let inner: ExplainedApdu | undefined;
  if (plain instanceof Uint8Array) {
    const inside = explainInside(plain, 0, plain.length, options);
    if (!(inside instanceof DlmsError)) inner = inside;
    const parts = inner?.parts ?? [{ offset: 0, length: plain.length, meaning: insidePart("APDU", inside)[0] }];
    list.add(reader.offset, end, name, { content: { origin, hex: hexFromBytes(plain), parts } });
  } else {
    const why = plain === undefined ? "no key given" : plain.message;
    list.add(reader.offset, end, `${name}, not opened: ${why}`);
  }
  const checked = inner !== undefined && options.authenticationKey !== undefined;
  list.add(end, field.end, checked ? "authentication tag, right" : "authentication tag, not checked", {
    value: hexFromBytes(cursor.bytes.subarray(end, field.end)),
  });
  return inner;
}

/** The plain APDU; the reason why it does not open; undefined without a key. */
function openContent(
  apdu: Apdu,
  control: number,
  { key, authenticationKey, systemTitle }: ExplainDlmsOptions,
): Uint8Array | DlmsError | undefined {
  if (key === undefined || apdu.type === "general-ciphering") return undefined;
  try {
    const context = new SecurityContext({
      suite: checkSecuritySuite(control & securityControl.suite),
      // No sender has this title, and nothing is sent under it.
      systemTitle: new Uint8Array(systemTitleLength),
      ...(systemTitle && { peerSystemTitle: systemTitle }),
      keys: {
        unicastEncryption: key,
        broadcastEncryption: key,
        dedicated: key,
        ...(authenticationKey && { authentication: authenticationKey }),
      },
      counter: countFrom(0),
    });
    return unprotect(encodeApdu(apdu), context).apdu;
  } catch (error) {
    if (error instanceof DlmsError) return error;
    throw error;
  }
}

/** "suite 0 (AES-GCM-128), authenticated and encrypted, global unicast key". */
function describeControl(control: number): string {
  const suite = control & securityControl.suite;
  const name = suite in securitySuites ? securitySuites[suite as keyof typeof securitySuites].name : "unknown";
  const protection = [
    ...(control & securityControl.authenticated ? ["authenticated"] : []),
    ...(control & securityControl.encrypted ? ["encrypted"] : []),
    ...(control & securityControl.compressed ? ["compressed"] : []),
  ];
  const key = control & securityControl.broadcast ? ", broadcast key" : "";
  return `suite ${suite} (${name}), ${protection.join(" and ") || "not protected"}${key}`;
}
