import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { test } from "node:test";
import { UsageError } from "./command.ts";
import { boundedLines } from "./decode/bounded-lines.ts";
import { decodedProtocols } from "./decode/protocols.ts";
import { decode } from "./decode.ts";

/** Telegrams of each protocol, and what people are told first about them. */
const telegrams: readonly (readonly [protocol: string, hex: string, summary: RegExp])[] = [
  // A get-request of the clock (class 8, 0.0.1.0.0.255, attribute 2).
  ["dlms", "C001C100080000010000FF0200", /get-request/i],
  // The same, from client 16 to logical device 1.
  ["dlms-wrapper", "000100100001000DC001C100080000010000FF0200", /get-request/i],
  // SNRM without parameters, from client 16 to server 1: control 93, one check sequence.
  ["hdlc", "7EA0070321930F017E", /SNRM/],
  // "/?!" CR LF
  ["iec62056-21", "2F3F210D0A", /sign-on|request/i],
  // The archive 3 of a gas converter is asked for its headers: SOH R1 STX 3:V.2(3;;;) ETX BCC.
  ["lis-200", "01523102333A562E3228333B3B3B290328", /read/i],
  // The example of EN 13757-3, annex: a water meter's volume, flow and energy.
  ["mbus", "681F1F680802727856341224400107550000000313153100DA023B13018B60043718021816", /3 records/],
  // Two parameters of a Corus converter are read: command BF, two bytes, ETX, CRC.
  ["i-flag", "01BF026A01032A67", /read/i],
  // Unit 1 is asked for two holding registers from 0.
  ["modbus", "010300000002C40B", /read 2 holding registers/],
];

for (const [protocol, hex, summary] of telegrams) {
  test(`${protocol}: every byte of a telegram as JSON and for people`, async () => {
    const { code, said } = await run([protocol, hex]);
    assert.equal(code, 0, said);
    const explanation = JSON.parse(said);
    assert.match(explanation.summary, summary);
    assert.equal(explanation.length, hex.length / 2);
    let next = 0;
    for (const { offset, length } of explanation.parts) {
      assert.equal(offset, next);
      next += length;
    }
    assert.equal(next, explanation.length);
    const forPeople = await run([protocol, hex, "--explain"]);
    assert.ok(forPeople.said.includes(explanation.summary));
    assert.equal((await run([protocol, hex.slice(0, -4)])).code, 1, "cut short it is no telegram");
  });
}

test("everything that can be decoded is tried here", () => {
  const tried = telegrams.map(([protocol]) => protocol);
  assert.deepEqual(new Set(tried), new Set(decodedProtocols.map(({ name }) => name)));
});

test("hexadecimal digits may be several words, in any case, and may come from a file", async (t) => {
  const whole = await run(["modbus", "010300000002C40B"]);
  assert.deepEqual(await run(["modbus", "01 03", "0000", "0002 c40b"]), whole);
  const directory = await mkdtemp(join(tmpdir(), "anymeter-decode-"));
  t.after(() => rm(directory, { recursive: true }));
  const file = join(directory, "telegram");
  await writeFile(file, Buffer.from("010300000002C40B", "hex"));
  assert.deepEqual(await run(["modbus", "--file", file]), whole);
  await assert.rejects(run(["modbus", "--file", join(directory, "none")]), /ENOENT/);
});

test("text protocols take text, with escapes for what cannot be typed", async () => {
  assert.deepEqual(await run(["iec62056-21", "--text", "/?!\\r\\x0a"]), await run(["iec62056-21", "2F3F210D0A"]));
  await assert.rejects(run(["iec62056-21", "--text", "/?!\\q"]), /--text: "\\q" is none of/);
  await assert.rejects(run(["iec62056-21", "--text", "€"]), /"€" is no single byte/);
  await assert.rejects(run(["modbus", "--text", "x"]), /telegrams of modbus are bytes/);
});

test("line after line is answered with line after line, bad ones with their error", async () => {
  const { code, said } = await run(["modbus"], ["0103000000", "02C40B\r\nxx\n\n", "0103\n010300000002C40B"]);
  const answers = said
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(code, 1);
  assert.equal(answers.length, 5);
  assert.equal(answers[0].length, 8);
  assert.deepEqual(Object.keys(answers[1].error), ["code", "message", "offset"]);
  assert.equal(answers[1].error.code, "hex_invalid");
  assert.equal(answers[2].error.code, "frame_too_short");
  assert.deepEqual([answers[3].error.code, answers[3].error.offset], ["frame_too_short", 2]);
  assert.deepEqual(answers[4], answers[0]);
  assert.equal((await run(["modbus"], ["010300000002C40B\n"])).code, 0);
});

test("a line that never ends is answered once, and the next is explained", async () => {
  const { said } = await run(["modbus"], [...Array<string>(40).fill("0".repeat(65_536)), "\n010300000002C40B\n"]);
  const [tooLong, next] = said
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual([tooLong.error.code, tooLong.error.offset], ["line_too_long", null]);
  assert.equal(next.length, 8);
});

test("lines end where they end, wherever the stream is cut", async () => {
  const text = "ab\r\n\ncd\nlonger than ten\nef";
  for (let size = 1; size <= text.length; size++) {
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g"))!;
    assert.deepEqual(await linesOf(pieces), ["ab", "", "cd", "too-long", "ef"]);
  }
  assert.deepEqual(await linesOf(["a\n"]), ["a"]);
});

test("keys open what is ciphered; a key of a wrong length and an option of another protocol are refused", async () => {
  // Green Book table of an example: glo-get-request is explained as closed without the key.
  const closed = "C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B";
  const { code, said } = await run(["dlms", closed]);
  assert.equal(code, 0, said);
  const opened = await run([
    "dlms",
    closed,
    "--key",
    "000102030405060708090A0B0C0D0E0F",
    "--authentication-key",
    "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF",
    "--system-title",
    "4D4D4D0000BC614E",
  ]);
  assert.match(opened.said, /C0010000080000010000FF0200/);
  assert.doesNotMatch(said, /C0010000080000010000FF0200/);
  await assert.rejects(run(["dlms", closed, "--key", "0001"]), /--key: 2 bytes were given, 16 or 32 are needed/);
  await assert.rejects(run(["modbus", "00", "--key", "0001"]), /--key means nothing to modbus/);
  await assert.rejects(run(["modbus", "00", "--direction", "up"]), /"up" is none of request, response/);
});

test("no digits are no telegram", async () => {
  const { code, said } = await run(["modbus", ""]);
  assert.equal(code, 1);
  assert.equal(JSON.parse(said).error.code, "frame_too_short");
});

test("wrong words are told with the usage", async () => {
  for (const words of [[], ["morse", "00"], ["modbus", "00", "--file", "x"], ["modbus", "--loud"]]) {
    await assert.rejects(run(words), UsageError);
  }
});

/** With a limit of 10 characters. */
async function linesOf(pieces: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of boundedLines(Readable.from(pieces), 10)) lines.push(line);
  return lines;
}

async function run(words: readonly string[], input: readonly string[] = []): Promise<{ code: number; said: string }> {
  let said = "";
  const stdout = new Writable({
    highWaterMark: 1,
    write(chunk, _encoding, done) {
      said += chunk;
      setImmediate(done);
    },
  });
  const stdin = Readable.from(input) as unknown as NodeJS.ReadableStream;
  const code = await decode.run(words, { environment: {}, stdin, stdout, stderr: stdout });
  return { code, said };
}
