import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, type ExplainedPart, type Explanation } from "@anymeter/sans-io";
import { assertExplainsEveryByte, assertSurvivesCuttingAndMutation, Random } from "@anymeter/sans-io/testing";
import { encodeHdlcFrame } from "../framing/hdlc/frame.ts";
import { defaultHdlcParameters, encodeHdlcParameters } from "../framing/hdlc/parameters.ts";
import { wrapperFrame } from "../framing/wrapper.ts";
import { SecurityContext } from "../security/context.ts";
import { countFrom } from "../security/invocation-counter.ts";
import { fullProtection } from "../security/policy.ts";
import { protect } from "../security/protection.ts";
import { apduTypes, randomApdu } from "../testing/random-apdu.ts";
import { apduVectors } from "../testing/vectors.ts";
import { encodeApdu } from "../xdlms/codec.ts";
import { explainDlmsApdu } from "./explain-apdu.ts";
import { explainHdlc } from "./explain-hdlc.ts";
import { explainDlmsWrapper } from "./explain-wrapper.ts";

for (const { name, bytes } of apduVectors) {
  test(`explains every byte of ${name}`, () => {
    assertExplainsEveryByte(explainDlmsApdu(bytes), bytes);
    const frame = wrapperFrame(16, 1, bytes);
    assertExplainsEveryByte(explainDlmsWrapper(frame), frame);
  });
}

test("explains every byte of any APDU", () => {
  const random = new Random(7);
  const seen = new Set<string>();
  for (let count = 0; count < 1500; count++) {
    const apdu = randomApdu(random);
    const bytes = encodeApdu(apdu);
    assertExplainsEveryByte(explainDlmsApdu(bytes), bytes);
    seen.add(apdu.type);
  }
  assert.deepEqual(
    apduTypes.filter((type) => !seen.has(type)),
    [],
  );
});

test("names objects, attributes, values and units", () => {
  const request = explainDlmsApdu(bytesFromHex("C0 01 C1 0003 0100010800FF 03 00"));
  assert.equal(
    request.summary,
    "get-request-normal: attribute 3 (scaler_unit) of register 1-0:1.8.0 (active energy import (+))",
  );
  assert.deepEqual(meaningsOf(request), [
    "APDU tag: get-request",
    "kind: get-request-normal",
    "invoke-id 1, confirmed, high priority",
    "class: register",
    "logical name",
    "attribute: scaler_unit",
    "access selection: absent",
  ]);
  const response = explainDlmsApdu(bytesFromHex("C4 01 C1 00 0202 0FFD 161E"));
  assert.deepEqual(meaningsOf(response).slice(3), [
    "result: data follows",
    "structure of 2 elements",
    "integer, as a scaler: the value is multiplied by ten to this power",
    "enum, as a unit: Wh (active energy)",
  ]);
  assert.equal(leavesOf(response).at(-2)?.value, -3);
  const refusal = explainDlmsApdu(bytesFromHex("C4 01 C1 01 04"));
  assert.equal(meaningsOf(refusal).at(-1), "data-access-result: object-undefined");
});

test("octet-strings that hold a name, a clock or text are told", () => {
  const { parts } = explainDlmsApdu(
    bytesFromHex("0F 00000001 00 0204 0906 0000010000FF 090C 07E6011801123A32FF800000 0903 414243 0902 0001"),
  );
  const body = parts.at(-1)?.parts ?? [];
  assert.deepEqual(
    body.slice(1).map(({ meaning, value }) => [meaning, value]),
    [
      ["octet-string, an OBIS code", "0-0:1.0.0 (clock)"],
      ["octet-string, a date and time", "2022-01-24 18:58:50"],
      ["octet-string, text", "ABC"],
      ["octet-string", "0001"],
    ],
  );
});

test("keys open ciphered content, and a wrong key is named as such", () => {
  const key = new Uint8Array(16).fill(7);
  const authenticationKey = new Uint8Array(16).fill(9);
  const plain = bytesFromHex("C4 01 C1 00 06 0012D687");
  for (const form of ["global", "dedicated", "general-global", "general-dedicated"] as const) {
    const systemTitle = bytesFromHex("4D4D4D0000BC614E");
    const keys = { unicastEncryption: key, dedicated: key, authentication: authenticationKey };
    const context = new SecurityContext({ suite: 0, systemTitle, keys, counter: countFrom(1) });
    const bytes = protect(plain, { context, policy: fullProtection, form });

    const opened = explainDlmsApdu(bytes, { key, authenticationKey, systemTitle });
    assertExplainsEveryByte(opened, bytes);
    const [content] = leavesOf(opened).flatMap((part) => part.content ?? []);
    assert.equal(content?.origin, "deciphered", form);
    assert.equal(content.parts.at(-1)?.value, 1234567);
    assert.match(opened.summary, /get-response-normal: double-long-unsigned$/);
    assert.equal(meaningsOf(opened).at(-1), "authentication tag, right");

    const closed = explainDlmsApdu(bytes);
    assertExplainsEveryByte(closed, bytes);
    assert.ok(meaningsOf(closed).includes("ciphertext, not opened: no key given"));
    const wrong = explainDlmsApdu(bytes, { key: authenticationKey, authenticationKey, systemTitle });
    assertExplainsEveryByte(wrong, bytes);
    assert.match(meaningsOf(wrong).at(-2) ?? "", /not opened: The authentication tag does not match/);
    // An owner without the authentication key still reads, and is told that nobody vouches for it.
    const unchecked = explainDlmsApdu(bytes, { key, systemTitle });
    assert.equal(meaningsOf(unchecked).at(-1), "authentication tag, not checked");
    assert.match(unchecked.summary, /double-long-unsigned$/);
  }
});

test("several wrapper frames of one segment are explained one after another", () => {
  const get = bytesFromHex("C0 02 C1 00000001");
  const bytes = Uint8Array.of(...wrapperFrame(16, 1, get), ...wrapperFrame(1, 16, get));
  const explanation = explainDlmsWrapper(bytes);
  assertExplainsEveryByte(explanation, bytes);
  assert.equal(explanation.summary, "2 wrapper frames");
  assert.throws(() => explainDlmsWrapper(bytes.subarray(0, 20)), { code: "apdu_truncated" });
  assert.throws(() => explainDlmsWrapper(bytesFromHex("0002 0010 0001 0000")), { code: "wrapper_version_unknown" });
});

const meter = { logicalDevice: 1, physicalDevice: 17 };
const client = { logicalDevice: 16 };

test("an HDLC frame is explained with its flags, addresses, parameters and check sequences", () => {
  const information = encodeHdlcParameters(defaultHdlcParameters);
  const bytes = encodeHdlcFrame({ destination: meter, source: client, control: 0x93, segmented: false, information });
  const explanation = explainHdlc(bytes);
  assertExplainsEveryByte(explanation, bytes);
  assert.equal(explanation.summary, "SNRM, P/F from 16 to 1/17");
  assert.deepEqual(meaningsOf(explanation), [
    "opening flag",
    "format: type 3, last or only segment",
    "destination address",
    "source address",
    "control: SNRM, P/F",
    "header check sequence, right",
    "parameters: format, group and length",
    "longest information field the sender sends, in bytes",
    "longest information field the sender receives, in bytes",
    "frames the sender sends before it waits",
    "frames the sender takes before it acknowledges",
    "frame check sequence, right",
    "closing flag",
  ]);
});

test("segments are joined at the last one, over a shared flag and behind noise", () => {
  const apdu = bytesFromHex("E6E700 0F 00000001 00 0202 06 00000001 06 00000002");
  const frame = (information: Uint8Array, segmented: boolean) =>
    encodeHdlcFrame({ destination: client, source: meter, control: 0x13, segmented, information });
  const first = frame(apdu.subarray(0, 9), true);
  const last = frame(apdu.subarray(9), false);
  for (const bytes of [
    Uint8Array.of(...first, ...last),
    Uint8Array.of(...first, ...last.subarray(1)),
    Uint8Array.of(0x00, 0xff, ...first, ...last, 0x01),
  ]) {
    const explanation = explainHdlc(bytes);
    assertExplainsEveryByte(explanation, bytes);
    const contents = leavesOf(explanation).flatMap((part) => part.content ?? []);
    assert.deepEqual(
      contents.map(({ origin, hex }) => [origin, hex]),
      [["joined from the segments", "0F00000001000202060000000106 00000002".replace(" ", "")]],
    );
  }
});

test("what is no HDLC frame says why", () => {
  assert.throws(() => explainHdlc(bytesFromHex("010203")), { code: "hdlc_frame_invalid", message: /no flag/ });
  const good = encodeHdlcFrame({
    destination: meter,
    source: client,
    control: 0x53,
    segmented: false,
    information: new Uint8Array(),
  });
  assert.throws(() => explainHdlc(good.subarray(0, 6)), { code: "hdlc_frame_invalid", message: /ends before/ });
  const invalid = (bytes: Uint8Array, message: RegExp) =>
    assert.throws(() => explainHdlc(bytes), { code: "hdlc_frame_invalid", message });
  invalid(good.with(1, 0xb0), /B0 is no format field of type 3/);
  invalid(good.with(4, 0x22), /address does not end|check sequence/);
  invalid(good.with(6, 0), /its frame check sequence is [0-9A-F]{4} and should be [0-9A-F]{4}\. \(byte 7\)/);
  const information = Uint8Array.of(1, 2, 3);
  const long = encodeHdlcFrame({ destination: meter, source: client, control: 0x93, segmented: false, information });
  invalid(long.with(6, 0x53), /its header check sequence is/);
  invalid(long.with(10, 9), /its frame check sequence is/);
});

test("cut and changed bytes are refused or explained, never more and soon", () => {
  const push = bytesFromHex("0F 00000001 00 0203 06 00000001 0906 0100010800FF 0101 1201F4");
  assertSurvivesCuttingAndMutation(explainDlmsApdu, push);
  assertSurvivesCuttingAndMutation(explainDlmsWrapper, wrapperFrame(1, 16, push));
  const information = Uint8Array.of(0xe6, 0xe7, 0x00, ...push);
  const frame = encodeHdlcFrame({ destination: client, source: meter, control: 0x13, segmented: false, information });
  // The closing flag need not have come.
  assertSurvivesCuttingAndMutation(explainHdlc, frame, { wholePrefixes: [frame.length - 1] });
});

function meaningsOf(explanation: Explanation): string[] {
  return leavesOf(explanation).map((part) => part.meaning);
}

function leavesOf({ parts }: { readonly parts: readonly ExplainedPart[] }): ExplainedPart[] {
  return parts.flatMap((part) => (part.parts ? leavesOf({ parts: part.parts }) : [part]));
}
