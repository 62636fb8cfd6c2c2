import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation, Random } from "@anymeter/sans-io/testing";
import { DlmsError } from "../errors.ts";
import { apduTypes, randomApdu } from "../testing/random-apdu.ts";
import { apduVectors } from "../testing/vectors.ts";
import { decodeApdu, encodeApdu } from "./codec.ts";

for (const { name, bytes, value, canonical } of apduVectors) {
  test(`decodes ${name}`, () => {
    assert.deepEqual(decodeApdu(bytes), value);
  });

  test(`encodes ${name}`, () => {
    const encoded = encodeApdu(value);
    if (canonical) assert.equal(hexFromBytes(encoded), hexFromBytes(bytes));
    assert.deepEqual(decodeApdu(encoded), value);
  });

  test(`survives cut and changed bytes of ${name}`, () => {
    // An exception-response of service error 6 is whole without its counter: meters leave it out.
    const wholePrefixes = value.type === "exception-response" ? [3] : [];
    assertSurvivesCuttingAndMutation(decodeApdu, bytes, { wholePrefixes });
  });
}

test("every kind of APDU has a vector", () => {
  const types = new Set(apduVectors.map(({ value }) => value.type));
  assert.deepEqual([...types].sort(), apduTypes.toSorted());
});

test("random APDUs of every kind come back as they went", () => {
  const random = new Random(20261120);
  for (let count = 0; count < 3000; count++) {
    const apdu = randomApdu(random);
    assert.deepEqual(decodeApdu(encodeApdu(apdu)), apdu);
  }
});

test("random bytes are an APDU or a typed error", () => {
  const random = new Random(7);
  for (let count = 0; count < 20_000; count++) {
    try {
      decodeApdu(random.bytes(random.integer(0, 64)));
    } catch (error) {
      assert.ok(error instanceof DlmsError);
    }
  }
});

test("an unknown tag is named", () => {
  assert.throws(() => decodeApdu(bytesFromHex("7F0000")), {
    code: "apdu_tag_unknown",
    fault: "damaged",
    offset: 0,
    message: /^7F is not the tag of an APDU/,
  });
});

test("a tag whose service is not decoded is named too", () => {
  assert.throws(() => decodeApdu(bytesFromHex("DF00")), {
    code: "apdu_tag_unknown",
    message: /^DF \(general-signing\)/,
  });
});

test("bytes after the APDU are counted", () => {
  assert.throws(() => decodeApdu(bytesFromHex("C501C100 0102")), {
    code: "apdu_trailing_bytes",
    details: { count: 2, what: "the APDU", offset: 4 },
  });
});

test("a truncation says what is missing and where", () => {
  assert.throws(() => decodeApdu(bytesFromHex("C401C1")), {
    code: "apdu_truncated",
    offset: 3,
    message: "The APDU ends before a result. (byte 3)",
  });
});

test("a Buffer decodes to plain Uint8Arrays", () => {
  const apdu = decodeApdu(Buffer.from("C401C10009020A0B", "hex"));
  assert.deepEqual(apdu, decodeApdu(bytesFromHex("C401C10009020A0B")));
});

test("what does not fit its field is refused by name", () => {
  const invocation = { invokeId: 16, confirmed: true, highPriority: true };
  assert.throws(() => encodeApdu({ type: "get-request-next", invocation, block: 1 }), {
    code: "value_not_encodable",
    fault: "caller",
    message: /^The invoke-id 16 cannot be encoded/,
  });
  const attribute = { classId: 3, logicalName: "1.0.1.8.0", attribute: 2 };
  assert.throws(
    () => encodeApdu({ type: "get-request-normal", invocation: { ...invocation, invokeId: 1 }, attribute }),
    { code: "obis_invalid", message: /"1\.0\.1\.8\.0"/ },
  );
});
