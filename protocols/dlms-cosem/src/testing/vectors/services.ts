/** GET, SET and ACTION in all their forms, and exceptions. */
import { bytesFromHex } from "@anymeter/sans-io";
import type { Apdu } from "../../xdlms/apdu.ts";
import type { WrittenVector } from "../vectors.ts";

/** C1: high priority, confirmed, id 1. */
const invocation = { invokeId: 1, confirmed: true, highPriority: true };
/** 45: normal priority, confirmed, id 5. */
const normal = { invokeId: 5, confirmed: true, highPriority: false };
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
];
