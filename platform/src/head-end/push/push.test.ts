import assert from "node:assert/strict";
import { once } from "node:events";
import { before, describe, test } from "node:test";
import {
  bytesFromHex,
  type CaptureObject,
  captureObjectsToData,
  type Data,
  decodeApdu,
  encodeApdu,
  encodeHdlcFrame,
  obisToBytes,
  scalerUnitToData,
  wrapperFrame,
} from "@anymeter/dlms-cosem";
import type { PushListener } from "./push-listener.ts";
import {
  dial,
  encryptionKey,
  hexOf,
  MeterCipher,
  notification,
  openPushScene,
  sendDatagram,
  until,
} from "./testing/push-scene.ts";

const octets = (value: Uint8Array): Data => ({ type: "octet-string", value });
const number = (value: number): Data => ({ type: "double-long-unsigned", value });
const name = (obis: string): Data => octets(obisToBytes(obis));
const structure = (...value: Data[]): Data => ({ type: "structure", value });
const wattHours = { scaler: 0, unit: 30 };

/** Named pairs with scaler and unit: nothing about the meter need be known. */
const selfTold = (value: number): Data =>
  structure(structure(name("1-0:1.8.0"), number(value), scalerUnitToData(wattHours)));
const noon = "2026-01-15T12:00:00Z";

describe("pushes of DLMS meters", () => {
  let scene: Awaited<ReturnType<typeof openPushScene>>;
  let listener: PushListener;
  let lastTitle = 0;
  /** A title no other test uses. */
  const newTitle = () => `4D4D4D00000${(++lastTitle).toString(16).padStart(5, "0")}`.toUpperCase();
  const ciphered = { ciphering: "authenticated-encrypted" };
  const meterWithKeys = async (settings: object = {}, keys: "both" | "encryption" = "both") => {
    const systemTitle = newTitle();
    return { systemTitle, device: await scene.register({ systemTitle, keys, settings: { ...ciphered, ...settings } }) };
  };
  const reasonsOf = async (device: string) =>
    (await scene.unknown()).filter(({ meter_device }) => meter_device === device).map(({ reason }) => reason);
  const waitForReadings = (device: string, count = 1) =>
    until(async () => {
      const readings = await scene.readingsOf(device);
      return readings.length >= count && readings;
    });

  before(async () => {
    scene = await openPushScene();
    listener = await scene.listen();
  });

  for (const transport of ["tcp", "udp"] as const) {
    test(`a ciphered push over ${transport} finds its meter by system title and is stored`, async () => {
      const { systemTitle, device } = await meterWithKeys();
      const frame = wrapperFrame(1, 102, new MeterCipher(systemTitle).general(notification(selfTold(1234))));
      if (transport === "tcp") (await dial(listener)).write(frame);
      else await sendDatagram(listener, frame);
      assert.deepEqual(await waitForReadings(device), [`1-0:1.8.0 1234 ${noon}`]);
    });
  }

  test("a confirmed push is answered when it is durable, as protected as it came, and not before", async () => {
    const { systemTitle, device } = await meterWithKeys();
    const cipher = new MeterCipher(systemTitle);
    const socket = await dial(listener);
    socket.write(wrapperFrame(1, 102, cipher.general(notification(selfTold(1), { confirmed: true }))));
    const [bytes] = (await once(socket, "data")) as [Buffer];
    assert.deepEqual(await scene.readingsOf(device), [`1-0:1.8.0 1 ${noon}`]);
    assert.equal(hexOf(bytes.subarray(0, 6)), "000100660001");
    assert.equal(decodeApdu(bytes.subarray(8)).type, "general-glo-ciphering");

    scene.failing.readings = true;
    socket.write(wrapperFrame(1, 102, cipher.general(notification(selfTold(2), { confirmed: true }))));
    const answered = await Promise.race([once(socket, "data"), once(socket, "close").then(() => "closed")]);
    scene.failing.readings = false;
    assert.equal(answered, "closed");
  });

  test("a plain confirmed push is answered in the clear with its own invoke-id", async () => {
    const device = await scene.register({ logicalDeviceName: "MMM0000000000001" });
    const body = structure(
      structure(name("0-0:42.0.0"), octets(Buffer.from("MMM0000000000001"))),
      structure(name("1-0:1.8.0"), number(5), scalerUnitToData(wattHours)),
    );
    const socket = await dial(listener);
    socket.write(wrapperFrame(1, 102, notification(body, { confirmed: true })));
    const [bytes] = (await once(socket, "data")) as [Buffer];
    assert.equal(hexOf(bytes), "0001 0066 0001 0006 10 40000007 00".replaceAll(" ", ""));
    assert.deepEqual(await scene.readingsOf(device), [`1-0:1.8.0 5 ${noon}`]);
  });

  test("the same push is taken once, also after a restart", async () => {
    const { systemTitle, device } = await meterWithKeys();
    const frame = wrapperFrame(1, 102, new MeterCipher(systemTitle, 10).general(notification(selfTold(1))));
    await sendDatagram(listener, frame);
    await waitForReadings(device);
    await until(
      async () =>
        (await scene.db.selectFrom("dlms_peer_counters").selectAll().where("meter_device", "=", device).execute())
          .length > 0,
    );
    await sendDatagram(await scene.listen(), frame);
    await until(async () => (await reasonsOf(device)).length > 0);
    assert.deepEqual(await reasonsOf(device), ["counter_replayed"]);
  });

  test("of copies of a push that come at the same moment one is taken", async () => {
    const { systemTitle, device } = await meterWithKeys();
    const frame = wrapperFrame(1, 102, new MeterCipher(systemTitle, 10).general(notification(selfTold(1))));
    const sockets = await Promise.all(Array.from({ length: 5 }, () => dial(listener)));
    for (const socket of sockets) socket.write(frame);
    await waitForReadings(device);
    const [row] = await until(async () => {
      const rows = (await scene.unknown()).filter(({ meter_device }) => meter_device === device);
      return rows[0]?.pushes === 4 && rows;
    });
    assert.equal(row!.reason, "counter_replayed");
  });

  test("a meter that does not count is read when its settings say so", async () => {
    const { systemTitle, device } = await meterWithKeys({ push_counter: "ignored" });
    for (const value of [1, 2]) {
      const time = value === 1 ? notification(selfTold(value)) : notification(selfTold(value), { timeless: true });
      await sendDatagram(listener, wrapperFrame(1, 102, new MeterCipher(systemTitle, 0).general(time)));
    }
    assert.equal((await waitForReadings(device, 2)).length, 2);
  });

  test("a profile's settings stand under the meter's own: a clock in standard time all year", async () => {
    const { systemTitle, device } = await meterWithKeys({ profile: "kamstrup-han" });
    const clock = octets(bytesFromHex("07EA0701030C000000800000"));
    const body = structure(structure(name("0-0:1.0.0"), clock), ...(selfTold(8).value as Data[]));
    await sendDatagram(listener, wrapperFrame(1, 102, new MeterCipher(systemTitle).general(notification(body))));
    // Noon of 1 July by a Swedish clock that ignores summer time.
    assert.deepEqual(await waitForReadings(device), ["1-0:1.8.0 8 2026-07-01T11:00:00Z"]);
  });

  test("without the authentication key a push is opened when the settings settle for encryption", async () => {
    const strict = await meterWithKeys({}, "encryption");
    const lenient = await meterWithKeys({ push_protection: "encrypted" }, "encryption");
    for (const { systemTitle } of [strict, lenient]) {
      await sendDatagram(
        listener,
        wrapperFrame(1, 102, new MeterCipher(systemTitle).general(notification(selfTold(3)))),
      );
    }
    assert.deepEqual(await waitForReadings(lenient.device), [`1-0:1.8.0 3 ${noon}`]);
    await until(async () => (await reasonsOf(strict.device)).length > 0);
    assert.deepEqual(await reasonsOf(strict.device), ["security_not_met"]);
  });

  test("a push without its system title is opened with the one registered for its address", async () => {
    const systemTitle = newTitle();
    const networkInterface = await scene.rows.networkInterface(scene.organization, { static_ip_address: "127.0.0.1" });
    const device = await scene.register({ systemTitle, keys: "both", settings: ciphered, networkInterface });
    const apdu = new MeterCipher(systemTitle).general(notification(selfTold(9)), { omitSystemTitle: true });
    await sendDatagram(listener, wrapperFrame(1, 102, apdu));
    assert.deepEqual(await waitForReadings(device), [`1-0:1.8.0 9 ${noon}`]);

    // With a second meter at the address, the one whose key opens the push has proven itself.
    const other = await scene.rows.networkInterface(scene.organization, { static_ip_address: "127.0.0.1" });
    await scene.register({ systemTitle: newTitle(), keys: "both", settings: ciphered, networkInterface: other });
    const again = new MeterCipher(systemTitle, 5).general(notification(selfTold(10), { timeless: true }), {
      omitSystemTitle: true,
    });
    await sendDatagram(listener, wrapperFrame(1, 102, again));
    assert.equal((await waitForReadings(device, 2)).length, 2);
    // A plain one proves nothing: it is nobody's.
    const seen = (await scene.unknown()).length;
    await sendDatagram(listener, wrapperFrame(1, 102, notification(selfTold(11))));
    await until(async () => (await scene.unknown()).length > seen);
    assert.ok((await scene.unknown()).some(({ reason }) => reason === "ambiguous_meter"));
    await scene.db
      .updateTable("network_interfaces")
      .set({ static_ip_address: null })
      .where("static_ip_address", "=", "127.0.0.1")
      .execute();
  });

  test("blocks are joined by sender and number, plain or ciphered, two pushes in turn", async () => {
    const { systemTitle, device } = await meterWithKeys();
    const cipher = new MeterCipher(systemTitle);
    const socket = await dial(listener);
    for (const [value, timeless] of [
      [1, false],
      [2, true],
    ] as const) {
      const apdu = cipher.general(notification(selfTold(value), { timeless }));
      for (const [index, start] of [0, 20, 40, 60].entries()) {
        const raw = apdu.subarray(start, index === 3 ? apdu.length : start + 20);
        const block = { last: index === 3, streaming: true, window: 0, block: index + 1, acknowledged: 0, raw };
        socket.write(wrapperFrame(1, 102, encodeApdu({ type: "general-block-transfer", ...block })));
      }
    }
    assert.equal((await waitForReadings(device, 2)).length, 2);
  });

  test("HDLC pushes come in UI frames without any connection, segmented and with one flag between", async () => {
    const { systemTitle, device } = await meterWithKeys();
    const information = Buffer.concat([
      bytesFromHex("E6E700"),
      new MeterCipher(systemTitle).general(notification(selfTold(7))),
    ]);
    const segment = (from: number, to: number, segmented: boolean) =>
      encodeHdlcFrame({
        destination: { logicalDevice: 102 },
        source: { logicalDevice: 1, physicalDevice: 17 },
        ...{ control: 0x13, segmented, information: information.subarray(from, to) },
      });
    const frames = Buffer.concat([segment(0, 40, true), segment(40, information.length, false).subarray(1)]);
    const socket = await dial(listener);
    for (const byte of frames) socket.write(Buffer.of(byte));
    assert.deepEqual(await waitForReadings(device), [`1-0:1.8.0 7 ${noon}`]);
  });

  test("the object list in the body names the values, with itself in the list or not", async () => {
    for (const withItself of [true, false]) {
      const logicalDeviceName = `LST000000000000${Number(withItself)}`;
      const device = await scene.register({ logicalDeviceName });
      const objects: CaptureObject[] = [
        ...(withItself ? [{ classId: 40, logicalName: "0.0.25.9.0.255", attribute: 2, dataIndex: 0 }] : []),
        { classId: 1, logicalName: "0.0.42.0.0.255", attribute: 2, dataIndex: 0 },
        { classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2, dataIndex: 0 },
        { classId: 3, logicalName: "1.0.2.8.0.255", attribute: 2, dataIndex: 0 },
        { classId: 3, logicalName: "1.0.2.8.0.255", attribute: 3, dataIndex: 0 },
      ];
      const body = structure(
        captureObjectsToData(objects),
        octets(Buffer.from(logicalDeviceName)),
        octets(bytesFromHex("07EA07010308000000FF888000".slice(0, 24))),
        number(4_500_000),
        scalerUnitToData(wattHours),
      );
      await sendDatagram(listener, wrapperFrame(1, 102, notification(body)));
      // 2026-07-01 08:00:00 without a deviation is summer time in Stockholm; Wh become the series' kWh.
      assert.deepEqual(await waitForReadings(device), ["1-0:2.8.0 4500 2026-07-01T06:00:00Z"]);
    }
  });

  test("bare values are understood by push_objects, or by the push setup as it was read; else they are not guessed", async () => {
    const body = structure(octets(Buffer.from("MMM0000000000009")), number(42));
    const push_objects = [
      { class: 1, obis: "0-0:42.0.0" },
      { class: 3, obis: "1-0:1.8.0", scaler: 3, unit: 30 },
    ];
    const configured = await meterWithKeys({ push_objects });
    const learned = await meterWithKeys();
    const unknown = await meterWithKeys();
    await scene.profiles.learnLayout(
      learned.device,
      "push 0-0:25.9.0",
      {
        columns: push_objects.map(({ class: classId, obis }) => ({
          ...{ classId, attribute: 2, dataIndex: 0 },
          logicalName: [...obisToBytes(obis)].join("."),
        })),
        scalerUnits: [null, wattHours],
      },
      Date.now(),
    );
    for (const { systemTitle } of [configured, learned, unknown]) {
      await sendDatagram(listener, wrapperFrame(1, 102, new MeterCipher(systemTitle).general(notification(body))));
    }
    assert.deepEqual(await waitForReadings(configured.device), [`1-0:1.8.0 42000 ${noon}`]);
    assert.deepEqual(await waitForReadings(learned.device), [`1-0:1.8.0 42 ${noon}`]);
    await until(async () => (await reasonsOf(unknown.device)).length > 0);
    assert.deepEqual(await reasonsOf(unknown.device), ["objects_unknown"]);
    assert.deepEqual(await scene.readingsOf(unknown.device), []);
  });

  test("what is mended leaves the list of those turned away, what somebody else may have caused stays", async () => {
    const systemTitle = newTitle();
    const cipher = new MeterCipher(systemTitle);
    const push = () => sendDatagram(listener, wrapperFrame(1, 102, cipher.general(notification(selfTold(1)))));
    const reasons = async () =>
      (await scene.unknown()).filter(({ system_title }) => system_title === systemTitle).map(({ reason }) => reason);
    await push();
    await until(async () => (await reasons()).includes("unknown_meter"));
    const device = await scene.register({ systemTitle, keys: "both", settings: ciphered });
    const forged = new MeterCipher(systemTitle, 9, encryptionKey.toReversed()).general(notification(selfTold(2)));
    await sendDatagram(listener, wrapperFrame(1, 102, forged));
    await until(async () => (await reasons()).includes("wrong_key"));
    await push();
    await waitForReadings(device);
    await until(async () => (await reasons()).length === 1);
    assert.deepEqual(await reasons(), ["wrong_key"]);
  });

  test("a value whose unit nobody tells is not stored", async () => {
    const { systemTitle, device } = await meterWithKeys();
    const body = structure(name("1-0:1.8.0"), number(1), name("1-0:2.8.0"), number(2));
    await sendDatagram(listener, wrapperFrame(1, 102, new MeterCipher(systemTitle).general(notification(body))));
    await until(async () => (await reasonsOf(device)).length > 0);
    const [row] = (await scene.unknown()).filter(({ meter_device }) => meter_device === device);
    assert.equal(row?.reason, "objects_unknown");
    assert.match(row.detail ?? "", /1-0:1\.8\.0 is not stored: neither the push nor/);
  });

  test("a ciphered service of a meter that dialled in is opened with its registered title", async () => {
    const systemTitle = newTitle();
    const logicalDeviceName = "GLO0000000000001";
    const settings = { ...ciphered, dials_in: true };
    const device = await scene.register({ systemTitle, logicalDeviceName, keys: "both", settings });
    const socket = await dial(listener);
    socket.write(wrapperFrame(1, 1, Buffer.from(logicalDeviceName)));
    await until(async () => listener.bound.isConnected(device));
    const event = encodeApdu({
      type: "event-notification",
      attribute: { classId: 1, logicalName: "0.0.96.11.0.255", attribute: 2 },
      value: { type: "unsigned", value: 40 },
    });
    socket.write(wrapperFrame(1, 1, new MeterCipher(systemTitle).service(event)));
    const [told] = await until(async () => {
      const found = await scene.eventsOf(device);
      return found.length > 0 && found;
    });
    assert.equal(told?.title, "Terminal cover removed");
  });

  test("rows of a profile and of an event log go by the layout in the body, or by the one that was read", async () => {
    const { systemTitle, device } = await meterWithKeys();
    const clock = { classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2, dataIndex: 0 };
    const imported = { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2, dataIndex: 0 };
    const code = { classId: 1, logicalName: "0.0.96.11.0.255", attribute: 2, dataIndex: 0 };
    await scene.profiles.learnLayout(
      device,
      "1-0:99.1.0",
      {
        columns: [clock, imported],
        scalerUnits: [null, { scaler: 3, unit: 30 }],
        capturePeriodSeconds: 900,
        sortMethod: "fifo",
      },
      Date.now(),
    );
    const at = (hour: number) => octets(Uint8Array.of(0x07, 0xea, 1, 15, 4, hour, 0, 0, 0, 0, 0, 0));
    const rows: Data = {
      type: "array",
      value: [structure(at(10), number(1)), structure({ type: "null-data", value: null }, number(2))],
    };
    const events: Data = { type: "array", value: [structure(at(11), { type: "unsigned", value: 1 })] };
    const objects: CaptureObject[] = [
      { classId: 7, logicalName: "1.0.99.1.0.255", attribute: 2, dataIndex: 0 },
      { classId: 7, logicalName: "0.0.99.98.0.255", attribute: 3, dataIndex: 0 },
      { classId: 7, logicalName: "0.0.99.98.0.255", attribute: 2, dataIndex: 0 },
    ];
    const body = structure(captureObjectsToData(objects), rows, captureObjectsToData([clock, code]), events);
    await sendDatagram(listener, wrapperFrame(1, 102, new MeterCipher(systemTitle).general(notification(body))));
    assert.deepEqual(await waitForReadings(device, 2), [
      "1-0:1.8.0 1000 2026-01-15T10:00:00Z",
      "1-0:1.8.0 2000 2026-01-15T10:15:00Z",
    ]);
    const [event] = await until(async () => {
      const found = await scene.eventsOf(device);
      return found.length > 0 && found;
    });
    assert.equal(event?.title, "Power down");
  });

  test("an extended register's own capture time goes before the clock of the body", async () => {
    const { systemTitle, device } = await meterWithKeys();
    const objects: CaptureObject[] = [
      { classId: 4, logicalName: "1.0.1.8.0.255", attribute: 2, dataIndex: 0 },
      { classId: 4, logicalName: "1.0.1.8.0.255", attribute: 3, dataIndex: 0 },
      { classId: 4, logicalName: "1.0.1.8.0.255", attribute: 5, dataIndex: 0 },
    ];
    const captured = octets(Uint8Array.of(0x07, 0xea, 1, 14, 3, 6, 0, 0, 0, 0, 0, 0));
    const body = structure(captureObjectsToData(objects), number(3), scalerUnitToData(wattHours), captured);
    await sendDatagram(listener, wrapperFrame(1, 102, new MeterCipher(systemTitle).general(notification(body))));
    assert.deepEqual(await waitForReadings(device), ["1-0:1.8.0 3 2026-01-14T06:00:00Z"]);
  });

  test("event-notifications, alarm registers and the alarms of DSMR meters become events", async () => {
    const { systemTitle, device } = await meterWithKeys();
    const cipher = new MeterCipher(systemTitle);
    const event = encodeApdu({
      type: "event-notification",
      attribute: { classId: 1, logicalName: "0.0.96.11.4.255", attribute: 2 },
      value: { type: "unsigned", value: 76 },
    });
    const alarm = structure(structure(name("0-0:97.98.0"), number(4)), structure(name("0-0:97.98.20"), number(0)));
    const socket = await dial(listener);
    socket.write(wrapperFrame(1, 102, cipher.general(event)));
    socket.write(wrapperFrame(1, 102, cipher.general(notification(alarm))));
    const events = await until(async () => {
      const found = await scene.eventsOf(device);
      return found.length >= 2 && found;
    });
    assert.deepEqual(events.map(({ title }) => title).toSorted(), ["Alarm", "Undervoltage phase 1"]);
    assert.match(events.find(({ title }) => title === "Alarm")!.content, /^0-0:97\.98\.0 = 4,/);

    const dsmr = await scene.register({ serial: "E0026000011223344" });
    await sendDatagram(listener, Buffer.from("E0026000011223344,\x00\x00\x00\x08", "latin1"));
    const [told] = await until(async () => {
      const found = await scene.eventsOf(dsmr);
      return found.length > 0 && found;
    });
    assert.match(told!.content, /^Alarm register = 00000008/);
  });

  test("who is unknown, has another key or says to be another is written down with a reason, and nothing is stored", async () => {
    const stranger = newTitle();
    await sendDatagram(listener, wrapperFrame(1, 102, new MeterCipher(stranger).general(notification(selfTold(1)))));
    const wrong = await meterWithKeys();
    const otherKey = encryptionKey.map((byte) => byte ^ 1);
    await sendDatagram(
      listener,
      wrapperFrame(1, 102, new MeterCipher(wrong.systemTitle, 1, otherKey).general(notification(selfTold(1)))),
    );
    const systemTitle = newTitle();
    const named = await scene.register({
      systemTitle,
      keys: "both",
      settings: ciphered,
      logicalDeviceName: "AAA0000000000001",
    });
    const body = structure(structure(name("0-0:42.0.0"), octets(Buffer.from("BBB0000000000002"))));
    await sendDatagram(listener, wrapperFrame(1, 102, new MeterCipher(systemTitle).general(notification(body))));
    const plain = await scene.register({ logicalDeviceName: "CCC0000000000003", settings: ciphered });
    const unprotected = structure(structure(name("0-0:42.0.0"), octets(Buffer.from("CCC0000000000003"))));
    await sendDatagram(listener, wrapperFrame(1, 102, notification(unprotected)));

    const rows = await until(async () => {
      const found = await scene.unknown();
      const wanted = [stranger, wrong.systemTitle, systemTitle];
      return wanted.every((title) => found.some(({ system_title }) => system_title === title)) && found;
    });
    const reasonOf = (title: string) => rows.find(({ system_title }) => system_title === title)?.reason;
    assert.equal(reasonOf(stranger), "unknown_meter");
    assert.equal(reasonOf(wrong.systemTitle), "wrong_key");
    assert.equal(reasonOf(systemTitle), "identity_mismatch");
    assert.deepEqual(await until(async () => (await reasonsOf(plain)).length > 0 && reasonsOf(plain)), [
      "security_not_met",
    ]);
    for (const row of rows) assert.ok(row.sentence.length > 20 && row.advice.length > 20, row.reason);
    for (const device of [wrong.device, named, plain]) assert.deepEqual(await scene.readingsOf(device), []);
  });

  test("a title that another organization registers as well, with other keys and often, takes no push away", async () => {
    const intruders = await scene.rows.organization();
    const systemTitle = newTitle();
    const register = (organization: string, settings: object, keys: "both" | "encryption") =>
      scene.register({ organization, systemTitle, keys, settings });
    // Without its tag being checked, any key opens a push, and nonsense comes out.
    const guessing = await register(intruders, { ...ciphered, push_protection: "encrypted" }, "encryption");
    const own = encryptionKey.map((byte) => byte ^ 0x55);
    const device = await scene.register({ systemTitle, keys: "both", settings: ciphered, encryptionKey: own });
    const cipher = new MeterCipher(systemTitle, 1, own);
    for (const value of [1, 2, 3, 4, 5, 6]) {
      await sendDatagram(
        listener,
        wrapperFrame(1, 102, cipher.general(notification(selfTold(value), { timeless: true }))),
      );
      assert.equal((await waitForReadings(device, value)).length, value);
      await register(intruders, ciphered, "encryption");
    }
    assert.deepEqual(await scene.readingsOf(guessing), []);
  });

  test("a name that is a serial number in one organization and a logical device name in another is nobody's", async () => {
    const dialling = { dials_in: true };
    const name = "SER0000000000001";
    const owner = await scene.register({ serial: name, settings: dialling });
    const organization = await scene.rows.organization();
    const other = await scene.register({ organization, logicalDeviceName: name, settings: dialling });
    const socket = await dial(listener);
    socket.write(wrapperFrame(1, 1, Buffer.from(name)));
    await once(socket, "close");
    assert.ok(!listener.bound.isConnected(owner) && !listener.bound.isConnected(other));
  });

  test("a counter no key has touched locks nobody out", async () => {
    const systemTitle = newTitle();
    const device = await scene.register({ systemTitle, keys: "both" });
    const plain = notification(selfTold(1));
    const content = Buffer.concat([Buffer.from("00FFFFFFFE", "hex"), plain]);
    const forged = Buffer.concat([Buffer.from(`DB08${systemTitle}`, "hex"), Buffer.of(content.length), content]);
    await sendDatagram(listener, wrapperFrame(1, 102, forged));
    await waitForReadings(device);
    const cipher = new MeterCipher(systemTitle, 5);
    const more = cipher.general(notification(selfTold(2), { timeless: true }));
    await sendDatagram(listener, wrapperFrame(1, 102, more));
    assert.equal((await waitForReadings(device, 2)).length, 2);
  });

  test("an alarm in the clear of a meter that must cipher is refused", async () => {
    const device = await scene.register({ serial: "E0026000011223399", settings: ciphered });
    await sendDatagram(listener, Buffer.from("E0026000011223399,\x00\x00\x00\x08", "latin1"));
    await until(async () => (await reasonsOf(device)).length > 0);
    assert.deepEqual(await reasonsOf(device), ["security_not_met"]);
    assert.deepEqual(await scene.eventsOf(device), []);
  });

  test("an alarm at an impossible time is answered, and stored with the time it came", async () => {
    const device = await scene.register({ logicalDeviceName: "YEA0000000000001" });
    const clock = octets(Uint8Array.of(0xea, 0x60, 1, 15, 4, 12, 0, 0, 0, 0, 0, 0));
    const body = structure(
      structure(name("0-0:42.0.0"), octets(Buffer.from("YEA0000000000001"))),
      structure(name("0-0:1.0.0"), clock),
      structure(name("0-0:97.98.0"), number(4)),
    );
    const socket = await dial(listener);
    socket.write(wrapperFrame(1, 102, notification(body, { confirmed: true, timeless: true })));
    const [answer] = (await once(socket, "data", { signal: AbortSignal.timeout(5_000) })) as [Buffer];
    assert.equal(answer[8], 0x10);
    assert.equal((await scene.eventsOf(device)).length, 1);
  });

  test("a name two organizations have is nobody's", async () => {
    const organization = await scene.rows.organization();
    const logicalDeviceName = "TWO0000000000001";
    const devices = [
      await scene.register({ logicalDeviceName }),
      await scene.register({ logicalDeviceName, organization }),
    ];
    const body = structure(
      structure(name("0-0:42.0.0"), octets(Buffer.from(logicalDeviceName))),
      structure(name("1-0:1.8.0"), number(5), scalerUnitToData(wattHours)),
    );
    await sendDatagram(listener, wrapperFrame(1, 102, notification(body)));
    const [row] = await until(async () => {
      const found = (await scene.unknown()).filter(
        ({ reason, logical_device_name }) => reason === "ambiguous_meter" && logical_device_name,
      );
      return found.length > 0 && found;
    });
    assert.equal(row?.meter_device, null);
    for (const device of devices) assert.deepEqual(await scene.readingsOf(device), []);
  });
});
