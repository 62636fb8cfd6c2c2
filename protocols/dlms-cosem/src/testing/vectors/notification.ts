/** What meters send unasked. */
import { bytesFromHex } from "@anymeter/sans-io";
import type { Apdu } from "../../xdlms/apdu.ts";
import type { WrittenVector } from "../vectors.ts";

/** 40 00 00 00: confirmed, id 0. */
const confirmed = {
  invokeId: 0,
  selfDescriptive: false,
  processingBreakOnError: false,
  confirmed: true,
  highPriority: false,
};

/** 2017-09-14, Thursday, 21:31:20, hundredths and deviation unspecified, status 0: 07E1 09 0E 04 15 1F 14 FF 8000 00. */
const dateTime = {
  year: 2017,
  month: 9,
  day: 14,
  weekday: 4,
  hour: 21,
  minute: 31,
  second: 20,
  status: {
    invalidValue: false,
    doubtfulValue: false,
    differentClockBase: false,
    invalidClockStatus: false,
    daylightSavingActive: false,
  },
};
const dateTimeHex = "07E1090E04151F14FF800000";

/** A structure of one double-long-unsigned, 652 W, as in the shortest list of Kaifa's meters. */
const body = { type: "structure", value: [{ type: "double-long-unsigned", value: 652 }] } as const;
const bodyHex = "02 01 06 0000028C";

export const notificationVectors: readonly WrittenVector<Apdu>[] = [
  {
    name: "data-notification-confirm, tag 16 in decimal",
    source: "the ASN.1 of Data-Notification-Confirm: long invoke-id (40: confirmed, id 7) and an empty date-time",
    hex: "10 40000007 00",
    value: { type: "data-notification-confirm", invocation: { ...confirmed, confirmed: true, invokeId: 7 } },
  },
  {
    name: "data-notification",
    hex: ["0F 40000000 0C", dateTimeHex, bodyHex],
    value: { type: "data-notification", invocation: confirmed, dateTime, body },
  },
  {
    name: "data-notification with a tag before the date-time",
    source: "Kaifa MA304, the layout of UtilitechAS/amsreader-firmware issue 180",
    hex: ["0F 40000000 09 0C", dateTimeHex, bodyHex],
    value: { type: "data-notification", invocation: confirmed, dateTime, body },
    canonical: false,
  },
  {
    name: "data-notification without date-time",
    source: "Aidon's layout: date-time of length 0 (UtilitechAS/amsreader-firmware issue 28)",
    hex: ["0F 40000000 00", "01 01 02 03 09 06 0100010700FF 06 00000552 02 02 0F 00 16 1B"],
    value: {
      type: "data-notification",
      invocation: confirmed,
      body: {
        type: "array",
        value: [
          {
            type: "structure",
            value: [
              { type: "octet-string", value: bytesFromHex("0100010700FF") },
              { type: "double-long-unsigned", value: 0x552 },
              {
                type: "structure",
                value: [
                  { type: "integer", value: 0 },
                  { type: "enum", value: 27 },
                ],
              },
            ],
          },
        ],
      },
    },
  },
  {
    name: "data-notification of high priority, self-descriptive, breaking on error",
    hex: "0F B0000042 00 00", // 1011: priority, not confirmed, break on error, self-descriptive
    value: {
      type: "data-notification",
      invocation: {
        invokeId: 0x42,
        selfDescriptive: true,
        processingBreakOnError: true,
        confirmed: false,
        highPriority: true,
      },
      body: { type: "null-data", value: null },
    },
  },
  {
    name: "event-notification",
    hex: ["C2 01 0C", dateTimeHex, "0001 0000616200FF 02", "06 00000008"], // alarm register 1
    value: {
      type: "event-notification",
      time: dateTime,
      attribute: { classId: 1, logicalName: "0.0.97.98.0.255", attribute: 2 },
      value: { type: "double-long-unsigned", value: 8 },
    },
  },
  {
    name: "event-notification without time",
    hex: "C2 00 0001 0000616200FF 02 03 01",
    value: {
      type: "event-notification",
      attribute: { classId: 1, logicalName: "0.0.97.98.0.255", attribute: 2 },
      value: { type: "boolean", value: true },
    },
  },
];
