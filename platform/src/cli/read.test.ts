import assert from "node:assert/strict";
import { createServer } from "node:net";
import { Readable, Writable } from "node:stream";
import { after, before, describe, test } from "node:test";
import { type MeterDescription, type Neighbourhood, otherMeters, startNeighbourhood } from "@anymeter/simulator";
import { protocolDeclarations } from "../registry/protocols/index.ts";
import { UsageError } from "./command.ts";
import { readProtocolOf, type SecretWord } from "./read/protocols.ts";
import { read } from "./read.ts";

/** What is asked of a meter of each protocol, and one of the lines that must come. */
const wanted: Readonly<
  Record<string, { readonly words: readonly string[]; readonly series: string; readonly unit: string | null }>
> = {
  "dlms-cosem": { words: ["--obis", "1-0:1.8.0", "--obis", "1-0:32.7.0"], series: "1-0:1.8.0", unit: "Wh" },
  "iec62056-21": { words: ["--obis", "1.8.0"], series: "1-0:1.8.0", unit: "kWh" },
  "i-flag": { words: ["--parameter", "index_converted"], series: "index_converted", unit: "m³" },
  mbus: { words: [], series: "6-0:1.0.0", unit: "Wh" },
  modbus: { words: ["--obis", "1-0:1.8.0", "--obis", "1-0:32.7.0"], series: "1-0:1.8.0", unit: "kWh" },
  "lis-200": { words: ["--archive", "3", "--from", hoursAgo(2)], series: "2:300.0", unit: "m3" },
};

let street: Neighbourhood;
before(async () => {
  street = await startNeighbourhood({ seed: 7, meters: 6, others: otherMeters, historyDays: 2 });
});
after(() => street.close());

describe("one meter of each protocol", () => {
  for (const [protocol, { words, series, unit }] of Object.entries(wanted)) {
    test(`${protocol}: values with their unit and time, as JSON and as a table`, async () => {
      const meter = meterOf(protocol);
      const { code, said, errors } = await run([...wordsFor(meter), ...words]);
      assert.equal(code, 0, said + errors);
      const lines = linesOf(said);
      const values = lines.filter((line) => line.series === series);
      assert.ok(values.length > 0, said);
      for (const value of values) {
        assert.equal(value.unit, unit);
        assert.match(String(value.value), /^\d+(\.\d+)?$/);
        assert.ok(Math.abs(Date.parse(String(value.timestamp)) - Date.now()) < 4 * 3_600_000, String(value.timestamp));
      }
      assert.equal(lines.at(-1)!.cause, undefined);
      assert.ok(Number(lines.at(-1)!.rows_read) > 0);
      const table = await run([...wordsFor(meter), ...words, "--format", "table"]);
      assert.equal(table.code, 0);
      assert.match(table.said, new RegExp(series.replace(/[.*+?]/g, "\\$&")));
    });
  }
});

test("every model is read with the settings and keys that its utility has, and those that are odd say why", async () => {
  const odd: Readonly<Record<string, string>> = {
    VC260: "authentication_failed",
    R3: "secondary_address_missing",
    "J-96": "object_missing",
  };
  const words: Readonly<Record<string, readonly string[]>> = {
    "dlms-cosem": ["--obis", "1-0:1.8.0"],
    "lis-200": ["--archive", "2", "--archive", "3", "--from", hoursAgo(1)],
    "i-flag": ["--parameter", "index_converted"],
  };
  const models = new Map(street.meters.map((meter) => [`${meter.make} ${meter.model}`, meter]));
  for (const meter of models.values()) {
    const lines = linesOf((await run([...wordsFor(meter), ...(words[meter.protocol] ?? [])])).said);
    const causes = lines.flatMap(({ cause }) => (cause === undefined ? [] : [cause]));
    const expected = odd[meter.model];
    // A device has one of the two archives that are asked for.
    if (expected === undefined)
      assert.ok(
        lines.some(({ series }) => series !== undefined),
        meter.model,
      );
    if (expected === undefined && meter.protocol !== "lis-200") assert.deepEqual(causes, [], meter.model);
    if (expected !== undefined) assert.equal(causes[0], expected, meter.model);
  }
});

test("a value that is asked for is told once, whatever the meter calls it", async () => {
  const meter = street.meters.find(({ model }) => model === "E4P")!;
  const values = linesOf((await run(wordsFor(meter))).said).filter(({ series }) => series !== undefined);
  assert.equal(values.filter(({ series }) => String(series).endsWith("1.8.0")).length, 1);
  assert.equal(new Set(values.map(({ series, timestamp }) => `${series} ${timestamp}`)).size, values.length);
});

test("a profile is a table by time, an object list is JSON, and the bytes can be seen without secrets", async () => {
  const meter = street.dlmsMeters.find(({ secrets }) => secrets?.dlms_secret)!;
  const { said, errors } = await run([
    ...wordsFor(meter),
    ...["--profile", "1-0:99.1.0", "--from", hoursAgo(2), "--format", "table", "--trace"],
  ]);
  const [head, ...rows] = said.trimEnd().split("\n");
  assert.match(head!, /^time .*1-0:1\.8\.0 Wh/);
  assert.ok(rows.length >= 7 && rows.every((row) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z +\d/.test(row)), said);
  assert.match(errors, /^-> /m);
  assert.doesNotMatch(errors, new RegExp(Buffer.from(meter.secrets!.dlms_secret!).toString("hex"), "i"));
  const objects = linesOf((await run([...wordsFor(meter), "--objects"])).said);
  assert.ok(JSON.stringify(objects.at(-1)!.result).length > 1_000);
});

test("what fails says why and what to do, and what was read is shown all the same", async () => {
  const meter = street.dlmsMeters.find(({ secrets }) => secrets?.dlms_secret)!;
  const wrong = await run([...wordsFor({ ...meter, secrets: { dlms_secret: "not it" } }), "--obis", "1-0:1.8.0"]);
  assert.equal(wrong.code, 1);
  const [line] = linesOf(wrong.said);
  assert.equal(line!.cause, "authentication_failed");
  assert.match(String(line!.advice), /Check the registered secret/);
  const people = await run([...wordsFor(meter), "--obis", "1-0:99.99.9", "--obis", "1-0:1.8.0", "--format", "table"]);
  assert.equal(people.code, 1);
  assert.match(people.said, /1-0:1\.8\.0 +\d+ +Wh/);
  assert.match(people.errors, /^read_registers: object_missing\n {2}The meter does not have/);
});

test("nobody there, and somebody who says nothing", async () => {
  const silent = createServer((socket) => void socket.resume());
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as { port: number };
  const words = [`tcp://127.0.0.1:${port}`, "--protocol", "dlms", "--obis", "1-0:1.8.0", "--timeout", "0.1"];
  assert.equal(linesOf((await run(words)).said)[0]!.cause, "no_answer");
  await new Promise((resolve) => silent.close(resolve));
  assert.equal(linesOf((await run(words)).said)[0]!.cause, "connect_refused");
});

test("secrets may come from the environment", async () => {
  const meter = street.dlmsMeters.find(({ secrets }) => secrets?.dlms_secret)!;
  const words = [...wordsFor({ ...meter, secrets: {} }), "--obis", "1-0:1.8.0"];
  assert.equal((await run(words)).code, 1);
  assert.equal((await run(words, { ANYMETER_METER_PASSWORD: meter.secrets!.dlms_secret! })).code, 0);
});

test("wrong words are told before anybody is called", async () => {
  const dlms = ["tcp://127.0.0.1:1", "--protocol", "dlms"];
  const cases: readonly (readonly [words: readonly string[], message: RegExp])[] = [
    [[], /needs the address of a meter/],
    [["10.1.2.3:4059", "--protocol", "dlms"], /no address of the form tcp:\/\/host:port/],
    [["tcp://10.1.2.3:70000", "--protocol", "dlms"], /ports go from 1 to 65535/],
    [["tcp://10.1.2.3", "--protocol", "lis-200", "--address", "2:300.0"], /names no port/],
    [["tcp://10.1.2.3"], /needs --protocol, one of dlms, /],
    [["tcp://10.1.2.3", "--protocol", "morse"], /there is no protocol "morse"/],
    [dlms, /says nothing to read; dlms takes --obis, --profile/],
    [[...dlms, "--obis", "1.8"], /read_registers: obis\.0: This value does not match/],
    [[...dlms, "--archive", "3"], /--archive means nothing to dlms/],
    [[...dlms, "--objects", "--set", "framing=pigeon"], /--set framing=pigeon: "pigeon" is not a valid choice/],
    [[...dlms, "--objects", "--set", "farming=hdlc"], /no such setting; the settings are .*framing, /],
    [[...dlms, "--objects", "--set", "client_sap"], /write name=value/],
    [[...dlms, "--objects", "--set", "framing=hdlc", "--set", "client_sap=200"], /client_sap: Ensure this value/],
    [[...dlms, "--objects", "--key", "0x"], /--key: The text is not whole pairs/],
    [[...dlms, "--objects", "--key", "0011"], /--key: 2 bytes were given, 16 or 32 are needed/],
    [["tcp://h:1", "--protocol", "lis-200", "--address", "2:300.0", "--key", "00"], /--key means nothing to lis-200/],
    [[...dlms, "--objects", "--timeout", "never"], /--timeout is a number of seconds/],
    [[...dlms, "--objects", "--timezone", "Mars/Base"], /there is no zone "Mars\/Base"/],
    [[...dlms, "--objects", "--format", "xml"], /--format is json or table/],
    [[...dlms, "--with", "obis=1"], /--with belongs to --call/],
    [[...dlms, "--call", "read_mind"], /"read_mind" is no call of generic_dlms/],
    [[...dlms, "--call", "set_time", "--with", "allowed_drift_seconds=soon"], /A valid integer is required/],
  ];
  for (const [words, message] of cases) {
    await assert.rejects(
      run(words),
      (error) => error instanceof UsageError && message.test(error.message),
      words.join(" "),
    );
  }
});

test("every protocol that the platform declares can be read", () => {
  for (const { protocol } of protocolDeclarations) assert.ok(readProtocolOf(protocol), protocol);
});

test("any call can be made by its name", async () => {
  const meter = street.dlmsMeters[0]!;
  const words = ["--call", "set_time", "--with", "allowed_drift_seconds=86400"];
  const [line] = linesOf((await run([...wordsFor(meter), ...words])).said);
  assert.equal(line!.call, "set_time");
  assert.ok(Math.abs(Number(line!.clock_drift_seconds)) < 60);
});

function meterOf(protocol: string): MeterDescription {
  return street.meters.find((meter) => meter.protocol === protocol)!;
}

/** What the meter's utility was told, as words. */
function wordsFor(meter: MeterDescription): string[] {
  const protocol = readProtocolOf(meter.protocol)!;
  const { secrets = {}, deviceFields = {} } = meter;
  const settings = Object.entries({ ...meter.settings, ...meter.ownSettings });
  const columns: Readonly<Record<string, SecretWord>> = {
    ...{ dlms_secret: "password", iec62056_21_password: "password" },
    ...{ dlms_global_unicast_encryption_key: "key", mbus_key: "key" },
    dlms_global_authentication_key: "authentication-key",
  };
  return [
    `tcp://${meter.host}:${meter.port}`,
    ...["--protocol", protocol.name, "--timezone", meter.timezone],
    ...settings.flatMap(([name, value]) => [
      "--set",
      `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    ]),
    ...Object.entries(secrets).flatMap(([column, secret]) => [`--${columns[column]}`, secret]),
    ...(deviceFields.iec62056_21_address ? ["--device-address", String(deviceFields.iec62056_21_address)] : []),
  ];
}

async function run(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const [stdout, stderr] = [new Text(), new Text()];
  const stdin = Readable.from([]) as unknown as NodeJS.ReadableStream;
  const code = await read.run(words, { environment, stdin, stdout, stderr });
  return { code, said: stdout.text, errors: stderr.text };
}

class Text extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk;
    done();
  }
}

function linesOf(said: string): Record<string, unknown>[] {
  return said
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

function hoursAgo(hours: number): string {
  return new Date(Date.now() - hours * 3_600_000).toISOString();
}
