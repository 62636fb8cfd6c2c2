/** One value of every type, written from the type's definition in the Blue and Green Book. */
import { bytesFromHex } from "@anymeter/sans-io";
import type { Data } from "../../data/data.ts";
import type { WrittenVector } from "../vectors.ts";

const clear = {
  invalidValue: false,
  doubtfulValue: false,
  differentClockBase: false,
  invalidClockStatus: false,
  daylightSavingActive: false,
};

export const dataVectors: readonly WrittenVector<Data>[] = [
  { name: "null-data", hex: "00", value: { type: "null-data", value: null } },
  {
    name: "array",
    hex: "01 02 11 01 11 02",
    value: {
      type: "array",
      value: [
        { type: "unsigned", value: 1 },
        { type: "unsigned", value: 2 },
      ],
    },
  },
  { name: "empty array", hex: "01 00", value: { type: "array", value: [] } },
  {
    name: "structure in a structure",
    hex: "02 02 02 01 03 01 00",
    value: {
      type: "structure",
      value: [
        { type: "structure", value: [{ type: "boolean", value: true }] },
        { type: "null-data", value: null },
      ],
    },
  },
  { name: "boolean", hex: "03 00", value: { type: "boolean", value: false } },
  { name: "boolean true as FF", hex: "03 FF", value: { type: "boolean", value: true }, canonical: false },
  // 10 bits: 1011 0000 11, then six unused.
  { name: "bit-string", hex: "04 0A B0C0", value: { type: "bit-string", value: "1011000011" } },
  { name: "double-long", hex: "05 FFFFFFFE", value: { type: "double-long", value: -2 } },
  { name: "double-long-unsigned", hex: "06 FFFFFFFE", value: { type: "double-long-unsigned", value: 4294967294 } },
  { name: "octet-string", hex: "09 03 010203", value: { type: "octet-string", value: bytesFromHex("010203") } },
  {
    name: "octet-string of 130 bytes, length in long form",
    hex: `09 81 82 ${"A5".repeat(130)}`,
    value: { type: "octet-string", value: new Uint8Array(130).fill(0xa5) },
  },
  { name: "visible-string", hex: "0A 03 414243", value: { type: "visible-string", value: "ABC" } },
  { name: "utf8-string", hex: "0C 03 E282AC", value: { type: "utf8-string", value: "€" } },
  { name: "bcd", hex: "0D 42", value: { type: "bcd", value: 42 } },
  { name: "integer", hex: "0F 80", value: { type: "integer", value: -128 } },
  { name: "long", hex: "10 8000", value: { type: "long", value: -32768 } },
  { name: "unsigned", hex: "11 FF", value: { type: "unsigned", value: 255 } },
  { name: "long-unsigned", hex: "12 FFFF", value: { type: "long-unsigned", value: 65535 } },
  { name: "long64", hex: "14 FFFFFFFFFFFFFFFE", value: { type: "long64", value: -2n } },
  {
    name: "long64-unsigned",
    hex: "15 FFFFFFFFFFFFFFFF",
    value: { type: "long64-unsigned", value: 18446744073709551615n },
  },
  { name: "enum", hex: "16 1B", value: { type: "enum", value: 27 } },
  // IEEE 754: sign 0, exponent 127 + 1, fraction 0.5 → 3.0.
  { name: "float32", hex: "17 40400000", value: { type: "float32", value: 3 } },
  // Sign 1, exponent 1023 + 2, fraction 0.25 → −5.0.
  { name: "float64", hex: "18 C014000000000000", value: { type: "float64", value: -5 } },
  {
    name: "date-time",
    // 2026-11-20, Friday, 08:15:30.25, deviation −60 (FFC4), status 80: daylight saving.
    hex: "19 07EA 0B 14 05 08 0F 1E 19 FFC4 80",
    value: {
      type: "date-time",
      value: {
        year: 2026,
        month: 11,
        day: 20,
        weekday: 5,
        hour: 8,
        minute: 15,
        second: 30,
        hundredths: 25,
        deviation: -60,
        status: { ...clear, daylightSavingActive: true },
      },
    },
  },
  {
    name: "date-time with nothing specified",
    hex: "19 FFFF FF FF FF FF FF FF FF 8000 FF",
    value: { type: "date-time", value: {} },
  },
  {
    name: "date-time of the end of daylight saving, status with a reserved bit",
    // Every year, the month FD, on the last Sunday: day FE, weekday 7, 03:00, deviation −120 (FF88), status 4F.
    hex: "19 FFFF FD FE 07 03 00 00 00 FF88 4F",
    value: {
      type: "date-time",
      value: {
        month: "daylight-saving-end",
        day: "last",
        weekday: 7,
        hour: 3,
        minute: 0,
        second: 0,
        hundredths: 0,
        deviation: -120,
        status: {
          invalidValue: true,
          doubtfulValue: true,
          differentClockBase: true,
          invalidClockStatus: true,
          daylightSavingActive: false,
          reserved: 0x40,
        },
      },
    },
  },
  {
    name: "date",
    hex: "1A FFFF FE FD FF",
    value: { type: "date", value: { month: "daylight-saving-begin", day: "second-last" } },
  },
  { name: "time", hex: "1B 06 00 FF FF", value: { type: "time", value: { hour: 6, minute: 0 } } },
  { name: "delta-integer", hex: "1C FF", value: { type: "delta-integer", value: -1 } },
  { name: "delta-long", hex: "1D FFFE", value: { type: "delta-long", value: -2 } },
  { name: "delta-double-long", hex: "1E FFFFFFFD", value: { type: "delta-double-long", value: -3 } },
  { name: "delta-unsigned", hex: "1F FF", value: { type: "delta-unsigned", value: 255 } },
  { name: "delta-long-unsigned", hex: "20 FFFF", value: { type: "delta-long-unsigned", value: 65535 } },
  {
    name: "delta-double-long-unsigned",
    hex: "21 FFFFFFFF",
    value: { type: "delta-double-long-unsigned", value: 4294967295 },
  },
  { name: "dont-care", hex: "FF", value: { type: "dont-care", value: null } },
  {
    name: "compact-array of integers",
    hex: "13 10 06 0001 FFFF 7FFF", // long, 6 bytes of content
    value: {
      type: "compact-array",
      description: { type: "long" },
      value: [
        { type: "long", value: 1 },
        { type: "long", value: -1 },
        { type: "long", value: 32767 },
      ],
    },
  },
  {
    name: "compact-array of structures with an array inside",
    hex: [
      "13",
      "02 03", // structure of three:
      "09", // octet-string
      "11", // unsigned
      "01 0002 12", // array of two long-unsigned
      "0F", // 15 bytes of content
      "02 AABB 07 0001 0002", // first element: 3 + 1 + 4 bytes
      "01 CC 08 0003 0004", // second: 2 + 1 + 4
    ],
    value: {
      type: "compact-array",
      description: {
        type: "structure",
        elements: [
          { type: "octet-string" },
          { type: "unsigned" },
          { type: "array", count: 2, element: { type: "long-unsigned" } },
        ],
      },
      value: [
        {
          type: "structure",
          value: [
            { type: "octet-string", value: bytesFromHex("AABB") },
            { type: "unsigned", value: 7 },
            {
              type: "array",
              value: [
                { type: "long-unsigned", value: 1 },
                { type: "long-unsigned", value: 2 },
              ],
            },
          ],
        },
        {
          type: "structure",
          value: [
            { type: "octet-string", value: bytesFromHex("CC") },
            { type: "unsigned", value: 8 },
            {
              type: "array",
              value: [
                { type: "long-unsigned", value: 3 },
                { type: "long-unsigned", value: 4 },
              ],
            },
          ],
        },
      ],
    },
  },
  {
    name: "empty compact-array",
    hex: "13 11 00",
    value: { type: "compact-array", description: { type: "unsigned" }, value: [] },
  },
];
