import assert from "node:assert/strict";
import { test } from "node:test";
import {
  autoAnswerValues,
  autoConnectValues,
  type Data,
  dataToBytes,
  longUnsigned,
  octetString,
  structure,
} from "@anymeter/dlms-cosem";
import { attributeValue, dataOf, meterOf, readAttribute, restarted, writeAttribute } from "../../../testing/meters.ts";
import { makes } from "../makes.ts";

const now = Date.UTC(2026, 10, 2, 10);

test("destinations, wake-up numbers and ports come back as they were written, after a restart too", () => {
  const meter = meterOf("BOR", { now });
  const written: (readonly [number, string, number, Data])[] = [
    [29, "0.0.2.1.0.255", 6, autoConnectValues.destinationList.toData(["192.0.2.7:4059", "192.0.2.8:4059"])],
    [28, "0.0.2.2.0.255", 7, autoAnswerValues.listOfAllowedCallers.toData([{ callerId: "03001234567", callType: 1 }])],
    [19, "0.0.20.0.0.255", 2, { type: "enum", value: 0 }],
    [19, "0.0.20.0.0.255", 7, octetString(Buffer.from("12345678"))],
    [41, "0.0.25.0.0.255", 2, longUnsigned(4060)],
    [42, "0.0.25.1.0.255", 3, { type: "double-long-unsigned", value: 0xc0000207 }],
    [42, "0.0.25.1.0.255", 8, { type: "boolean", value: false }],
  ];
  for (const [classId, name, attribute, data] of written) {
    assert.equal(writeAttribute(meter, classId, name, attribute, data), 0, `${classId} ${name} ${attribute}`);
  }
  const again = restarted(meter);
  for (const [classId, name, attribute, data] of written) {
    const shown = dataOf(readAttribute(again, classId, name, attribute));
    assert.deepEqual(dataToBytes(shown), dataToBytes(data), `${classId} ${name} ${attribute}`);
  }
  assert.equal(writeAttribute(meter, 29, "0.0.2.1.0.255", 6, longUnsigned(5)), 12);
  assert.equal(writeAttribute(meter, 41, "0.0.25.0.0.255", 2, { type: "double-long-unsigned", value: 70_000 }), 12);
});

test("the TPI-34G keeps the window of its optical port, wake-up numbers and addresses in objects of its own", () => {
  const meter = meterOf("GLM", { now });
  const time = (hour: number) => octetString(Uint8Array.of(0x07, 0xea, 11, 2, 0xff, hour, 0, 0, 0, 0x80, 0, 0xff));
  const window = structure(time(12), time(18));
  assert.equal(writeAttribute(meter, 1, "0.0.96.60.16.255", 2, window), 0);
  assert.equal(writeAttribute(meter, 1, "0.0.96.12.129.255", 2, octetString(Buffer.from("03451234567"))), 0);
  const addresses = dataOf(readAttribute(meter, 1, "0.0.25.4.128.255", 2)).value as readonly Data[];
  assert.equal(addresses.length, 21);
  const moved = structure(octetString(Uint8Array.of(192, 0, 2, 7)), ...addresses.slice(1));
  assert.equal(writeAttribute(meter, 1, "0.0.25.4.128.255", 2, moved), 0);
  const again = restarted(meter);
  assert.deepEqual(dataToBytes(dataOf(readAttribute(again, 1, "0.0.96.60.16.255", 2))), dataToBytes(window));
  assert.deepEqual(dataToBytes(dataOf(readAttribute(again, 1, "0.0.25.4.128.255", 2))), dataToBytes(moved));
  assert.equal(Buffer.from(attributeValue(again, 1, "0.0.96.12.129.255") as Uint8Array).toString(), "03451234567");
  assert.deepEqual(
    meter.memory.events.map(({ code }) => code).filter((code) => code > 300),
    [332, 307, 305],
  );
  assert.deepEqual(readAttribute(meter, 28, "0.0.2.2.0.255", 7), { error: 4 }, "not in the standard's as well");
});

test("modems tell how well they hear their network, each make in its way", () => {
  const register = meterOf("ALM", { now });
  const dBm = Number(attributeValue(register, 3, "0.0.96.12.5.255"));
  assert.ok(dBm <= -51 && dBm >= -113, `${dBm} dBm`);
  const unit = (attributeValue(register, 3, "0.0.96.12.5.255", 3) as Data[])[1]!.value;
  assert.equal(unit, 70);
  const cell = attributeValue(meterOf("BOR", { now }), 47, "0.0.25.6.0.255", 6) as Data[];
  assert.ok((cell[2]!.value as number) >= 0 && (cell[2]!.value as number) <= 31);
  const octets = attributeValue(meterOf("GLM", { now }), 1, "0.0.96.12.5.255") as Uint8Array;
  assert.equal(octets.length, 2);
  assert.ok(new Int8Array(octets)[1]! < -50);
  assert.deepEqual(readAttribute(meterOf("CST", { now }), 3, "0.0.96.12.5.255", 2), { error: 4 }, "a serial meter");
});

for (const make of makes) {
  test(`${make.manufacturer}: every attribute that is said to be writable takes what it shows`, () => {
    const meter = meterOf(make.flag, { now });
    const list = dataOf(readAttribute(meter, 15, "0.0.40.0.0.255", 2)).value as readonly Data[];
    let written = 0;
    for (const { value } of list as readonly { value: readonly Data[] }[]) {
      const classId = value[0]!.value as number;
      const name = (value[2]!.value as Uint8Array).join(".");
      for (const attribute of (value[3]!.value as readonly Data[])[0]!.value as readonly { value: readonly Data[] }[]) {
        const [number, access] = attribute.value.map((element) => element.value as number);
        if (access !== readAndWrite || classId === clock) continue;
        const shown = dataOf(readAttribute(meter, classId, name, number!));
        assert.equal(writeAttribute(meter, classId, name, number!, shown), 0, `${classId} ${name} ${number}`);
        written++;
      }
    }
    assert.ok(written > 30, `${written} attributes`);
  });
}

const readAndWrite = 3;
const clock = 8;
