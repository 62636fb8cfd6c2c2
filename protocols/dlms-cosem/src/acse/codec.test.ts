import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { decodeApdu, encodeApdu } from "../xdlms/codec.ts";
import type { AssociationDiagnostic, AssociationResponse } from "./association.ts";
import { associationDiagnostics, describeDiagnostic } from "./diagnostics.ts";

test("every diagnostic of the standard passes through an AARE and has a name and advice", () => {
  for (const source of ["acse-service-user", "acse-service-provider"] as const) {
    const codes = Object.keys(associationDiagnostics[source]).map(Number);
    assert.deepEqual(
      codes,
      Array.from({ length: source === "acse-service-user" ? 15 : 3 }, (_, code) => code),
    );
    for (const code of codes) {
      const diagnostic: AssociationDiagnostic = { source, code };
      const aare: AssociationResponse = { type: "aare", result: "rejected-permanent", diagnostic };
      assert.deepEqual(decodeApdu(encodeApdu(aare)), aare);
      assert.match(describeDiagnostic(diagnostic).advice, /\.$/);
    }
  }
});

test("a diagnostic outside the standard keeps its number", () => {
  assert.equal(describeDiagnostic({ source: "acse-service-user", code: 77 }).name, "acse-service-user-77");
});

test("fields may come in any order", () => {
  const aare = decodeApdu(bytesFromHex("61 0C A3 05 A1 03 02 01 00 A2 03 02 01 00"));
  assert.deepEqual(aare, decodeApdu(bytesFromHex("61 0C A2 03 02 01 00 A3 05 A1 03 02 01 00")));
});

test("a mechanism wrapped in its own tag, and one of a bit-string value, are read", () => {
  const aarq = decodeApdu(bytesFromHex("60 11 8B 09 06 07 60857405080201 AC 04 81 02 AABB"));
  assert.deepEqual(aarq, {
    type: "aarq",
    mechanism: "lls",
    callingAuthenticationValue: bytesFromHex("AABB"),
  });
});

test("integers take as few bytes as hold them", () => {
  const reason = (value: number) => hexFromBytes(encodeApdu({ type: "rlrq", reason: value }));
  assert.equal(reason(30), "620380011E");
  assert.equal(reason(127), "620380017F");
  assert.equal(reason(128), "620480020080");
  assert.equal(reason(-129), "62048002FF7F");
  assert.equal(reason(-128), "6203800180");
});

test("fields that are not usable are named", () => {
  const broken: readonly (readonly [hex: string, code: string, message: RegExp])[] = [
    ["61 00", "acse_field_missing", /no result/],
    ["61 05 A2 03 02 01 07", "acse_field_invalid", /result/],
    ["61 05 A2 03 04 01 00", "acse_field_invalid", /not an integer/],
    ["61 05 A2 03 02 01 00 00", "apdu_trailing_bytes", /1 bytes follow/],
    ["61 0C A2 03 02 01 00 A3 05 A7 03 02 01 00", "acse_field_invalid", /A7 is neither A1 nor A2/],
    ["60 04 BE 02 05 00", "choice_unknown", /user-information, where 04/],
    ["63 05 80 01 00", "apdu_truncated", /the fields of the rlre/],
    ["62 02 80 00", "acse_field_invalid", /integer of 0 bytes/],
  ];
  for (const [hex, code, message] of broken) {
    assert.throws(() => decodeApdu(bytesFromHex(hex)), { code, message }, hex);
  }
});
