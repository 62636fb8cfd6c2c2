import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Data, encodeApdu, obisToBytes, scalerUnitToData, wrapperFrame } from "@anymeter/dlms-cosem";
import { mutate, Random } from "@anymeter/sans-io/testing";
import { RunFailure } from "../causes.ts";
import { systemClock } from "../clock.ts";
import { defaultSettings } from "../settings.ts";
import { dial, MeterCipher, notification, openPushScene, sendDatagram, until } from "./testing/push-scene.ts";

const octets = (value: Uint8Array): Data => ({ type: "octet-string", value });
const structure = (...value: Data[]): Data => ({ type: "structure", value });
const energy = (value: number): Data =>
  structure(
    octets(obisToBytes("1-0:1.8.0")),
    { type: "double-long-unsigned", value },
    scalerUnitToData({ scaler: 0, unit: 30 }),
  );
const named = (logicalDeviceName: string, value: number): Data =>
  structure(structure(octets(obisToBytes("0-0:42.0.0")), octets(Buffer.from(logicalDeviceName))), energy(value));
/** However it ends: who writes into a connection that was closed sees it reset. */
const closed = (socket: Socket) =>
  new Promise<void>((resolve) => {
    if (socket.closed) resolve();
    else socket.on("error", () => {}).once("close", () => resolve());
  });

describe("the push port", () => {
  let scene: Awaited<ReturnType<typeof openPushScene>>;
  before(async () => {
    scene = await openPushScene();
  });

  test("a connection that says nothing, or never ends what it began, is closed; one that is heard stays", async () => {
    const listener = await scene.listen({
      firstMessageMilliseconds: 800,
      messageMilliseconds: 800,
      idleMilliseconds: 60_000,
    });
    await scene.register({ logicalDeviceName: "SLO0000000000001" });
    const [silent, slow, good] = await Promise.all([dial(listener), dial(listener), dial(listener)]);
    const frame = wrapperFrame(1, 103, notification(named("SLO0000000000001", 1)));
    good.write(frame);
    slow.write(frame);
    slow.write(frame.subarray(0, 9));
    const dripping = setInterval(() => slow.write(Buffer.of(0)), 20);
    await Promise.all([closed(silent), closed(slow)]);
    clearInterval(dripping);
    good.write(frame);
    await pause(400);
    assert.ok(!good.closed);
  });

  test("an idle connection that is no meter's is closed", async () => {
    const listener = await scene.listen({
      firstMessageMilliseconds: 2_000,
      messageMilliseconds: 80,
      idleMilliseconds: 100,
    });
    await scene.register({ logicalDeviceName: "IDL0000000000001" });
    const socket = await dial(listener);
    socket.write(wrapperFrame(1, 103, notification(named("IDL0000000000001", 1))));
    await closed(socket);
  });

  test("connections are limited, in all and for one address", async () => {
    for (const limit of ["maxConnections", "maxConnectionsPerSource"] as const) {
      const listener = await scene.listen({ [limit]: 2 });
      const sockets = await Promise.all([dial(listener), dial(listener), dial(listener)]);
      await Promise.race(sockets.map(closed));
      assert.equal(sockets.filter(({ closed }) => closed).length, 1, limit);
      const open = sockets.find((socket) => !socket.closed)!;
      open.destroy();
      await closed(open);
      // The listener learns a little later that there is room again.
      await until(async () => {
        const another = await dial(listener);
        await pause(50);
        return !another.closed;
      });
    }
  });

  test("over TCP a sender beyond its rate is slowed down and loses nothing, over UDP it is dropped", async () => {
    const device = await scene.register({ logicalDeviceName: "FAS0000000000001" });
    const listener = await scene.listen({ messagesPerSecond: 20, messageBurst: 5 });
    const frames = Array.from({ length: 12 }, (_, minute) => {
      const clock = octets(Uint8Array.of(0x07, 0xea, 1, 15, 4, 12, minute, 0, 0, 0, 0, 0));
      const body = structure(
        structure(octets(obisToBytes("0-0:1.0.0")), clock),
        ...(named("FAS0000000000001", minute).value as Data[]),
      );
      return wrapperFrame(1, 103, notification(body));
    });
    const started = performance.now();
    (await dial(listener)).write(Buffer.concat(frames));
    await until(async () => (await scene.readingsOf(device)).length === 12);
    assert.ok(performance.now() - started > 250, "12 messages with a burst of 5 at 20 a second take 0.35 s");

    const datagrams = await scene.listen({ messagesPerSecond: 1, messageBurst: 5 });
    const other = await scene.register({ logicalDeviceName: "FAS0000000000002" });
    const frame = (minute: number) => {
      const clock = octets(Uint8Array.of(0x07, 0xea, 1, 15, 4, 12, minute, 0, 0, 0, 0, 0));
      return wrapperFrame(
        1,
        103,
        notification(
          structure(
            structure(octets(obisToBytes("0-0:1.0.0")), clock),
            ...(named("FAS0000000000002", minute).value as Data[]),
          ),
        ),
      );
    };
    for (let minute = 0; minute < 20; minute++) await sendDatagram(datagrams, frame(minute));
    await until(async () => (await scene.readingsOf(other)).length >= 5);
    await datagrams.stop();
    assert.equal((await scene.readingsOf(other)).length, 5);
  });

  test("thousands of messages in one write wait as bytes, and a stop neither waits for their turn nor loses what it took", async () => {
    const device = await scene.register({ logicalDeviceName: "RUS0000000000001" });
    const listener = await scene.listen({ messagesPerSecond: 0.01, messageBurst: 1, messageMilliseconds: 100 });
    const socket = await dial(listener);
    const frame = (value: number) =>
      wrapperFrame(1, 103, notification(named("RUS0000000000001", value), { timeless: true, confirmed: true }));
    socket.write(Buffer.concat(Array.from({ length: 300 }, (_, index) => frame(index))));
    let answered = 0;
    socket.on("data", (bytes: Buffer) => {
      answered += bytes.toString("hex").split("000100670001").length - 1;
    });
    await until(async () => answered === 1);
    // Held back for their turn: not slow.
    await pause(300);
    assert.ok(!socket.closed);
    const begun = performance.now();
    await listener.stop();
    assert.ok(performance.now() - begun < 3_000);
    await closed(socket);
    assert.equal(answered, 2);
    assert.equal((await scene.readingsOf(device)).length, 2);
  });

  test("a session that begins while the head-end stops is cut at once", async () => {
    const listener = await scene.listen();
    const device = await scene.register({ logicalDeviceName: "CUT0000000000001", settings: { dials_in: true } });
    const socket = await dial(listener);
    socket.write(wrapperFrame(1, 1, Buffer.from("CUT0000000000001")));
    await until(async () => listener.bound.isConnected(device));
    const line = listener.bound.lineTo(device, {
      settings: defaultSettings.session,
      clock: systemClock,
      signal: AbortSignal.abort(new RunFailure("stopped")),
      counter: { sent: 0, received: 0 },
    });
    await assert.rejects(line!.receive(60_000), { code: "stopped" });
    line!.close();
    assert.ok(listener.bound.isConnected(device), "nothing was asked: the meter's connection stays");
  });

  test("who speaks another protocol is closed and written down once for its address", async () => {
    const listener = await scene.listen();
    for (const bytes of [
      Buffer.from("GET / HTTP/1.1 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
      Buffer.of(0x16, 0x03, 0x01),
      Buffer.of(0, 2, 0, 0),
    ]) {
      const socket = await dial(listener);
      socket.write(bytes);
      await closed(socket);
    }
    const damaged = await until(async () => {
      const rows = (await scene.unknown()).filter(({ reason }) => reason === "damaged");
      return rows.length > 0 && rows[0]!.pushes >= 3 && rows;
    });
    assert.equal(damaged.length, 1);
  });

  test("a push of a meter that hangs up at once is stored, and a damaged block costs the connection nothing", async () => {
    const listener = await scene.listen();
    const networkInterface = await scene.rows.networkInterface(scene.organization, { static_ip_address: "127.0.0.1" });
    const device = await scene.register({ networkInterface });
    const hasty = await dial(listener);
    hasty.write(wrapperFrame(1, 103, Buffer.from("E0C00001", "hex")));
    hasty.write(wrapperFrame(1, 103, notification(structure(energy(5)))), () => hasty.destroy());
    await until(async () => (await scene.readingsOf(device)).length === 1);
    await scene.db
      .updateTable("network_interfaces")
      .set({ static_ip_address: null })
      .where("id", "=", networkInterface)
      .execute();
  });

  test("the list of unknown pushers is bounded, and the longest silent go first", async () => {
    const listener = await scene.listen({ maxUnknownPushers: 3 });
    for (let index = 1; index <= 6; index++) {
      const title = `0102030405060${index}`.padEnd(16, "0");
      await sendDatagram(listener, wrapperFrame(1, 103, new MeterCipher(title).general(notification(energy(1)))));
      await until(async () => (await scene.unknown()).some(({ system_title }) => system_title === title));
    }
    const titles = (await scene.unknown()).map(({ system_title }) => system_title);
    assert.equal(titles.length, 3);
    assert.ok(titles[0]!.startsWith("01020304050606"));
  });

  test("changed bytes of every kind neither stop the port nor store anything", async () => {
    const listener = await scene.listen({ messagesPerSecond: 100_000, messageBurst: 100_000 });
    const systemTitle = "5A5A5A0000000001";
    const device = await scene.register({
      systemTitle,
      keys: "both",
      settings: { ciphering: "authenticated-encrypted" },
    });
    const good = wrapperFrame(
      1,
      103,
      new MeterCipher(systemTitle, 1_000_000).general(notification(structure(energy(7)))),
    );
    const random = new Random(3);
    for (let count = 0; count < 300; count++) {
      const bytes = mutate(good, random);
      if (Buffer.compare(bytes, good) !== 0) await sendDatagram(listener, bytes);
    }
    const socket = await dial(listener);
    socket.write(good);
    await until(async () => (await scene.readingsOf(device)).length > 0);
    assert.equal((await scene.readingsOf(device)).length, 1);
  });

  test("a meter that dials in: heartbeats are answered as its settings say, and the newer connection counts", async () => {
    const arrived: number[] = [];
    const listener = await scene.listen({}, () => arrived.push(1));
    const settings = { dials_in: true, heartbeat_answer: "echo" };
    const device = await scene.register({ logicalDeviceName: "DIA0000000000001", settings });
    const heartbeat = wrapperFrame(1, 1, Buffer.from("DIA0000000000001"));
    const first = await dial(listener);
    first.write(heartbeat);
    const [echo] = (await once(first, "data")) as [Buffer];
    assert.deepEqual([...echo.subarray(8)], [...heartbeat.subarray(8)]);
    await until(async () => listener.bound.isConnected(device));
    first.write(heartbeat);
    await once(first, "data");
    assert.deepEqual(arrived, [1]);

    const second = await dial(listener);
    second.write(heartbeat);
    await closed(first);
    assert.ok(listener.bound.isConnected(device));
    assert.equal(listener.bound.size, 1);
    second.destroy();
    await until(async () => !listener.bound.isConnected(device));
  });

  test("a data-notification that is nothing but a name binds as well, by serial number too", async () => {
    const listener = await scene.listen();
    const device = await scene.register({ serial: "DN-0815", settings: { dials_in: true } });
    const socket = await dial(listener);
    socket.write(wrapperFrame(1, 103, notification({ type: "visible-string", value: "DN-0815" })));
    await until(async () => listener.bound.isConnected(device));
  });

  test("a meter that closes its half before it has its answer gets it all the same", async () => {
    const listener = await scene.listen();
    await scene.register({ logicalDeviceName: "HAL0000000000001" });
    const socket = await dial(listener);
    socket.end(wrapperFrame(1, 103, notification(named("HAL0000000000001", 1), { confirmed: true })));
    const [answer] = (await once(socket, "data")) as [Buffer];
    assert.equal(answer[8], 0x10);
  });

  test("unfinished messages of all connections together are bounded", async () => {
    const listener = await scene.listen({ maxPendingBytes: 20_000, firstMessageMilliseconds: 2_000 });
    const [large, small] = await Promise.all([dial(listener), dial(listener)]);
    const block = (raw: Uint8Array) =>
      wrapperFrame(
        1,
        103,
        encodeApdu({
          type: "general-block-transfer",
          ...{ last: false, streaming: true, window: 0, block: 1, acknowledged: 0 },
          raw,
        }),
      );
    small.write(block(new Uint8Array(100)));
    large.write(block(new Uint8Array(30_000)));
    await closed(large);
    assert.ok(!small.closed);
  });

  test("a meter whose settings do not expect it is bound to nothing, and said so", async () => {
    const listener = await scene.listen();
    const device = await scene.register({ serial: "SERIAL-4711" });
    const socket = await dial(listener);
    socket.write(wrapperFrame(1, 1, Buffer.from("SERIAL-4711")));
    await until(async () =>
      (await scene.unknown()).some(
        ({ meter_device, reason }) => meter_device === device && reason === "dials_in_unset",
      ),
    );
    assert.ok(!listener.bound.isConnected(device));
  });

  test("pushes and heartbeats between the answers of a session go past it", async () => {
    const listener = await scene.listen();
    const device = await scene.register({
      logicalDeviceName: "MIX0000000000001",
      settings: { dials_in: true, heartbeat_answer: "echo" },
    });
    const socket = await dial(listener);
    socket.write(wrapperFrame(1, 1, Buffer.from("MIX0000000000001")));
    await until(async () => listener.bound.isConnected(device));
    await once(socket, "data");
    const counter = { sent: 0, received: 0 };
    const line = listener.bound.lineTo(device, {
      ...{ settings: defaultSettings.session, clock: systemClock, signal: new AbortController().signal, counter },
    });
    assert.ok(line);
    const request = wrapperFrame(16, 1, Buffer.from("C001C1000300000100080000FF0200", "hex"));
    line.send(request);
    const [seen] = (await once(socket, "data")) as [Buffer];
    assert.deepEqual([...seen], [...request]);
    const answer = wrapperFrame(1, 16, Buffer.from("C401C1000600000001", "hex"));
    socket.write(
      Buffer.concat([wrapperFrame(1, 103, notification(named("MIX0000000000001", 77))), answer.subarray(0, 5)]),
    );
    socket.write(Buffer.concat([answer.subarray(5), wrapperFrame(1, 1, Buffer.from("MIX0000000000001"))]));
    assert.deepEqual([...((await line.receive(5_000)) as Uint8Array)], [...answer]);
    assert.equal(await line.receive(50), "silence");
    await until(async () => (await scene.readingsOf(device)).length === 1);
    assert.equal(
      listener.bound.lineTo(device, {
        settings: defaultSettings.session,
        clock: systemClock,
        signal: new AbortController().signal,
        counter,
      }),
      undefined,
    );
    line.close();
    assert.ok(listener.bound.isConnected(device));
    assert.equal(counter.received, answer.length);
    socket.destroy();
    assert.equal(await until(async () => !listener.bound.isConnected(device)), true);
  });
});
