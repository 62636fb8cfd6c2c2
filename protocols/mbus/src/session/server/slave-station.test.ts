import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { decodeFrame } from "../../frames/decode.ts";
import { energyPages, exampleMeter } from "../testing/example-meters.ts";
import { MbusBus } from "./bus.ts";
import { MbusGatewaySession } from "./gateway-session.ts";
import { type SlaveHabits, SlaveStation } from "./slave-station.ts";

/** Frames for 12345678-LUG-04-07 at 5. */
const frames = {
  reset: "1040054516",
  request0: "105B056016",
  request1: "107B058016",
  select: "680B0B6873FD5278563412A7320407BA16",
  selectOther: "680B0B6873FD5279563412A7320407BB16",
  deselect: "1040FD3D16",
  requestSelected: "107BFD7816",
  requestAll: "107BFE7916",
};

test("a retry repeats the telegram with its access number, a toggled frame count brings the next", () => {
  const hear = hearing();
  assert.equal(hear(frames.reset), "E5");
  assert.equal(page(hear(frames.request1)), "01 0C0645230100");
  assert.equal(page(hear(frames.request1)), "01 0C0645230100");
  assert.equal(page(hear(frames.request0)), "02 4C0634120100");
  assert.equal(page(hear(frames.request1)), "03 8C010623010100");
  assert.equal(page(hear(frames.request0)), "04 0C0645230100", "behind the last telegram comes the first");
});

test("a reset makes the next request a new one and brings back the first telegram", () => {
  const hear = hearing();
  hear(frames.request1);
  hear(frames.request0);
  hear(frames.reset);
  assert.equal(page(hear(frames.request0)), "03 0C0645230100");
});

test("a stubborn meter repeats or goes on, whatever the frame count says", () => {
  const same = hearing({ frameCount: "always-same" });
  assert.equal(page(same(frames.request1)), "01 0C0645230100");
  assert.equal(page(same(frames.request0)), "01 0C0645230100");
  const next = hearing({ frameCount: "always-next" });
  assert.equal(page(next(frames.request1)), "01 0C0645230100");
  assert.equal(page(next(frames.request1)), "02 4C0634120100");
});

test("a meter answers at 253 only while it is selected", () => {
  const hear = hearing();
  assert.equal(hear(frames.requestSelected), undefined);
  assert.equal(hear(frames.select), "E5");
  assert.notEqual(hear(frames.requestSelected), undefined);
  assert.equal(hear(frames.selectOther), undefined);
  assert.equal(hear(frames.requestSelected), undefined, "another selection de-selects");
  hear(frames.select);
  assert.equal(hear(frames.deselect), "E5");
  assert.equal(hear(frames.requestSelected), undefined, "SND_NKE to 253 de-selects");
});

test("a meter answers at 254 and never at 255, to frames of a master only", () => {
  const hear = hearing();
  assert.notEqual(hear(frames.requestAll), undefined);
  assert.equal(hear("1040FF3F16"), undefined);
  assert.equal(hear("1008050D16"), undefined);
  assert.equal(hear("E5"), undefined);
  assert.equal(hear("1049054E16"), undefined, "a service it does not know");
});

test("answers of several meters are laid over each other, zeros win; a slower one comes behind", () => {
  const quick = (hex: string) => ({ hear: () => ({ bytes: bytesFromHex(hex) }) });
  const slow = { hear: () => ({ bytes: bytesFromHex("AA"), delay: 100 }) };
  const bus = new MbusBus([slow, quick("F0FF"), quick("3C")]);
  const answers = bus.transmit(decodeFrame(bytesFromHex(frames.reset)));
  assert.deepEqual(
    answers.map(({ bytes, delay }) => [hexFromBytes(bytes), delay]),
    [
      ["30FF", 0],
      ["AA", 100],
    ],
  );
});

test("a gateway passes on good frames, drops junk, and forgets half a frame", () => {
  const gateway = new MbusGatewaySession(new MbusBus([new SlaveStation(exampleMeter())]));
  gateway.receive(bytesFromHex(`FF00${frames.reset}`));
  assert.equal(hexFromBytes(gateway.takeOutput()!), "E5");
  assert.equal(gateway.patience, undefined);
  gateway.receive(bytesFromHex(`68F0F068${frames.reset}`));
  assert.equal(gateway.takeOutput(), undefined);
  assert.ok(gateway.patience !== undefined);
  gateway.timedOut();
  assert.equal(hexFromBytes(gateway.takeOutput()!), "E5");
  gateway.connectionLost();
  assert.equal(gateway.finished, true);
});

test("two connections share the meters of one gateway", () => {
  const bus = new MbusBus([new SlaveStation(exampleMeter())]);
  const [one, other] = [new MbusGatewaySession(bus), new MbusGatewaySession(bus)];
  one.receive(bytesFromHex(frames.select));
  one.takeOutput();
  other.receive(bytesFromHex(frames.requestSelected));
  assert.ok(other.takeOutput());
});

function hearing(habits?: SlaveHabits): (hex: string) => string | undefined {
  const station = new SlaveStation(exampleMeter({ pages: energyPages }), habits);
  return (hex) => {
    const answer = station.hear(decodeFrame(bytesFromHex(hex)));
    return answer && hexFromBytes(answer.bytes);
  };
}

/** Access number and the record of a telegram: "01 0C0645230100". */
function page(hex: string | undefined): string {
  assert.ok(hex);
  return `${hex.slice(30, 32)} ${hex.slice(38, -4).replace(/1F$/, "")}`;
}
