/** What holds for any value and any bytes; fast-check shrinks what breaks it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertExplainsEveryByte } from "@anymeter/sans-io/testing";
import fc from "@anymeter/sans-io/testing/properties";
import { dataFromBytes, dataToBytes } from "../data/codec.ts";
import type { Data } from "../data/data.ts";
import { DlmsError } from "../errors.ts";
import { explainDlmsApdu } from "../explain/explain-apdu.ts";
import { explainHdlc } from "../explain/explain-hdlc.ts";
import { encodeHdlcFrame } from "../framing/hdlc/frame.ts";
import { HdlcParser } from "../framing/hdlc/parser.ts";
import { WrapperFramer, wrapperFrame } from "../framing/wrapper.ts";
import { SecurityContext } from "../security/context.ts";
import { countFrom } from "../security/invocation-counter.ts";
import { protect, unprotect } from "../security/protection.ts";
import { decodeApdu, encodeApdu } from "../xdlms/codec.ts";

const octets = fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes));

const { datum } = fc.letrec<{ datum: Data }>((tie) => ({
  datum: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant<Data>({ type: "null-data", value: null }),
    fc.boolean().map((value): Data => ({ type: "boolean", value })),
    octets.map((value): Data => ({ type: "octet-string", value })),
    fc.string({ unit: "binary-ascii", maxLength: 200 }).map((value): Data => ({ type: "visible-string", value })),
    fc.string({ unit: "grapheme", maxLength: 100 }).map((value): Data => ({ type: "utf8-string", value })),
    fc.integer({ min: 0, max: 0xffff_ffff }).map((value): Data => ({ type: "double-long-unsigned", value })),
    fc.integer({ min: -0x8000, max: 0x7fff }).map((value): Data => ({ type: "long", value })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value): Data => ({ type: "long64", value })),
    fc.double().map((value): Data => ({ type: "float64", value })),
    fc
      .array(fc.constantFrom("0", "1"), { maxLength: 70 })
      .map((bits): Data => ({ type: "bit-string", value: bits.join("") })),
    fc.array(tie("datum"), { maxLength: 6 }).map((value): Data => ({ type: "structure", value })),
    fc.array(tie("datum"), { maxLength: 6 }).map((value): Data => ({ type: "array", value })),
  ),
}));

const invocation = { invokeId: 1, confirmed: true, highPriority: false };

test("any data decodes to what was encoded, and is explained byte by byte", () => {
  fc.assert(
    fc.property(datum, (data) => {
      assert.deepEqual(dataFromBytes(dataToBytes(data)), data);
      const apdu = encodeApdu({ type: "get-response-normal", invocation, result: { data } });
      assertExplainsEveryByte(explainDlmsApdu(apdu), apdu);
    }),
    // JSON knows no negative zero.
    { numRuns: 300, examples: [[{ type: "float64", value: -0 }]] },
  );
});

test("any bytes are an APDU or a DlmsError, and what is an APDU is explained", () => {
  fc.assert(
    fc.property(octets, (bytes) => {
      try {
        decodeApdu(bytes);
      } catch (error) {
        assert.ok(error instanceof DlmsError, String(error));
        return;
      }
      assertExplainsEveryByte(explainDlmsApdu(bytes), bytes);
    }),
    { numRuns: 5_000 },
  );
});

test("frames come out of a stream as they went in, however it is cut", () => {
  const frames = fc.array(fc.uint8Array({ minLength: 1, maxLength: 120 }), { minLength: 1, maxLength: 5 });
  const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(frames, cuts, (apdus, sizes) => {
      const wrapped = Buffer.concat(apdus.map((apdu) => wrapperFrame(1, 16, apdu)));
      const framer = new WrapperFramer();
      const unwrapped: Uint8Array[] = [];
      inPieces(wrapped, sizes, (piece) => {
        framer.push(piece);
        for (let frame = framer.next(); frame; frame = framer.next()) unwrapped.push(Uint8Array.from(frame.apdu));
      });
      assert.deepEqual(
        unwrapped,
        apdus.map((apdu) => Uint8Array.from(apdu)),
      );

      const address = { destination: { logicalDevice: 16 }, source: { logicalDevice: 1, physicalDevice: 17 } };
      const line = Buffer.concat(
        apdus.map((information) => encodeHdlcFrame({ ...address, control: 0x97, segmented: false, information })),
      );
      const parser = new HdlcParser();
      const informations: Uint8Array[] = [];
      inPieces(line, sizes, (piece) => {
        parser.push(piece);
        for (let frame = parser.next(); frame; frame = parser.next())
          informations.push(Uint8Array.from(frame.information));
      });
      assert.deepEqual(
        informations,
        apdus.map((apdu) => Uint8Array.from(apdu)),
      );
      assertExplainsEveryByte(explainHdlc(line), line);
    }),
    { numRuns: 100 },
  );
});

test("what is protected opens to what it was, in every form and policy, and never when a byte of it was changed", () => {
  const keys = { unicastEncryption: new Uint8Array(16).fill(1), authentication: new Uint8Array(16).fill(2) };
  const title = Uint8Array.from("MMM12345", (character) => character.charCodeAt(0));
  const forms = fc.constantFrom("global", "general-global" as const);
  fc.assert(
    fc.property(datum, forms, fc.boolean(), fc.nat(), (data, form, encrypted, place) => {
      const plain = encodeApdu({ type: "get-response-normal", invocation, result: { data } });
      const policy = { authenticated: true, encrypted };
      const sender = new SecurityContext({ suite: 0, systemTitle: title, keys, counter: countFrom(7) });
      const bytes = protect(plain, { context: sender, policy, form: form as "global" });
      const receiver = () =>
        new SecurityContext({
          ...{ suite: 0, systemTitle: new Uint8Array(8), peerSystemTitle: title, keys, counter: countFrom(0) },
          demands: policy,
        });
      assert.deepEqual(unprotect(bytes, receiver()).apdu, plain);
      const changed = Uint8Array.from(bytes);
      changed[place % changed.length]! ^= 1 << (place % 8);
      assert.throws(() => unprotect(changed, receiver()), DlmsError);
    }),
    { numRuns: 200 },
  );
});

function inPieces(bytes: Uint8Array, sizes: readonly number[], take: (piece: Uint8Array) => void): void {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    take(bytes.subarray(at, at + size));
    at += size;
  }
}
