/** ACCESS, and the services of short-name associations. */
import { bytesFromHex } from "@anymeter/sans-io";
import type { Apdu } from "../../xdlms/apdu.ts";
import type { WrittenVector } from "../vectors.ts";

/** 40 00 00 01: confirmed, id 1. */
const longInvocation = {
  invokeId: 1,
  selfDescriptive: false,
  processingBreakOnError: false,
  confirmed: true,
  highPriority: false,
};

export const otherServiceVectors: readonly WrittenVector<Apdu>[] = [
  {
    name: "access-request",
    hex: [
      "D9 40000001 00", // confirmed, id 1, no date-time
      "03", // three specifications:
      "01",
      "0003 0100010800FF 02", // get
      "04",
      "0008 0000010000FF 02 01 11 05", // get with selection
      "03",
      "0046 000060030AFF 01", // action
      "03 00 00 0F 00", // and their data
    ],
    value: {
      type: "access-request",
      invocation: longInvocation,
      specifications: [
        { service: "get", attribute: { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2 } },
        {
          service: "get",
          attribute: {
            classId: 8,
            logicalName: "0.0.1.0.0.255",
            attribute: 2,
            selection: { selector: 1, parameter: { type: "unsigned", value: 5 } },
          },
        },
        { service: "action", method: { classId: 70, logicalName: "0.0.96.3.10.255", method: 1 } },
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
