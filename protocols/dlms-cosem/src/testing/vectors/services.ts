/** The services, by logical and by short names, exceptions, block transfer and ciphered APDUs. */
import { bytesFromHex } from "../../bytes/hex.ts";
import type { Apdu } from "../../xdlms/apdu.ts";
import type { WrittenVector } from "../vectors.ts";

/** C1: high priority, confirmed, id 1. */
const invocation = { invokeId: 1, confirmed: true, highPriority: true };
/** 45: normal priority, confirmed, id 5. */
const normal = { invokeId: 5, confirmed: true, highPriority: false };
/** 40 00 00 01: confirmed, id 1. */
const longInvocation = {
  invokeId: 1,
  selfDescriptive: false,
  processingBreakOnError: false,
  confirmed: true,
  highPriority: false,
};

const energy = { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2 } as const;
const energyHex = "0003 0100010800FF 02";
const clock = { classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2 } as const;
const clockHex = "0008 0000010000FF 02";
const disconnect = { classId: 70, logicalName: "0.0.96.3.10.255", method: 1 } as const;
const disconnectHex = "0046 000060030AFF 01";
const reply = { classId: 15, logicalName: "0.0.40.0.0.255", method: 1 } as const;
const replyHex = "000F 0000280000FF 01";

export const serviceVectors: readonly WrittenVector<Apdu>[] = [
  {
    name: "get-request-normal",
    hex: ["C0 01 C1", energyHex, "00"],
    value: { type: "get-request-normal", invocation, attribute: energy },
  },
  {
    name: "get-request-normal by entry",
    hex: [
      "C0 01 45",
      "0007 0100630100FF 02", // load profile 1, buffer
      "01 02", // access-selection, selector 2
      "02 04 06 00000001 06 00000060 12 0001 12 0000", // entries 1 to 96, columns 1 to last
    ],
    value: {
      type: "get-request-normal",
      invocation: normal,
      attribute: {
        classId: 7,
        logicalName: "1.0.99.1.0.255",
        attribute: 2,
        selection: {
          selector: 2,
          parameter: {
            type: "structure",
            value: [
              { type: "double-long-unsigned", value: 1 },
              { type: "double-long-unsigned", value: 96 },
              { type: "long-unsigned", value: 1 },
              { type: "long-unsigned", value: 0 },
            ],
          },
        },
      },
    },
  },
  {
    name: "get-request-next",
    hex: "C0 02 C1 00000001",
    value: { type: "get-request-next", invocation, block: 1 },
  },
  {
    name: "get-request-with-list",
    hex: ["C0 03 C1 02", energyHex, "00", clockHex, "00"],
    value: { type: "get-request-with-list", invocation, attributes: [energy, clock] },
  },
  {
    name: "get-response-normal",
    hex: "C4 01 C1 00 06 00001234",
    value: {
      type: "get-response-normal",
      invocation,
      result: { data: { type: "double-long-unsigned", value: 0x1234 } },
    },
  },
  {
    name: "get-response-normal with an error",
    hex: "C4 01 C1 01 04", // object-undefined
    value: { type: "get-response-normal", invocation, result: { error: 4 } },
  },
  {
    name: "get-response-with-datablock",
    hex: "C4 02 C1 00 00000001 00 04 01021100",
    value: {
      type: "get-response-with-datablock",
      invocation,
      last: false,
      block: 1,
      result: { raw: bytesFromHex("01021100") },
    },
  },
  {
    name: "get-response-with-datablock with an error",
    hex: "C4 02 C1 01 00000002 01 13", // data-block-number-invalid
    value: { type: "get-response-with-datablock", invocation, last: true, block: 2, result: { error: 19 } },
  },
  {
    name: "get-response-with-list",
    hex: "C4 03 C1 03 00 11 2A 01 03 00 00",
    value: {
      type: "get-response-with-list",
      invocation,
      results: [{ data: { type: "unsigned", value: 42 } }, { error: 3 }, { data: { type: "null-data", value: null } }],
    },
  },
  {
    name: "set-request-normal",
    hex: ["C1 01 C1", clockHex, "00", "09 0C 07EA0B1405080000FFFFC400"],
    value: {
      type: "set-request-normal",
      invocation,
      attribute: clock,
      data: { type: "octet-string", value: bytesFromHex("07EA0B1405080000FFFFC400") },
    },
  },
  {
    name: "set-request-first-datablock",
    hex: ["C1 02 C1", clockHex, "00", "00 00000001 03 090C07"],
    value: {
      type: "set-request-first-datablock",
      invocation,
      attribute: clock,
      block: { last: false, number: 1, raw: bytesFromHex("090C07") },
    },
  },
  {
    name: "set-request-datablock",
    hex: "C1 03 C1 01 00000002 02 FFC4",
    value: {
      type: "set-request-datablock",
      invocation,
      block: { last: true, number: 2, raw: bytesFromHex("FFC4") },
    },
  },
  {
    name: "set-request-with-list",
    hex: ["C1 04 C1", "02", energyHex, "00", clockHex, "01 05 11 07", "02", "11 01", "00"],
    value: {
      type: "set-request-with-list",
      invocation,
      attributes: [energy, { ...clock, selection: { selector: 5, parameter: { type: "unsigned", value: 7 } } }],
      data: [
        { type: "unsigned", value: 1 },
        { type: "null-data", value: null },
      ],
    },
  },
  {
    name: "set-request-with-list-first-datablock",
    hex: ["C1 05 C1", "01", energyHex, "00", "00 00000001 02 0111"],
    value: {
      type: "set-request-with-list-first-datablock",
      invocation,
      attributes: [energy],
      block: { last: false, number: 1, raw: bytesFromHex("0111") },
    },
  },
  {
    name: "set-response-normal",
    hex: "C5 01 C1 00",
    value: { type: "set-response-normal", invocation, result: 0 },
  },
  {
    name: "set-response-datablock",
    hex: "C5 02 C1 00000001",
    value: { type: "set-response-datablock", invocation, block: 1 },
  },
  {
    name: "set-response-last-datablock",
    hex: "C5 03 C1 0C 00000002", // type-unmatched
    value: { type: "set-response-last-datablock", invocation, result: 12, block: 2 },
  },
  {
    name: "set-response-last-datablock-with-list",
    hex: "C5 04 C1 02 00 03 00000002",
    value: { type: "set-response-last-datablock-with-list", invocation, results: [0, 3], block: 2 },
  },
  {
    name: "set-response-with-list",
    hex: "C5 05 C1 02 00 FA",
    value: { type: "set-response-with-list", invocation, results: [0, 250] },
  },
  {
    name: "action-request-normal",
    hex: ["C3 01 C1", disconnectHex, "01 0F 00"],
    value: { type: "action-request-normal", invocation, method: disconnect, parameter: { type: "integer", value: 0 } },
  },
  {
    name: "action-request-normal without parameter",
    hex: ["C3 01 C1", disconnectHex, "00"],
    value: { type: "action-request-normal", invocation, method: disconnect },
  },
  {
    name: "action-request-next-pblock",
    hex: "C3 02 C1 00000001",
    value: { type: "action-request-next-pblock", invocation, block: 1 },
  },
  {
    name: "action-request-with-list",
    hex: ["C3 03 C1", "02", disconnectHex, replyHex, "02", "0F 00", "09 02 AABB"],
    value: {
      type: "action-request-with-list",
      invocation,
      methods: [disconnect, reply],
      parameters: [
        { type: "integer", value: 0 },
        { type: "octet-string", value: bytesFromHex("AABB") },
      ],
    },
  },
  {
    name: "action-request-with-first-pblock",
    hex: ["C3 04 C1", replyHex, "00 00000001 02 0902"],
    value: {
      type: "action-request-with-first-pblock",
      invocation,
      method: reply,
      block: { last: false, number: 1, raw: bytesFromHex("0902") },
    },
  },
  {
    name: "action-request-with-list-and-first-pblock",
    hex: ["C3 05 C1", "01", replyHex, "00 00000001 02 0109"],
    value: {
      type: "action-request-with-list-and-first-pblock",
      invocation,
      methods: [reply],
      block: { last: false, number: 1, raw: bytesFromHex("0109") },
    },
  },
  {
    name: "action-request-with-pblock",
    hex: "C3 06 C1 01 00000002 02 AABB",
    value: {
      type: "action-request-with-pblock",
      invocation,
      block: { last: true, number: 2, raw: bytesFromHex("AABB") },
    },
  },
  {
    name: "action-response-normal",
    hex: "C7 01 C1 00 00",
    value: { type: "action-response-normal", invocation, response: { result: 0 } },
  },
  {
    name: "action-response-normal with return parameters",
    hex: "C7 01 C1 00 01 00 09 02 AABB",
    value: {
      type: "action-response-normal",
      invocation,
      response: { result: 0, returned: { data: { type: "octet-string", value: bytesFromHex("AABB") } } },
    },
  },
  {
    name: "action-response-normal with an error in place of return parameters",
    hex: "C7 01 C1 00 01 01 0B",
    value: { type: "action-response-normal", invocation, response: { result: 0, returned: { error: 11 } } },
  },
  {
    name: "action-response-with-pblock",
    hex: "C7 02 C1 00 00000001 03 000100",
    value: {
      type: "action-response-with-pblock",
      invocation,
      block: { last: false, number: 1, raw: bytesFromHex("000100") },
    },
  },
  {
    name: "action-response-with-list",
    hex: "C7 03 C1 02 00 00 03 01 01 03",
    value: {
      type: "action-response-with-list",
      invocation,
      responses: [{ result: 0 }, { result: 3, returned: { error: 3 } }],
    },
  },
  {
    name: "action-response-next-pblock",
    hex: "C7 04 C1 00000001",
    value: { type: "action-response-next-pblock", invocation, block: 1 },
  },
  {
    name: "exception-response",
    hex: "D8 01 01", // service-not-allowed, operation-not-possible
    value: { type: "exception-response", state: 1, serviceError: 1 },
  },
  {
    name: "exception-response with invocation counter",
    hex: "D8 02 06 00000123",
    value: { type: "exception-response", state: 2, serviceError: 6, invocationCounter: 0x123 },
  },
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
  {
    name: "access-request",
    hex: [
      "D9 40000001 00", // confirmed, id 1, no date-time
      "03", // three specifications:
      "01",
      energyHex, // get
      "04",
      clockHex,
      "01 11 05", // get with selection
      "03",
      disconnectHex, // action
      "03 00 00 0F 00", // and their data
    ],
    value: {
      type: "access-request",
      invocation: longInvocation,
      specifications: [
        { service: "get", attribute: energy },
        {
          service: "get",
          attribute: { ...clock, selection: { selector: 1, parameter: { type: "unsigned", value: 5 } } },
        },
        { service: "action", method: disconnect },
      ],
      data: [
        { type: "null-data", value: null },
        { type: "null-data", value: null },
        { type: "integer", value: 0 },
      ],
    },
  },
  {
    name: "access-response",
    hex: ["DA 40000001 00", "00", "02 06 00001234 00", "02 01 00 03 0B"], // no specifications, data, get 0, action 11
    value: {
      type: "access-response",
      invocation: longInvocation,
      data: [
        { type: "double-long-unsigned", value: 0x1234 },
        { type: "null-data", value: null },
      ],
      results: [
        { service: "get", result: 0 },
        { service: "action", result: 11 },
      ],
    },
  },
  {
    name: "read-request",
    hex: "05 03 02 FA08 04 2A10 01 11 05 05 0002", // a variable, one with a parameter, block 2
    value: {
      type: "read-request",
      variables: [
        { kind: "variable", name: 0xfa08 },
        { kind: "parameterized", name: 0x2a10, selection: { selector: 1, parameter: { type: "unsigned", value: 5 } } },
        { kind: "block-number", block: 2 },
      ],
    },
  },
  {
    name: "read-response",
    hex: "0C 04 00 11 2A 01 04 02 01 0001 02 112A 03 0007",
    value: {
      type: "read-response",
      results: [
        { data: { type: "unsigned", value: 42 } },
        { error: 4 },
        { block: { last: true, number: 1, raw: bytesFromHex("112A") } },
        { blockNumber: 7 },
      ],
    },
  },
  {
    name: "write-request",
    hex: "06 02 02 FA08 07 00 0001 02 11 2A 09 02 AABB", // a variable and a write-block, their data
    value: {
      type: "write-request",
      variables: [
        { kind: "variable", name: 0xfa08 },
        { kind: "write-block", block: { last: false, number: 1 } },
      ],
      data: [
        { type: "unsigned", value: 42 },
        { type: "octet-string", value: bytesFromHex("AABB") },
      ],
    },
  },
  {
    name: "write-response",
    hex: "0D 03 00 01 03 02 0001",
    value: { type: "write-response", results: [{ result: 0 }, { result: 3 }, { blockNumber: 1 }] },
  },
  {
    name: "unconfirmed-write-request",
    hex: "16 01 06 01 0002 02 AABB 01 00",
    value: {
      type: "unconfirmed-write-request",
      variables: [{ kind: "read-block", block: { last: true, number: 2, raw: bytesFromHex("AABB") } }],
      data: [{ type: "null-data", value: null }],
    },
  },
  {
    name: "information-report",
    hex: "18 01 0D 3236313132303038313530305A 01 02 FA08 01 11 01", // at 261120081500Z
    value: {
      type: "information-report",
      time: "261120081500Z",
      variables: [{ kind: "variable", name: 0xfa08 }],
      data: [{ type: "unsigned", value: 1 }],
    },
  },
];
