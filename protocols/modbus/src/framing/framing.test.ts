import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bytesFromHex, hexFromBytes, joinBytes } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation, mutate, Random } from "@anymeter/sans-io/testing";
import { checksum } from "./checksum.ts";
import type { Frame, FrameReader } from "./frame.ts";
import { looksLikeRtu, looksLikeTcp, mistakenFraming } from "./mistaken-framing.ts";
import { encodeRtuFrame, RtuFrameReader } from "./rtu-frame.ts";
import { encodeTcpFrame, TcpFrameReader } from "./tcp-frame.ts";

const bytes = bytesFromHex;

function all(reader: FrameReader): Frame[] {
  const frames: Frame[] = [];
  for (let frame = reader.next(); frame; frame = reader.next()) frames.push(frame);
  return frames;
}

/** Frames as hexadecimal text, to compare. */
const shown = (frames: readonly Frame[]) => frames.map(({ unit, pdu }) => `${unit}: ${hexFromBytes(pdu)}`);

describe("the checksum", () => {
  const cases: readonly (readonly [source: string, hex: string, crc: number])[] = [
    ["Serial Line V1.02, 6.2.2: 02 07 gives 1241", "0207", 0x1241],
    ["a request as printed in many manuals: 01 03 0000 0002 C4 0B", "010300000002", 0x0bc4],
    ["a Growatt inverter's request to its SDM630, captured: 01 04 0000 000E 71 CE", "01040000000E", 0xce71],
    ["ABB A43/A44 manual, page 169: 05 03 549C 0030 94 44", "0503549C0030", 0x4494],
  ];
  for (const [source, hex, crc] of cases) test(source, () => assert.equal(checksum(bytes(hex)), crc));
});

describe("Modbus TCP", () => {
  const answer = bytes("0007 0000 0007 01 03 04 43660000");

  test("a frame is written and read", () => {
    const frame = { transactionId: 7, unit: 1, pdu: bytes("030443660000") };
    assert.deepEqual(encodeTcpFrame(frame), answer);
    const reader = new TcpFrameReader();
    reader.push(answer);
    assert.deepEqual(reader.next(), frame);
    assert.equal(reader.next(), undefined);
  });

  test("two answers in one segment, and one in single bytes (pitfall 72)", () => {
    const reader = new TcpFrameReader();
    reader.push(joinBytes([answer, answer]));
    assert.equal(all(reader).length, 2);
    for (const byte of answer) {
      assert.deepEqual(all(reader), []);
      reader.push(Uint8Array.of(byte));
    }
    assert.deepEqual(shown(all(reader)), ["1: 030443660000"]);
  });

  test("a stream out of step says so", () => {
    const wrongProtocol = new TcpFrameReader();
    wrongProtocol.push(bytes("0001 0300 0007 01"));
    assert.throws(() => wrongProtocol.next(), { code: "protocol_identifier_invalid", offset: 2 });
    for (const length of ["0001", "00FF", "FFFF"]) {
      const reader = new TcpFrameReader();
      reader.push(bytes(`0001 0000 ${length} 01`));
      assert.throws(() => reader.next(), { code: "frame_length_invalid", offset: 4 }, length);
    }
  });
});

describe("RTU in a stream", () => {
  const answer = encodeRtuFrame({ unit: 1, pdu: bytes("030443660000") });
  const responses = () => new RtuFrameReader({ direction: "response" });
  /** As a client that waits for the answer to function 3 of unit 1. */
  const expected = () =>
    new RtuFrameReader({ direction: "response", begins: (unit, code) => unit === 1 && (code & 0x7f) === 3 });

  test("every response is cut by its own counts, whatever the pieces", () => {
    const pdus = [
      "0103CD6B05",
      "030443660000",
      "0500ACFF00",
      "0F0013000A",
      "2B0E010100000100024142",
      "8302",
      "160004 00F20025",
    ];
    const stream = joinBytes(pdus.map((pdu) => encodeRtuFrame({ unit: 9, pdu: bytes(pdu) })));
    const random = new Random(7);
    for (let round = 0; round < 50; round++) {
      const reader = responses();
      const frames: Frame[] = [];
      for (let at = 0; at < stream.length; ) {
        const size = random.integer(1, 9);
        reader.push(stream.slice(at, at + size));
        frames.push(...all(reader));
        at += size;
      }
      assert.deepEqual(
        frames.map(({ pdu }) => hexFromBytes(pdu)),
        pdus.map((pdu) => pdu.replaceAll(" ", "")),
      );
    }
  });

  test("noise before a frame is skipped, and a frame with a wrong checksum does not hide the next", () => {
    const damaged = answer.slice();
    damaged[3]! ^= 0x10;
    const reader = expected();
    reader.push(joinBytes([bytes("00FF55AA"), damaged, answer]));
    assert.deepEqual(shown(all(reader)), ["1: 030443660000"]);
  });

  test("a gateway that sends our own request back does no harm", () => {
    const reader = expected();
    reader.push(joinBytes([encodeRtuFrame({ unit: 1, pdu: bytes("0300000002") }), answer]));
    assert.deepEqual(shown(all(reader)), ["1: 030443660000"]);
  });

  test("what only seems to begin a long frame is given up when nothing more comes", () => {
    const reader = responses();
    reader.push(joinBytes([bytes("0103F0"), answer]));
    assert.equal(reader.next(), undefined);
    assert.deepEqual(shown([reader.afterSilence()!]), ["1: 030443660000"]);
  });

  test("units and functions that are not waited for are skipped at once", () => {
    const reader = new RtuFrameReader({ direction: "response", begins: (unit) => unit === 1 });
    reader.push(joinBytes([bytes("0203F0"), answer]));
    assert.deepEqual(shown(all(reader)), ["1: 030443660000"]);
  });

  test("a request of a function without a table is told by silence", () => {
    const reader = new RtuFrameReader({ direction: "request" });
    const request = encodeRtuFrame({ unit: 1, pdu: bytes("2A0102") });
    reader.push(request);
    assert.equal(reader.next(), undefined);
    assert.deepEqual(shown([reader.afterSilence()!]), ["1: 2A0102"]);
  });

  test("noise without end takes no memory without end", () => {
    const reader = responses();
    const random = new Random(3);
    for (let piece = 0; piece < 200; piece++) {
      reader.push(random.bytes(100));
      all(reader);
      assert.ok(reader.rest.length <= 612, String(reader.rest.length));
    }
  });

  test("cut and mutated streams are survived", () => {
    assertSurvivesCuttingAndMutation(
      (damaged) => {
        const reader = responses();
        reader.push(damaged);
        const frames = all(reader);
        if (frames.length === 0) mistakenFraming(damaged, "rtu");
        return frames;
      },
      joinBytes([answer, answer]),
      { wholePrefixes: Array.from({ length: 19 }, (_, length) => length) },
    );
  });
});

describe("mistaken framing (pitfall 73)", () => {
  const rtu = encodeRtuFrame({ unit: 1, pdu: bytes("030443660000") });
  const tcp = encodeTcpFrame({ transactionId: 1, unit: 1, pdu: bytes("030443660000") });

  test("each is told from the other", () => {
    assert.ok(looksLikeRtu(rtu) && !looksLikeRtu(tcp));
    assert.ok(looksLikeTcp(tcp) && !looksLikeTcp(rtu));
    assert.equal(mistakenFraming(rtu, "tcp")?.code, "framing_is_rtu");
    assert.equal(mistakenFraming(tcp, "rtu")?.code, "framing_is_tcp");
    assert.equal(mistakenFraming(rtu, "rtu"), undefined);
    assert.equal(mistakenFraming(tcp, "tcp"), undefined);
  });

  test("an RTU request for 2 registers from 0 has a length in the right place, but is none", () => {
    const echo = encodeRtuFrame({ unit: 1, pdu: bytes("0300000002") });
    assert.equal(mistakenFraming(echo, "rtu"), undefined);
  });

  test("any bytes may be asked about", () => {
    const random = new Random(1);
    for (let round = 0; round < 500; round++) {
      const damaged = mutate(round % 2 ? rtu : tcp, random);
      mistakenFraming(damaged, "tcp");
      mistakenFraming(damaged, "rtu");
    }
  });
});
