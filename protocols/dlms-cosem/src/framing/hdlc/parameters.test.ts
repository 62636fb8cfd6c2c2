import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesFromHex } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation } from "@anymeter/sans-io/testing";
import {
  completeHdlcParameters,
  decodeHdlcParameters,
  defaultHdlcParameters,
  encodeHdlcParameters,
  type HdlcParameters,
  negotiateHdlcParameters,
} from "./parameters.ts";

/** Of a UA captured from a meter; its check sequences are right, see parser.test.ts. */
const captured = bytesFromHex("81 80 12 05 01 80 06 01 80 07 04 00 00 00 01 08 04 00 00 00 01");

describe("HDLC parameters", () => {
  it("writes and reads the field of a real meter", () => {
    assert.deepEqual(decodeHdlcParameters(captured), defaultHdlcParameters);
    assert.deepEqual(encodeHdlcParameters(defaultHdlcParameters), captured);
  });

  it("writes lengths above 255 in two bytes", () => {
    const parameters: HdlcParameters = {
      maximumInformationSend: 2030,
      maximumInformationReceive: 255,
      windowSend: 7,
      windowReceive: 3,
    };
    const field = bytesFromHex("81 80 13 05 02 07EE 06 01 FF 07 04 00000007 08 04 00000003");
    assert.deepEqual(encodeHdlcParameters(parameters), field);
    assert.deepEqual(decodeHdlcParameters(field), parameters);
  });

  it("reads any size and order, and skips what it does not know", () => {
    const field = bytesFromHex("81 80 10 08 01 02 99 03 010203 05 02 0100 06 02 0040");
    assert.deepEqual(decodeHdlcParameters(field), {
      maximumInformationSend: 256,
      maximumInformationReceive: 64,
      windowSend: 1,
      windowReceive: 2,
    });
  });

  it("takes an empty field as the defaults", () => {
    assert.deepEqual(decodeHdlcParameters(new Uint8Array(0)), defaultHdlcParameters);
    assert.deepEqual(decodeHdlcParameters(bytesFromHex("81 80 00")), defaultHdlcParameters);
  });

  it("lowers what is more than the standard allows and refuses zero", () => {
    const field = bytesFromHex("81 80 0A 05 04 00FFFFFF 07 02 0009");
    assert.equal(decodeHdlcParameters(field).maximumInformationSend, 2030);
    assert.equal(decodeHdlcParameters(field).windowSend, 7);
    assert.throws(() => decodeHdlcParameters(bytesFromHex("81 80 03 05 01 00")), { code: "hdlc_parameter_invalid" });
  });

  it("refuses a field cut anywhere", () => {
    for (let length = 1; length < captured.length; length++) {
      const cut = captured.subarray(0, length);
      assert.throws(() => decodeHdlcParameters(cut), { code: "hdlc_parameter_invalid" }, `cut at ${length}`);
      if (length < 4) continue;
      const patched = cut.slice();
      patched[2] = length - 3;
      // With the length made to fit, only the ends of parameters are good places to cut.
      if ([6, 9, 15].includes(length)) assert.equal(decodeHdlcParameters(patched).windowReceive, 1);
      else assert.throws(() => decodeHdlcParameters(patched), { code: "hdlc_parameter_invalid" }, `cut at ${length}`);
    }
  });

  it("answers changed bytes with parameters in range or a typed error", () => {
    assertSurvivesCuttingAndMutation((bytes) => completeHdlcParameters(decodeHdlcParameters(bytes)), captured, {
      mutants: 2000,
      wholePrefixes: [0],
    });
  });

  it("is seen from the sender: the meter's send limit is what the client receives", () => {
    const client = completeHdlcParameters({
      maximumInformationSend: 500,
      maximumInformationReceive: 1000,
      windowReceive: 3,
    });
    const meter = completeHdlcParameters({ maximumInformationSend: 600, maximumInformationReceive: 64, windowSend: 7 });
    assert.deepEqual(negotiateHdlcParameters(client, meter), {
      maximumInformationSend: 64,
      maximumInformationReceive: 600,
      windowSend: 1,
      windowReceive: 3,
    });
  });

  it("refuses settings out of range", () => {
    for (const wrong of [
      { windowSend: 8 },
      { windowReceive: 0 },
      { maximumInformationSend: 2031 },
      { windowSend: 1.5 },
    ]) {
      assert.throws(() => completeHdlcParameters(wrong), { code: "link_setting_invalid" });
    }
  });
});
