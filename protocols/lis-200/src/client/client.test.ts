/** A reader against a meter in memory: what each asks and gets, and what a bad line makes of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeBlock, encodeCommand } from "@anymeter/iec62056-21";
import { hexFromBytes, ProtocolError } from "@anymeter/sans-io";
import { byteByByte, type LineBehavior, type MemoryLine, outcomeOf, Random } from "@anymeter/sans-io/testing";
import { Lis200ServerSession } from "../server/server-session.ts";
import { ExampleMeter, hourlyRows } from "../testing/example-meter.ts";
import { Lis200Client, type Lis200ClientOptions } from "./client.ts";

function scene(options: Lis200ClientOptions = {}, meter = new ExampleMeter()) {
  const client = new Lis200Client(options);
  const server = new Lis200ServerSession(meter);
  const outcome = <Result>(request: Parameters<typeof outcomeOf<Result>>[2], line?: MemoryLine) =>
    outcomeOf(client, server, request, line);
  return { client, server, meter, outcome };
}

function connected(meter = new ExampleMeter()) {
  const built = scene({}, meter);
  built.outcome(built.client.connect());
  return built;
}

const failure = (code: string, fault?: string) => (error: unknown) =>
  error instanceof ProtocolError && error.code === code && (fault === undefined || error.fault === fault);

test("a meter is read from sign-on to break", () => {
  const { client, outcome } = scene();
  assert.equal(outcome(client.connect()).model, "EK280");
  assert.deepEqual(outcome(client.read("2:302.0")), { address: "2:302.0", text: "1234.5678", unit: "m3" });
  assert.equal(outcome(client.readClock()), "2021-03-01T06:30:00");
  outcome(client.disconnect());
  assert.equal(client.finished, true);
});

test("the bytes are those of the protocol's description", () => {
  const sent: string[] = [];
  const answered: string[] = [];
  const recorded =
    (list: string[]): LineBehavior =>
    (bytes) => {
      list.push(hexFromBytes(bytes));
      return [bytes];
    };
  const { client, outcome } = scene();
  const line = { up: recorded(sent), down: recorded(answered) };
  outcome(client.connect(), line);
  outcome(client.read("2:302.0"), line);
  outcome(client.readArchive({ archive: 3, position: 3, from: "2021-03-01,06:00:00" }), line);
  outcome(client.disconnect(), line);
  // Sign-on, option select 0 6 1, and P0 with the operand 1234567, whose check is 50.
  assert.equal(sent[0], "2F3F210D0A");
  assert.equal(answered[0], "2F456C73365C32454B3238300D0A");
  assert.equal(sent[1], "063036310D0A");
  assert.equal(answered[1], "0150300228313233343536372903 50".replace(" ", ""));
  assert.equal(sent[2], "01523102323A3330322E302831290375");
  assert.equal(answered[2], "02323A3330322E3028313233342E353637382A6D33290377");
  // R3 3:V.0(3;2021-03-01,06:00:00;;10) has the check 00: frames are no C strings.
  assert.ok(sent.includes("01523302333A562E3028333B323032312D30332D30312C30363A30303A30303B3B3130290300"));
  assert.deepEqual(sent.slice(-2), ["0142300371", "0142300371"]);
});

test("a meter is signed on to by its address, and not by another's", () => {
  const { client, outcome } = scene({ address: "012345678" });
  assert.equal(outcome(client.connect()).manufacturer, "Els");
  const stranger = scene({ address: "87654321", attempts: 1 });
  assert.throws(() => stranger.outcome(stranger.client.connect()), failure("no_answer", "timeout"));
});

test("a battery device is woken first, and hears nothing without it", () => {
  const asleep = Object.assign(new ExampleMeter(), { nulsToWake: 50 });
  const awake = scene({ wakeUp: {} }, asleep);
  assert.equal(awake.outcome(awake.client.connect()).model, "EK280");
  const unheard = scene({ attempts: 2 }, asleep);
  assert.throws(() => unheard.outcome(unheard.client.connect()), failure("no_answer"));
});

test("a lock opens with its code, tells its state, and closes", () => {
  const { client, outcome } = connected();
  assert.equal(outcome(client.readLock(3)), "closed");
  outcome(client.openLock(3, "12345678"));
  assert.equal(outcome(client.readLock(3)), "open");
  assert.equal(outcome(client.readLock(4)), "closed");
  assert.equal(outcome(client.read("3:141.0")).text, "6");
  outcome(client.closeLock(3));
  assert.equal(outcome(client.readLock(3)), "closed");
});

test("a break closes the locks", () => {
  const { client, server, meter, outcome } = connected();
  outcome(client.openLock(3, "12345678"));
  outcome(client.disconnect());
  const next = new Lis200Client();
  outcomeOf(next, server, next.connect());
  assert.equal(outcomeOf(next, server, next.readLock(3)), "closed");
  assert.deepEqual(meter.written, []);
});

test("an open lock is not given its code again, which would set it", () => {
  const { client, outcome } = connected();
  outcome(client.openLock(3, "12345678"));
  const commands: string[] = [];
  outcome(client.openLock(3, "99999999"), {
    up: (bytes) => {
      commands.push(String.fromCharCode(...bytes.slice(1, 3)));
      return [bytes];
    },
  });
  assert.deepEqual(commands, ["R1"]);
});

test("a wrong code, a lock that is not there, and one that cannot be are told apart", () => {
  const { client, outcome } = connected();
  assert.throws(() => outcome(client.openLock(3, "87654321")), failure("access_code_wrong", "security"));
  assert.throws(() => outcome(client.openLock(6, "0")), failure("instance_missing", "caller"));
  assert.throws(() => client.openLock(7, "0"), failure("lock_invalid", "caller"));
  assert.throws(() => client.openLock(3, "(1)"), failure("lock_code_invalid", "caller"));
  assert.throws(() => client.openLock(3, ""), failure("lock_code_invalid", "caller"));
});

test("the clock is set when the lock is open, and refused with #0019 when not", () => {
  const { client, meter, outcome } = connected();
  assert.throws(() => outcome(client.setClock("2021-03-01T12:00:00")), failure("write_not_authorized", "security"));
  assert.deepEqual(meter.written, []);
  outcome(client.openLock(3, "12345678"));
  outcome(client.setClock("2021-03-01T12:00:00"));
  assert.equal(outcome(client.readClock()), "2021-03-01T12:00:00");
});

test("a write that got no answer is not sent again: the time it sets would be late", () => {
  const { client, meter, outcome } = connected();
  outcome(client.openLock(3, "12345678"));
  assert.throws(() => outcome(client.setClock("2021-03-01T12:00:00"), { down: () => [] }), failure("no_answer"));
  assert.deepEqual(meter.written, ["2021-03-01,12:00:00"]);
  let damaged = true;
  const line: MemoryLine = {
    up: (bytes) => {
      const spoiled = damaged ? bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1) : bytes;
      damaged = false;
      return [spoiled];
    },
  };
  outcome(client.setClock("2021-03-01T13:00:00"), line);
  assert.deepEqual(meter.written, ["2021-03-01,12:00:00", "2021-03-01,13:00:00"], "what was refused is sent again");
});

test("a lock that stays closed although its code was taken is told", () => {
  const { client, outcome } = connected();
  const down: LineBehavior = (bytes) =>
    String.fromCharCode(...bytes).includes("3:170.0") ? [encodeBlock("3:170.0(0)")] : [bytes];
  assert.throws(() => outcome(client.openLock(3, "12345678"), { down }), failure("lock_stayed_closed", "security"));
});

test("a device that answers the option select with something else than P0 is given up", () => {
  const wrong: readonly (readonly [string, Uint8Array | undefined])[] = [
    ["answer_unexpected", encodeBlock("!\r\n")],
    ["message_checksum_wrong", encodeCommand("P0", "(1)").fill(0x7e, -1)],
    ["no_answer", undefined],
  ];
  for (const [code, answer] of wrong) {
    const { client, outcome } = scene();
    const down: LineBehavior = (bytes) => (bytes[0] === 0x2f ? [bytes] : answer ? [answer] : []);
    assert.throws(() => outcome(client.connect(), { down }), failure(code));
  }
});

test("keeping alive is the read of a value that every device has, and a count that is no number is told", () => {
  const { client, outcome } = connected();
  const asked: Uint8Array[] = [];
  const up: LineBehavior = (bytes) => {
    asked.push(bytes);
    return [bytes];
  };
  outcome(client.keepAlive(), { up });
  assert.deepEqual(asked, [encodeCommand("R1", "1:181.0(1)")]);
  const down: LineBehavior = () => [encodeBlock("3:V.A(many)")];
  assert.throws(() => outcome(client.countArchiveRows(3), { down }), failure("answer_unexpected", "damaged"));
});

test("an archive has a number from 1 to 99", () => {
  const { client } = connected();
  for (const archive of [0, 100, 1.5]) {
    assert.throws(() => client.readArchive({ archive }), failure("archive_range_invalid", "caller"));
    assert.throws(() => client.countArchiveRows(archive), failure("archive_range_invalid", "caller"));
    assert.throws(() => client.readArchiveLayout(archive), failure("archive_range_invalid", "caller"));
  }
});

test("refusals of reads and writes are errors of their own code, and the session goes on", () => {
  const { client, outcome } = connected();
  assert.throws(() => outcome(client.read("2:999.0")), failure("address_unknown", "caller"));
  assert.throws(() => outcome(client.read("9:302.0")), failure("instance_missing", "caller"));
  assert.throws(() => outcome(client.read("3:141.0")), failure("read_not_authorized", "security"));
  assert.throws(() => outcome(client.write("2:302.0", "0")), failure("value_constant", "caller"));
  assert.throws(() => outcome(client.readArchiveLayout(9)), failure("archive_missing", "caller"));
  assert.throws(() => outcome(client.readArchive({ archive: 5 })), failure("read_not_authorized", "security"));
  assert.throws(() => outcome(client.countArchiveRows(3, { position: 20 })), failure("archive_position_missing"));
  assert.throws(() => client.read("2:302.X"), failure("address_invalid"));
  assert.throws(() => client.write("2:302.0", "1)"), failure("value_invalid"));
  assert.equal(outcome(client.read("2:302.0")).text, "1234.5678");
});

test("an archive comes in partial blocks, oldest to newest, with its layout", () => {
  const { client, outcome } = connected();
  const answers: number[] = [];
  const read = outcome(client.readArchive({ archive: 3, rowsPerBlock: 10 }), {
    down: (bytes) => {
      answers.push(bytes.at(-2)!);
      return [bytes];
    },
  });
  // Three answers for the layout, then 24 rows in blocks of 10: two end with EOT, the last with ETX.
  assert.deepEqual(answers, [0x03, 0x03, 0x03, 0x04, 0x04, 0x03]);
  assert.deepEqual(
    read.rows.map(({ globalNumber }) => globalNumber),
    Array.from({ length: 24 }, (_, index) => 101 + index),
  );
  assert.equal(read.layout.columns[3]!.source, "2:302.0");
  assert.equal(read.rows[6]!.time, "2021-03-01T06:00:00");
});

test("a range by time, by number and by count is what was asked", () => {
  const { client, outcome } = connected();
  const layout = outcome(client.readArchiveLayout(3));
  const range = { position: 3, from: "2021-03-01,06:00:00", to: "2021-03-01,08:30:00" };
  const times = outcome(client.readArchive({ archive: 3, layout, ...range })).rows.map(({ time }) => time);
  assert.deepEqual(times, ["2021-03-01T06:00:00", "2021-03-01T07:00:00", "2021-03-01T08:00:00"]);
  const byNumber = outcome(client.readArchive({ archive: 3, layout, from: "120", rowsPerBlock: 0 })).rows;
  assert.deepEqual(
    byNumber.map(({ globalNumber }) => globalNumber),
    [120, 121, 122, 123, 124],
  );
  assert.equal(outcome(client.countArchiveRows(3, range)), 3);
  assert.equal(outcome(client.countArchiveRows(3)), 24);
});

test("an empty archive and limits beyond its rows are no rows, not failures", () => {
  const { client, outcome } = connected();
  const empty = [
    { archive: 4 },
    { archive: 3, position: 3, from: "2022-01-01,00:00:00" },
    { archive: 3, position: 3, to: "2020-01-01,00:00:00" },
    { archive: 3, position: 3, from: "2021-03-01,06:10:00", to: "2021-03-01,06:20:00" },
  ];
  for (const request of empty) {
    assert.deepEqual(outcome(client.readArchive(request)).rows, []);
    assert.equal(outcome(client.countArchiveRows(request.archive, request)), 0);
  }
});

test("a row sent twice counts once, a damaged row costs itself only", () => {
  const rows = hourlyRows(4).map((row) => [...row]);
  rows[2]![3] = "1)";
  rows.splice(1, 0, rows[1]!);
  const { client, outcome } = connected(Object.assign(new ExampleMeter(), { rows: [...rows, ["1", "2"]] }));
  const read = outcome(client.readArchive({ archive: 3 }));
  assert.equal(read.repeated, 1);
  assert.deepEqual(
    read.rows.map(({ globalNumber }) => globalNumber),
    [101, 102, 103, 104],
  );
  assert.deepEqual(
    read.damaged.map(({ code }) => code),
    ["archive_row_invalid"],
  );
});

test("byte by byte, with parity bits and noise before, everything reads the same", () => {
  const even = (bytes: Uint8Array) => bytes.map((byte) => (parity(byte) ? byte | 0x80 : byte));
  const lines: MemoryLine[] = [
    { up: byteByByte, down: byteByByte },
    { down: (bytes) => [even(bytes)] },
    { down: (bytes) => [Uint8Array.of(0x00, 0xff, 0x7f), bytes] },
  ];
  for (const line of lines) {
    const { client, outcome } = scene();
    outcome(client.connect(), line);
    outcome(client.openLock(3, "12345678"), line);
    assert.equal(outcome(client.read("2:302.0"), line).text, "1234.5678");
    assert.equal(outcome(client.readArchive({ archive: 3 }), line).rows.length, 24);
  }
});

test("where the device checks parity, every character sent has an even number of ones", () => {
  const { client, outcome } = scene({ parity: "even" });
  const up: LineBehavior = (bytes) => {
    assert.ok(!bytes.some(parity), hexFromBytes(bytes));
    return [bytes.map((byte) => byte & 0x7f)];
  };
  outcome(client.connect(), { up });
  assert.equal(outcome(client.read("2:302.0"), { up }).text, "1234.5678");
});

test("what is lost or damaged on the way is asked for again", () => {
  const spoils: Record<string, (bytes: Uint8Array) => readonly Uint8Array[]> = {
    lost: () => [],
    "a wrong check": (bytes) => [bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1)],
    "cut short": (bytes) => [bytes.slice(0, bytes.length >> 1)],
  };
  for (const [name, spoil] of Object.entries(spoils)) {
    for (const direction of ["up", "down"] as const) {
      for (let spoiled = 0; spoiled < 10; spoiled++) {
        let message = 0;
        const line = { [direction]: (bytes: Uint8Array) => (message++ === spoiled ? spoil(bytes) : [bytes]) };
        const { client, outcome } = scene();
        const what = `${name}, ${direction}, message ${spoiled}`;
        assert.equal(outcome(client.connect(), line).model, "EK280", what);
        assert.equal(outcome(client.read("2:302.0"), line).text, "1234.5678", what);
        const numbers = outcome(client.readArchive({ archive: 3 }), line).rows.map(({ globalNumber }) => globalNumber);
        assert.deepEqual(
          numbers,
          Array.from({ length: 24 }, (_, index) => 101 + index),
          what,
        );
      }
    }
  }
});

test("a silent meter and a lost line end the request, not the process", () => {
  const { client, outcome } = connected();
  assert.throws(() => outcome(client.read("2:302.0"), { down: () => [] }), failure("no_answer", "timeout"));
  const request = client.read("2:302.0");
  client.connectionLost();
  const events = [client.nextEvent()];
  assert.ok(events[0]?.type === "request-failed" && events[0].id === request.id);
  assert.ok(failure("connection_lost", "timeout")(events[0].error));
});

test("an answer that comes too late is not taken for another's", () => {
  const { client, outcome } = connected();
  let held: Uint8Array | undefined;
  assert.throws(
    () =>
      outcome(client.read("2:302.0"), {
        down: (bytes) => {
          held = bytes;
          return [];
        },
      }),
    failure("no_answer"),
  );
  const late = held!;
  let first = true;
  const clock = outcome(client.readClock(), {
    down: (bytes) => {
      const pieces = first ? [late, bytes] : [bytes];
      first = false;
      return pieces;
    },
  });
  assert.equal(clock, "2021-03-01T06:30:00");
});

test("a value that cannot be one is told, and what a meter may send never hangs the reader", () => {
  const { client, meter, outcome } = connected();
  meter.clock = "yesterday";
  assert.throws(() => outcome(client.readClock()), failure("time_invalid", "damaged"));
  const random = new Random(7);
  for (let count = 0; count < 200; count++) {
    const bytes = random.bytes(40);
    try {
      outcome(client.read("2:302.0"), { down: () => [bytes] });
    } catch (error) {
      assert.ok(error instanceof ProtocolError, String(error));
    }
  }
});

function parity(byte: number): boolean {
  let ones = 0;
  for (let rest = byte; rest > 0; rest >>= 1) ones += rest & 1;
  return ones % 2 === 1;
}
