import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { after, describe, test } from "node:test";
import {
  countFrom,
  type Data,
  decodeApdu,
  fullProtection,
  HdlcPushReceiver,
  PushBlocks,
  SecurityContext,
  unprotect,
  wrapperFrameFromDatagram,
} from "@anymeter/dlms-cosem";
import { meterOf } from "../../../testing/meters.ts";
import { lineOf } from "../../line.ts";
import { MeterServer } from "../../meter-server.ts";
import { makes } from "../makes.ts";
import { DialIn } from "./dial-in.ts";
import { MeterPusher } from "./meter-pusher.ts";

/** 2026-05-04, a Monday, seven and a half minutes past ten. */
const now = Date.UTC(2026, 4, 4, 10, 7, 30);
const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close();
});

async function listen(accept: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    accept(socket);
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

describe("simulated pushes", () => {
  for (const make of makes.filter(({ push }) => push !== undefined)) {
    test(`a ${make.manufacturer} pushes the last full period as its load profile has it`, async () => {
      const { meter } = meterOf(make.flag, { now });
      const habit = make.push!.value;
      const apdus: Uint8Array[] = [];
      const whole = new Promise<void>((resolve) => {
        const blocks = new PushBlocks();
        const hdlc = new HdlcPushReceiver();
        const take = (bytes: Uint8Array) => {
          if (make.framing.value.type === "wrapper") apdus.push(wrapperFrameFromDatagram(bytes).apdu);
          else {
            hdlc.push(bytes);
            for (let push = hdlc.next(); push; push = hdlc.next()) {
              const joined = blocks.receive("meter", push.apdu);
              if (joined) apdus.push(joined);
            }
          }
          if (apdus.length > 0) resolve();
        };
        void receive(habit.transport, take).then((port) => {
          void new MeterPusher(meter, habit, { host: "127.0.0.1", port }).push();
        });
      });
      await whole;
      const [first] = apdus;
      const { security } = meter;
      const context =
        security &&
        new SecurityContext({
          ...{ suite: security.suite, keys: security.keys, counter: countFrom(0), demands: fullProtection },
          ...{ systemTitle: new Uint8Array(8), peerSystemTitle: meter.systemTitle },
        });
      const apdu = decodeApdu(context ? unprotect(first!, context).apdu : first!);
      assert.equal(apdu.type, "data-notification");
      assert.ok(apdu.type === "data-notification" && apdu.body.type === "structure");
      assert.equal(apdu.invocation.confirmed, habit.confirmed ?? false);
      const values: readonly Data[] = apdu.body.value;
      assert.equal(values[0]!.type, habit.body === "listed" ? "array" : "octet-string");
      assert.equal(Buffer.from(values[1]!.value as Uint8Array).toString(), meter.identity.logicalDeviceName);
      const clock = values[2]!.value as Uint8Array;
      assert.equal(clock[6]! % 15, 0, "a full quarter of an hour");
      assert.ok(Number(values[3]!.value) > 0);
    });
  }

  test("a push nobody answers is repeated and given up, one that is answered is not", async () => {
    const { meter } = meterOf("DLF", { now });
    const habit = { transport: "tcp", body: "bare", confirmed: true } as const;
    let pushes = 0;
    const deaf = await listen((socket) => {
      socket.once("data", () => {
        pushes++;
        socket.destroy();
      });
    });
    assert.equal(await new MeterPusher(meter, habit, { host: "127.0.0.1", port: deaf }, 1).push(), false);
    assert.equal(pushes, 4);
    const willing = await listen((socket) => {
      socket.once("data", () => {
        pushes++;
        socket.end("answer");
      });
    });
    assert.equal(await new MeterPusher(meter, habit, { host: "127.0.0.1", port: willing }, 1).push(), true);
    assert.equal(pushes, 5);
  });

  test("a meter that dials in says its name, says it again in silence, and dials again when it is dropped", async () => {
    const { meter } = meterOf("ALM", { now });
    const heard: string[] = [];
    let sockets = 0;
    let enough: () => void = () => {};
    const done = new Promise<void>((resolve) => {
      enough = resolve;
    });
    const port = await listen((socket) => {
      sockets++;
      socket.on("data", (bytes) => {
        heard.push(bytes.subarray(8).toString("latin1"));
        if (heard.length === 2) socket.destroy();
        if (heard.length === 3) enough();
      });
    });
    const server = new MeterServer(lineOf([meter]));
    const habits = { heartbeatMilliseconds: 30, redialMilliseconds: 10 };
    const dialIn = new DialIn(meter, server, { host: "127.0.0.1", port }, habits);
    dialIn.start();
    await done;
    dialIn.stop();
    assert.equal(sockets, 2);
    assert.deepEqual(heard.slice(0, 3), new Array(3).fill(meter.identity.logicalDeviceName));
  });
});

/** @returns the port on which pushes of the transport are taken */
async function receive(transport: "tcp" | "udp", take: (bytes: Uint8Array) => void): Promise<number> {
  if (transport === "tcp") {
    return listen((socket) =>
      socket.on("data", (bytes) => {
        take(bytes);
        if (bytes[0] === 0) socket.write("answer");
      }),
    );
  }
  const socket = createSocket("udp4");
  socket.on("message", take);
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  socket.unref();
  return socket.address().port;
}
