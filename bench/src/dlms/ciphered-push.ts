/**
 * How many ciphered pushes one core opens and decodes: general-glo-ciphering, suite 0, authenticated and encrypted,
 * around the data-notification of a three-phase meter. The limit is AES-GCM alone, in node:crypto, over the same bytes:
 * no parsing, no counter check, no decoding.
 */
import { createDecipheriv, createSecretKey } from "node:crypto";
import {
  type Apdu,
  bytesFromHex,
  countFrom,
  decodeApdu,
  fullProtection,
  protect,
  SecurityContext,
  unprotect,
} from "@anymeter/dlms-cosem";
import { compareOnOneCore } from "../one-core.ts";
import type { BenchResult } from "../result.ts";

const pushes = 20_000;
const target = 60_000;

const meterTitle = bytesFromHex("4D4D4D0000BC614E");
const headEndTitle = bytesFromHex("414D540000000001");
const encryptionKey = bytesFromHex("000102030405060708090A0B0C0D0E0F");
const authenticationKey = bytesFromHex("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF");
const keys = { unicastEncryption: encryptionKey, authentication: authenticationKey };

/** The list of a Kamstrup meter as captured on its customer port: 25 elements, 214 bytes. */
const notification = bytesFromHex(`
  0F000000000C07E6011801123A32FF80000002190A0E4B616D73747275705F563030303109060101000005FF0A1035373036353637333236353930
  34303709060101600101FF0A1236383431313338424E32343531303130393009060101010700FF060000033A09060101020700FF06000000000906
  0101030700FF060000006809060101040700FF06000000B0090601011F0700FF06000000ED09060101330700FF060000005909060101470700FF06
  0000004B09060101200700FF1200E809060101340700FF1200E909060101480700FF1200EC`);

export async function run(): Promise<BenchResult[]> {
  const messages = cipheredPushes();
  return [
    compareOnOneCore({
      name: "decode of a ciphered push",
      ...{ what: "pushes", count: pushes },
      work: () => decodePushes(messages),
      peer: "AES-128-GCM of node:crypto alone",
      peerWork: () => decipherPushes(messages),
      target,
      notes: `${messages[0]!.length} bytes each`,
    }),
  ];
}

function cipheredPushes(): Uint8Array[] {
  const context = new SecurityContext({ suite: 0, systemTitle: meterTitle, keys, counter: countFrom(1) });
  return Array.from({ length: pushes }, () =>
    protect(notification, { context, policy: fullProtection, form: "general-global" }),
  );
}

/** What a listener does for each push: find the protection, refuse a replay, check the tag, decode every value. */
function decodePushes(messages: readonly Uint8Array[]): void {
  const context = new SecurityContext({
    suite: 0,
    systemTitle: headEndTitle,
    peerSystemTitle: meterTitle,
    keys,
    counter: countFrom(1),
    demands: fullProtection,
  });
  let last: Apdu | undefined;
  for (const message of messages) last = decodeApdu(unprotect(message, context).apdu);
  if (last?.type !== "data-notification") throw new Error("the push did not decode");
}

/** DB, 08, title, length in two bytes, SC, IC: where the ciphertext of these pushes begins. */
const ciphertextAt = 17;
const tagLength = 12;

function decipherPushes(messages: readonly Uint8Array[]): void {
  const key = createSecretKey(encryptionKey);
  const options = { authTagLength: tagLength };
  const additionalData = Uint8Array.of(0x30, ...authenticationKey);
  const nonce = new Uint8Array(12);
  nonce.set(meterTitle);
  for (const message of messages) {
    nonce.set(message.subarray(ciphertextAt - 4, ciphertextAt), 8);
    const decipher = createDecipheriv("aes-128-gcm", key, nonce, options);
    decipher.setAAD(additionalData);
    decipher.setAuthTag(message.subarray(-tagLength));
    decipher.update(message.subarray(ciphertextAt, -tagLength));
    decipher.final();
  }
}
