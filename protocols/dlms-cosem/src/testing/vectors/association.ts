/** AARQ, AARE, RLRQ, RLRE and what they carry. */
import { bytesFromHex } from "@anymeter/sans-io";
import type { Apdu } from "../../xdlms/apdu.ts";
import type { ConformanceBit } from "../../xdlms/conformance.ts";
import type { WrittenVector } from "../vectors.ts";

/** 00 7E 1F = 0000 0000 0111 1110 0001 1111: bits 9 to 14 and 19 to 23. */
const proposed = new Set<ConformanceBit>([
  "priority-management",
  "attribute0-with-get",
  "block-transfer-with-get",
  "block-transfer-with-set",
  "block-transfer-with-action",
  "multiple-references",
  "get",
  "set",
  "selective-access",
  "event-notification",
  "action",
]);
/** 00 50 1F = 0000 0000 0101 0000 0001 1111: bits 9, 11 and 19 to 23. */
const negotiated = new Set<ConformanceBit>([
  "priority-management",
  "block-transfer-with-get",
  "get",
  "set",
  "selective-access",
  "event-notification",
  "action",
]);

const initiateRequest = "01 00 00 00 06 5F1F0400 007E1F 04B0";
const initiateResponse = "08 00 06 5F1F0400 00501F 01F4 0007";

export const associationVectors: readonly WrittenVector<Apdu>[] = [
  {
    name: "aarq with low level security",
    source: "Green Book, clause 11 (AARQ with LLS, password 12345678)",
    hex: [
      "60 36",
      "A1 09 06 07 60857405080101", // application-context-name: logical names, no ciphering
      "8A 02 0780", // sender-acse-requirements: authentication
      "8B 07 60857405080201", // mechanism-name: low
      "AC 0A 80 08 3132333435363738", // calling-authentication-value
      "BE 10 04 0E",
      initiateRequest,
    ],
    value: {
      type: "aarq",
      applicationContext: "logical-names",
      mechanism: "lls",
      callingAuthenticationValue: bytesFromHex("3132333435363738"),
      userInformation: bytesFromHex(initiateRequest),
    },
  },
  {
    name: "aarq with ciphering",
    source: "Green Book, clause 11 (suite 0); its glo-initiate-request was recomputed with AES-128-GCM",
    hex: [
      "60 66",
      "A1 09 06 07 60857405080103", // logical names with ciphering
      "A6 0A 04 08 4D4D4D0000BC614E", // calling-AP-title: MMM and a number
      "8A 02 0780",
      "8B 07 60857405080201",
      "AC 0A 80 08 3132333435363738",
      "BE 34 04 32",
      "21 30 30 01234567 801302FF8A7874133D414CED25B42534D28DB0047720606B175BD52211BE68 41DB204D39EE6FDB8E356855",
    ],
    value: {
      type: "aarq",
      applicationContext: "logical-names-ciphered",
      callingApTitle: bytesFromHex("4D4D4D0000BC614E"),
      mechanism: "lls",
      callingAuthenticationValue: bytesFromHex("3132333435363738"),
      userInformation: bytesFromHex(
        "21303001234567801302FF8A7874133D414CED25B42534D28DB0047720606B175BD52211BE6841DB204D39EE6FDB8E356855",
      ),
    },
  },
  {
    name: "aarq with client user id and certificate",
    hex: [
      "60 24",
      "A1 09 06 07 60857405080101",
      "A7 05 04 03 308000", // calling-AE-qualifier: the first bytes of a certificate
      "A9 03 02 01 07", // calling-AE-invocation-id: user 7
      "8A 02 0780",
      "8B 07 60857405080207", // mechanism-name: ECDSA
      // 11 + 7 + 5 + 4 + 9 = 36 = 24 hex
    ],
    value: {
      type: "aarq",
      applicationContext: "logical-names",
      callingAeQualifier: bytesFromHex("308000"),
      callingAeInvocationId: 7,
      mechanism: "ecdsa",
    },
  },
  {
    name: "aarq of an unknown context and mechanism",
    hex: [
      "60 18",
      "A1 09 06 07 60857405080109", // context 9 does not exist
      "8A 02 0780",
      "8B 07 60857405080263", // nor mechanism 99
    ],
    value: {
      type: "aarq",
      unrecognized: {
        applicationContext: bytesFromHex("60857405080109"),
        mechanism: bytesFromHex("60857405080263"),
      },
    },
  },
  {
    name: "aarq in long forms with fields this package does not use",
    hex: [
      "60 81 26", // the length in long form
      "80 02 0284", // protocol-version
      "A1 81 09 06 07 60857405080102", // long form again: short names
      "BD 05 0403 616263", // implementation-information and the like are stepped over
      "BE 81 0C 04 81 09 01 00 00 00 06 5F1F0400",
    ],
    value: {
      type: "aarq",
      applicationContext: "short-names",
      userInformation: bytesFromHex("01000000065F1F0400"),
    },
    canonical: false,
  },
  {
    name: "aare accepting",
    source: "Green Book, clause 11",
    hex: [
      "61 29",
      "A1 09 06 07 60857405080101",
      "A2 03 02 01 00", // result: accepted
      "A3 05 A1 03 02 01 00", // diagnostic: ACSE service user, null
      "BE 10 04 0E",
      initiateResponse,
    ],
    value: {
      type: "aare",
      applicationContext: "logical-names",
      result: "accepted",
      diagnostic: { source: "acse-service-user", code: 0 },
      userInformation: bytesFromHex(initiateResponse),
    },
  },
  {
    name: "aare with the challenge of high level security",
    source: "Green Book, clause 11 (StoC = P6wRJ21F)",
    hex: [
      "61 42",
      "A1 09 06 07 60857405080101",
      "A2 03 02 01 00",
      "A3 05 A1 03 02 01 0E", // diagnostic 14: authentication required
      "88 02 0780", // responder-acse-requirements
      "89 07 60857405080205", // mechanism-name: GMAC
      "AA 0A 80 08 503677524A323146", // responding-authentication-value
      "BE 10 04 0E",
      initiateResponse,
    ],
    value: {
      type: "aare",
      applicationContext: "logical-names",
      result: "accepted",
      diagnostic: { source: "acse-service-user", code: 14 },
      mechanism: "gmac",
      respondingAuthenticationValue: bytesFromHex("503677524A323146"),
      userInformation: bytesFromHex(initiateResponse),
    },
  },
  {
    name: "aare rejecting without user-information",
    source: "Landis+Gyr ZMXi320 as shown in Gurux/gurux.dlms.java pull request 22; its context name added",
    hex: [
      "61 17",
      "A1 09 06 07 60857405080101",
      "A2 03 02 01 01", // rejected-permanent
      "A3 05 A1 03 02 01 0D", // authentication failure
    ],
    value: {
      type: "aare",
      applicationContext: "logical-names",
      result: "rejected-permanent",
      diagnostic: { source: "acse-service-user", code: 13 },
    },
  },
  {
    name: "aare rejecting by the provider, with title and service error",
    hex: [
      "61 30",
      "A1 09 06 07 60857405080103",
      "A2 03 02 01 02", // rejected-transient
      "A3 05 A2 03 02 01 02", // service provider: no common ACSE version
      "A4 0A 04 08 4D4D4D0000BC614E", // responding-AP-title
      "A5 03 04 01 30", // responding-AE-qualifier
      "BE 06 04 04 0E 01 06 01", // confirmed-service-error, initiate: DLMS version too low
      // 11 + 5 + 7 + 12 + 5 + 8 = 48 = 30 hex
    ],
    value: {
      type: "aare",
      applicationContext: "logical-names-ciphered",
      result: "rejected-transient",
      diagnostic: { source: "acse-service-provider", code: 2 },
      respondingApTitle: bytesFromHex("4D4D4D0000BC614E"),
      respondingAeQualifier: bytesFromHex("30"),
      userInformation: bytesFromHex("0E010601"),
    },
  },
  {
    name: "aare without context and diagnostic",
    hex: "61 05 A2 03 02 01 00",
    value: { type: "aare", result: "accepted", diagnostic: { source: "acse-service-user", code: 0 } },
    canonical: false,
  },
  {
    name: "rlrq",
    source: "Green Book, clause 11",
    hex: "62 03 80 01 00",
    value: { type: "rlrq", reason: 0 },
  },
  {
    name: "rlrq with user-information",
    hex: ["62 15", "80 01 00", "BE 10 04 0E", initiateRequest],
    value: { type: "rlrq", reason: 0, userInformation: bytesFromHex(initiateRequest) },
  },
  {
    name: "rlre",
    source: "Green Book, clause 11",
    hex: "63 03 80 01 00",
    value: { type: "rlre", reason: 0 },
  },
  { name: "rlre without fields", hex: "63 00", value: { type: "rlre" } },
  {
    name: "initiate-request",
    source: "Green Book, clause 11",
    hex: initiateRequest,
    value: {
      type: "initiate-request",
      responseAllowed: true,
      dlmsVersion: 6,
      conformance: proposed,
      clientMaxReceivePduSize: 1200,
    },
  },
  {
    name: "initiate-request with dedicated key",
    source: "Green Book, clause 11 (the plaintext of its glo-initiate-request)",
    hex: [
      "01",
      "01 10 00112233445566778899AABBCCDDEEFF", // dedicated-key
      "00", // response-allowed: default, true
      "00", // no quality of service
      "06",
      "5F1F0400 007E1F",
      "04B0",
    ],
    value: {
      type: "initiate-request",
      dedicatedKey: bytesFromHex("00112233445566778899AABBCCDDEEFF"),
      responseAllowed: true,
      dlmsVersion: 6,
      conformance: proposed,
      clientMaxReceivePduSize: 1200,
    },
  },
  {
    name: "initiate-request with every option",
    hex: ["01 00", "01 00", "01 FB", "06", "5F1F0400 007E1F", "0000"], // no response, quality −5, PDU size without limit
    value: {
      type: "initiate-request",
      responseAllowed: false,
      proposedQualityOfService: -5,
      dlmsVersion: 6,
      conformance: proposed,
      clientMaxReceivePduSize: 0,
    },
  },
  {
    name: "initiate-response",
    source: "Green Book, clause 11",
    hex: initiateResponse,
    value: {
      type: "initiate-response",
      dlmsVersion: 6,
      conformance: negotiated,
      serverMaxReceivePduSize: 500,
      vaaName: 0x0007,
    },
  },
  {
    name: "initiate-response with the short tag of old meters",
    hex: ["08 01 01 06", "5F 0400 00501F", "01F4 FA00"], // quality of service 1, 5F without 1F, short names
    value: {
      type: "initiate-response",
      negotiatedQualityOfService: 1,
      dlmsVersion: 6,
      conformance: negotiated,
      serverMaxReceivePduSize: 500,
      vaaName: 0xfa00,
    },
    canonical: false,
  },
  {
    name: "confirmed-service-error",
    source: "Green Book, ASN.1: initiateError [1], initiate [6], dlms-version-too-low (1)",
    hex: "0E 01 06 01",
    value: { type: "confirmed-service-error", service: 1, error: { choice: 6, value: 1 } },
  },
];
