import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  frameKind,
  hasPollFinal,
  informationControl,
  receiveSequence,
  sendSequence,
  supervisoryControl,
  unnumberedControl,
} from "./control.ts";

describe("control field", () => {
  it("is the byte the standard gives each unnumbered frame", () => {
    const expected = { SNRM: [0x83, 0x93], UA: [0x63, 0x73], DISC: [0x43, 0x53], DM: [0x0f, 0x1f], FRMR: [0x87, 0x97] };
    for (const [kind, [without, withFinal]] of Object.entries(expected)) {
      assert.equal(unnumberedControl(kind as "SNRM", false), without);
      assert.equal(unnumberedControl(kind as "SNRM", true), withFinal);
      assert.equal(frameKind(withFinal!), kind);
    }
    assert.equal(frameKind(0x03), "UI");
    assert.equal(frameKind(0x13), "UI");
  });

  it("carries the sequence numbers", () => {
    assert.equal(informationControl(0, 0, true), 0x10);
    assert.equal(informationControl(1, 1, true), 0x32);
    assert.equal(supervisoryControl("RR", 1, true), 0x31);
    assert.equal(supervisoryControl("RNR", 7, false), 0xe5);
    for (let receive = 0; receive < 8; receive++) {
      for (let send = 0; send < 8; send++) {
        const control = informationControl(send, receive, send > 3);
        assert.equal(frameKind(control), "I");
        assert.equal(receiveSequence(control), receive);
        assert.equal(sendSequence(control), send);
        assert.equal(hasPollFinal(control), send > 3);
      }
      assert.equal(frameKind(supervisoryControl("RR", receive, true)), "RR");
      assert.equal(frameKind(supervisoryControl("RNR", receive, true)), "RNR");
    }
  });

  it("names nothing that DLMS does not use", () => {
    // REJ, SREJ, SABM
    for (const control of [0x09, 0x0d, 0x2f]) assert.equal(frameKind(control), undefined);
  });
});
