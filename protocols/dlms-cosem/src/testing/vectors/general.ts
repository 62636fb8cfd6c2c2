/** APDUs that carry others: general block transfer and the ciphered ones. */
import { bytesFromHex } from "@anymeter/sans-io";
import type { Apdu } from "../../xdlms/apdu.ts";
import type { WrittenVector } from "../vectors.ts";

export const generalVectors: readonly WrittenVector<Apdu>[] = [
  {
    name: "general-block-transfer, streaming",
    hex: "E0 43 0001 0000 03 C401C1", // not last, streaming, window 3, block 1
    value: {
      type: "general-block-transfer",
      last: false,
      streaming: true,
      window: 3,
      block: 1,
      acknowledged: 0,
      raw: bytesFromHex("C401C1"),
    },
  },
  {
    name: "general-block-transfer without data of its own",
    hex: "E0 81 0002 0003 00", // last, window 1, block 2, block 3 acknowledged
    value: {
      type: "general-block-transfer",
      last: true,
      streaming: false,
      window: 1,
      block: 2,
      acknowledged: 3,
      raw: bytesFromHex(""),
    },
  },
  {
    name: "glo-get-request",
    source: "Green Book, clause 9.2 (suite 0, clock time); recomputed with AES-128-GCM",
    hex: "C8 1E 30 01234567 411312FF935A47566827C467BC 7D825C3BE4A77C3FCC056B6B",
    value: {
      type: "ciphered",
      tag: 0xc8,
      content: bytesFromHex("3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B"),
    },
  },
  {
    name: "ded-action-response",
    hex: "D7 07 20 00000001 AABB", // encrypted only, no tag
    value: { type: "ciphered", tag: 0xd7, content: bytesFromHex("2000000001AABB") },
  },
  {
    name: "general-glo-ciphering",
    source: "The Green Book's glo-get-request in the general form",
    hex: "DB 08 4D4D4D0000BC614E 1E 30 01234567 411312FF935A47566827C467BC 7D825C3BE4A77C3FCC056B6B",
    value: {
      type: "general-glo-ciphering",
      systemTitle: bytesFromHex("4D4D4D0000BC614E"),
      content: bytesFromHex("3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B"),
    },
  },
  {
    name: "general-ded-ciphering without system title",
    hex: "DC 00 07 20 00000001 AABB",
    value: { type: "general-ded-ciphering", systemTitle: bytesFromHex(""), content: bytesFromHex("2000000001AABB") },
  },
  {
    name: "general-ciphering with an agreed key",
    hex: [
      "DD",
      "08 0000000000000001", // transaction-id
      "08 4D4D4D0000BC614E 08 4D4D4D0000000001", // originator, recipient
      "00 00", // no date-time, no other information
      "01 02 01 02 03 AABBCC", // key-info: agreed key, parameters 02, key data
      "07 30 00000001 AABB",
    ],
    value: {
      type: "general-ciphering",
      transactionId: bytesFromHex("0000000000000001"),
      originatorSystemTitle: bytesFromHex("4D4D4D0000BC614E"),
      recipientSystemTitle: bytesFromHex("4D4D4D0000000001"),
      otherInformation: bytesFromHex(""),
      key: { kind: "agreed", parameters: bytesFromHex("02"), ciphered: bytesFromHex("AABBCC") },
      content: bytesFromHex("3000000001AABB"),
    },
  },
];
