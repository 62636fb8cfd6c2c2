import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex } from "@anymeter/sans-io";
import type { Readout } from "./reading.ts";
import { SlaveStation } from "./server/slave-station.ts";
import { busOf, lineTo } from "./testing/bus-of.ts";
import { energyPages, exampleMeter, waterMeter } from "./testing/example-meters.ts";

test("a meter at a primary address is reset, asked, and answers", () => {
  const line = lineTo(exampleMeter());
  const readout = line.ask(line.client.readMeter({ primary: 5 }));
  assert.equal(readout.primaryAddress, 5);
  assert.equal(readout.end, "complete");
  assert.equal(readout.telegrams.length, 1);
  assert.deepEqual(values(readout), ["21.500"]);
  assert.deepEqual(line.transcript, [
    "> 1040054516",
    "< E5",
    "> 107B058016",
    "< 6815156808057278563412A7320407010000000C1300150200AE16",
  ]);
});

test("a meter at a secondary address is selected at 253 and asked there", () => {
  const line = lineTo(exampleMeter({ secondary: { identification: "11111111" } }), exampleMeter({ primary: 6 }));
  const readout = line.ask(line.client.readMeter({ secondary: waterMeter }));
  assert.equal(readout.primaryAddress, 6);
  assert.equal(line.transcript[0], "> 680B0B6873FD5278563412A7320407BA16");
  assert.equal(line.transcript[2], "> 107BFD7816");
});

test("a meter is told from its twin by the fabrication number", () => {
  const line = lineTo(
    exampleMeter({ fabricationNumber: "00000001", primary: 1, pages: [energyPages[0]] }),
    exampleMeter({ fabricationNumber: "00000002", primary: 2 }),
  );
  const readout = line.ask(line.client.readMeter({ secondary: { ...waterMeter, fabricationNumber: "2" } }));
  assert.deepEqual(values(readout), ["21.500"]);
});

test("telegrams that say more follows are read on with a toggled frame count, without a reset between them (53)", () => {
  for (const target of [{ primary: 5 }, { secondary: waterMeter }]) {
    const line = lineTo(exampleMeter({ pages: energyPages }));
    const readout = line.ask(line.client.readMeter(target));
    assert.deepEqual(values(readout), [...energies]);
    assert.equal(readout.end, "complete");
    const controls = line.transcript.filter((entry) => /^> 10/.test(entry)).map((entry) => entry.slice(4, 6));
    assert.deepEqual(controls, "primary" in target ? ["40", "7B", "5B", "7B"] : ["7B", "5B", "7B"]);
  }
});

test("an answer lost on its way is asked for again with the same frame count, and no telegram is lost or doubled", () => {
  for (let lost = 0; lost < 4; lost++) {
    const line = lineTo(exampleMeter({ pages: energyPages }), {
      toClient: (bytes, index) => (index === lost ? undefined : bytes),
    });
    assert.deepEqual(values(line.ask(line.client.readMeter({ primary: 5 }))), [...energies], `${lost}`);
  }
});

test("an answer with a damaged checksum or missing bytes is asked for again (59)", () => {
  const damages = [
    (bytes: Uint8Array) => bytes.map((byte, index) => (index === 20 ? byte ^ 0x10 : byte)),
    (bytes: Uint8Array) => new Uint8Array([...bytes.slice(0, 12), ...bytes.slice(15)]),
  ];
  for (const damage of damages) {
    const line = lineTo(exampleMeter({ pages: energyPages }), {
      toClient: (bytes, index) => (index === 2 ? damage(bytes) : bytes),
    });
    assert.deepEqual(values(line.ask(line.client.readMeter({ primary: 5 }))), [...energies]);
  }
});

test("a late answer to the first of two attempts is not taken for the next telegram", () => {
  // The answer to the first REQ_UD2 is held back until the second telegram was asked for.
  let late = new Uint8Array();
  const line = lineTo(exampleMeter({ pages: energyPages }), {
    toClient: (bytes: Uint8Array, index: number) => {
      if (index !== 1) return index === 3 ? new Uint8Array([...late, ...bytes]) : bytes;
      late = bytes.slice();
      return undefined;
    },
  });
  assert.deepEqual(values(line.ask(line.client.readMeter({ primary: 5 }))), [...energies]);
});

test("a meter that says more follows and repeats its last telegram is stopped (54)", () => {
  const line = lineTo(busOf([{ device: exampleMeter({ endless: true }), habits: { frameCount: "always-same" } }]));
  const readout = line.ask(line.client.readMeter({ primary: 5 }));
  assert.equal(readout.end, "repeated");
  assert.deepEqual(values(readout), ["21.500"]);
});

test("a meter that begins anew behind its last telegram is stopped, whatever its access number says", () => {
  const line = lineTo(exampleMeter({ pages: energyPages, endless: true }));
  const readout = line.ask(line.client.readMeter({ primary: 5 }));
  assert.equal(readout.end, "repeated");
  assert.deepEqual(values(readout), [...energies]);
});

test("a meter with more telegrams than the limit is stopped there", () => {
  const pages = Array.from({ length: 10 }, (_, index) => `0C060${index}000000`);
  const line = lineTo(exampleMeter({ pages }), {}, { telegramLimit: 4 });
  const readout = line.ask(line.client.readMeter({ primary: 5 }));
  assert.equal(readout.end, "limit");
  assert.equal(readout.telegrams.length, 4);
});

test("an application reset with subcode is sent before the first request (60)", () => {
  const subcodes: (number | undefined)[] = [];
  const device = exampleMeter();
  const meter = {
    ...device,
    telegrams: (context: Parameters<typeof device.telegrams>[0]) => {
      subcodes.push(context.subcode);
      return device.telegrams(context);
    },
  };
  const line = lineTo(meter);
  line.ask(line.client.readMeter({ primary: 5 }, { applicationReset: 0x50 }));
  assert.deepEqual(subcodes, [0x50]);
  assert.ok(line.sent.includes("68040468730550501816"), line.sent);
  line.ask(line.client.readMeter({ primary: 5 }, { applicationReset: true }));
  assert.ok(line.sent.includes("68030368730550C816"), line.sent);
});

test("a selection that was lost in the middle is made again, and the readout begins anew (55)", () => {
  const device = exampleMeter({ pages: energyPages });
  const station = new SlaveStation(device);
  let requests = 0;
  const bus = busOf([
    {
      hear: (frame) => {
        // The gateway restarts behind the first telegram: SND_NKE to all.
        if (frame.type === "short" && (frame.control & 0x0f) === 0x0b && ++requests === 2) {
          station.hear({ type: "short", control: 0x40, address: 253 });
        }
        return station.hear(frame);
      },
    },
  ]);
  const line = lineTo(bus);
  assert.deepEqual(values(line.ask(line.client.readMeter({ secondary: waterMeter }))), [...energies]);
});

test("a meter that takes the selection and then sends nothing is named as such (55)", () => {
  const station = new SlaveStation(exampleMeter());
  const line = lineTo(busOf([{ hear: (frame) => (frame.type === "short" ? undefined : station.hear(frame)) }]));
  const error = line.failureOf(line.client.readMeter({ secondary: waterMeter }));
  assert.equal(error.code, "selected_meter_silent");
});

test("a wrong byte instead of the acknowledgement is settled by the data (56)", () => {
  for (const acknowledgement of [0xfc, 0xfd, 0xfe, 0xa5]) {
    for (const target of [{ primary: 5 }, { secondary: waterMeter }]) {
      const line = lineTo(busOf([{ device: exampleMeter(), habits: { acknowledgement } }]));
      assert.deepEqual(values(line.ask(line.client.readMeter(target))), ["21.500"]);
    }
  }
});

test("a meter that loses the first frames after power-up is reset and asked once more (57)", () => {
  for (let lostFirstFrames = 1; lostFirstFrames <= 4; lostFirstFrames++) {
    const line = lineTo(busOf([{ device: exampleMeter(), habits: { lostFirstFrames } }]));
    assert.deepEqual(values(line.ask(line.client.readMeter({ primary: 5 }))), ["21.500"], `${lostFirstFrames}`);
  }
  for (let lostFirstFrames = 1; lostFirstFrames <= 3; lostFirstFrames++) {
    const line = lineTo(busOf([{ device: exampleMeter(), habits: { lostFirstFrames } }]));
    assert.deepEqual(values(line.ask(line.client.readMeter({ secondary: waterMeter }))), ["21.500"]);
  }
});

test("a slow meter is waited for as long as the settings say (58)", () => {
  const slow = () => busOf([{ device: exampleMeter({ pages: energyPages }), habits: { delay: 5000 } }]);
  const patient = lineTo(slow(), {}, { latency: 5000 });
  assert.deepEqual(values(patient.ask(patient.client.readMeter({ primary: 5 }))), [...energies]);
  const impatient = lineTo(slow(), {}, { latency: 500, retries: 0 });
  assert.equal(impatient.failureOf(impatient.client.readMeter({ primary: 5 })).code, "meter_silent");
});

test("a meter that does not answer SND_NKE is read all the same", () => {
  const line = lineTo(busOf([{ device: exampleMeter(), habits: { answersReset: false } }]));
  assert.deepEqual(values(line.ask(line.client.readMeter({ primary: 5 }))), ["21.500"]);
});

test("a secondary address that no meter has is told apart from a silent meter", () => {
  const line = lineTo(exampleMeter());
  const error = line.failureOf(line.client.readMeter({ secondary: { identification: "99999999" } }));
  assert.equal(error.code, "selection_unanswered");
  assert.match(error.message, /99999999-\*-\*-\*/);
  assert.equal(line.failureOf(line.client.readMeter({ primary: 9 })).code, "meter_silent");
});

test("two meters at one primary address are garbled data", () => {
  const line = lineTo(exampleMeter(), exampleMeter({ secondary: { identification: "87654321" } }));
  assert.equal(line.failureOf(line.client.readMeter({ primary: 5 })).code, "answer_garbled");
});

test("the answer of another meter is not taken", () => {
  const other = new SlaveStation(exampleMeter({ primary: 6 }));
  const line = lineTo(
    busOf([{ hear: (frame) => ("address" in frame ? other.hear({ ...frame, address: 6 }) : undefined) }]),
  );
  const error = line.failureOf(line.client.readMeter({ primary: 5 }));
  assert.equal(error.code, "answer_foreign");
  assert.match(error.message, /primary address 6/);
});

test("a telegram with another header is another meter's, and no page of this one", () => {
  const station = new SlaveStation(exampleMeter({ pages: energyPages }));
  const other = new SlaveStation(exampleMeter({ secondary: { identification: "99999999" }, pages: energyPages }));
  let requests = 0;
  const bus = busOf([
    {
      hear: (frame) => {
        const isRequest = frame.type === "short" && (frame.control & 0x0f) === 0x0b;
        // The other one has the same address, and is heard once in its place.
        if (isRequest && ++requests === 2) return other.hear(frame);
        return station.hear(frame);
      },
    },
  ]);
  const line = lineTo(bus);
  assert.deepEqual(values(line.ask(line.client.readMeter({ primary: 5 }))), energies);
});

test("bytes one by one, an echo and junk before answers change nothing", () => {
  const habits = [
    { chopped: true },
    { echo: true },
    { chopped: true, echo: true },
    { toClient: (bytes: Uint8Array) => new Uint8Array([0xff, 0x00, 0x7f, ...bytes]) },
    { toClient: (bytes: Uint8Array) => new Uint8Array([...bytes, ...bytes]) },
  ];
  for (const way of habits) {
    const line = lineTo(exampleMeter({ pages: energyPages }), way);
    assert.deepEqual(values(line.ask(line.client.readMeter({ secondary: waterMeter }))), [...energies]);
    assert.deepEqual(values(line.ask(line.client.readMeter({ primary: 5 }))), [...energies]);
  }
});

test("junk that looks like the beginning of a frame does not swallow the answer", () => {
  const line = lineTo(exampleMeter(), {
    toClient: (bytes) => new Uint8Array([0x68, 0xf0, 0xf0, 0x68, ...bytes]),
  });
  assert.deepEqual(values(line.ask(line.client.readMeter({ primary: 5 }))), ["21.500"]);
});

test("an application error is the meter's refusal, a busy meter is asked again", () => {
  const refusing = lineTo(busOf([{ hear: () => ({ bytes: bytesFromHex("68040468080570058216") }) }]));
  const error = refusing.failureOf(refusing.client.readMeter({ primary: 5 }));
  assert.equal(error.code, "application_error");
  assert.match(error.message, /more than 10 DIFE/);
  const limited = lineTo(busOf([{ hear: () => ({ bytes: bytesFromHex("68040468080570098616") }) }]));
  assert.equal(limited.failureOf(limited.client.readMeter({ primary: 5 })).code, "readouts_limited");
  const station = new SlaveStation(exampleMeter());
  let busy = 2;
  const bus = busOf([
    {
      hear: (frame) =>
        frame.type === "short" && frame.control !== 0x40 && busy-- > 0
          ? { bytes: bytesFromHex("68040468080570088516") }
          : station.hear(frame),
    },
  ]);
  const line = lineTo(bus);
  assert.deepEqual(values(line.ask(line.client.readMeter({ primary: 5 }))), ["21.500"]);
});

test("alarms are announced by ACD and read by REQ_UD1; a meter without any acknowledges", () => {
  const quiet = lineTo(exampleMeter());
  assert.equal(quiet.ask(quiet.client.readMeter({ primary: 5 })).alarmWaiting, false);
  assert.equal(quiet.ask(quiet.client.readAlarm({ primary: 5 })), undefined);
  const alarmed = lineTo(exampleMeter({ alarm: "71 04" }));
  assert.equal(alarmed.ask(alarmed.client.readMeter({ primary: 5 })).alarmWaiting, true);
  assert.equal(alarmed.ask(alarmed.client.readAlarm({ primary: 5 }))?.controlInformation, 0x71);
  assert.ok(alarmed.sent.includes("107A057F16"), alarmed.sent);
});

test("a lost connection fails what is under way", () => {
  const line = lineTo(exampleMeter());
  const request = line.client.readMeter({ primary: 5 });
  line.client.connectionLost();
  assert.equal(line.failureOf(request).code, "connection_lost");
  assert.equal(line.client.finished, true);
});

test("the client asks as long as the line takes, not longer: a dead meter costs a known time", () => {
  const line = lineTo(busOf([]));
  line.failureOf(line.client.readMeter({ primary: 5 }));
  // Two SND_NKE of 1,215 ms and three REQ_UD2 of 2,407 ms at 2400 baud and a second for the gateway.
  assert.equal(line.now, 2 * 1215 + 3 * 2407);
});

/** Of `energyPages`, in Wh. */
const energies = ["12345000", "11234000", "10123000"];

function values(readout: Readout): unknown[] {
  return readout.telegrams.flatMap((telegram) => telegram.records.map((record) => record.value));
}
