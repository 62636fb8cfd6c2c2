import assert from "node:assert/strict";
import { test } from "node:test";
import type { MeterContact } from "../../head-end/dispatcher.ts";
import { RowBlock } from "../../readings/profile-rows/row-block.ts";
import { contactRows } from "./contact-rows.ts";

const at = Date.UTC(2026, 6, 1, 10);
const report = (bytesSent: number, bytesReceived: number) => ({ bytesSent, bytesReceived });

function contact(more: object, globalDeviceId: string | null = "m1"): MeterContact {
  return {
    device: { organizationNumber: 1, number: 2, globalDeviceId },
    contact: { device: "d", at, answered: true, succeeded: true, ...more },
    reports: [report(100, 2_000), report(50, 2 ** 31)],
    endedAt: at + 3_600,
  } as unknown as MeterContact;
}

test("a contact is a row with its bytes, its length and the meter's clock", () => {
  const clock = { driftSeconds: -7.5, readAt: at + 1_000, set: false };
  assert.deepEqual(contactRows(contact({ clock })), [
    {
      ...{ organizationNumber: 1, deviceNumber: 2, table: "DCH", at, readAt: at, source: 0 },
      fields: {
        ...{ meter_datetime: at - 6_500, communication_status: 1, connection_duration: 4 },
        ...{ bytes_sent: 150, bytes_received: 2 ** 31 - 1 },
      },
    },
  ]);
});

test("one that failed says why, and a meter that UDIL does not know has none", () => {
  const [row] = contactRows(contact({ succeeded: false, answered: false, cause: "no_answer" }));
  assert.equal(row!.fields.communication_status, 0);
  assert.match(String(row!.fields.message_log), /[a-z]+ .*\.$/i);
  assert.deepEqual(contactRows(contact({}, null)), []);
});

test("a clock too wrong to be stored is left out, the contact is not", () => {
  for (const driftSeconds of [1e13, -1e13, Number.NaN]) {
    const rows = contactRows(contact({ clock: { driftSeconds, readAt: at, set: false } }));
    assert.ok(!("meter_datetime" in rows[0]!.fields));
    new RowBlock("DCH", rows.length).add(rows);
  }
});
