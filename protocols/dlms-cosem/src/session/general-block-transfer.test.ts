import assert from "node:assert/strict";
import { test } from "node:test";
import type { GeneralBlockTransfer as GeneralBlock } from "../xdlms/apdu.ts";
import { GeneralBlockTransfer } from "./general-block-transfer.ts";
import { echo, notebook, profile, profileRows } from "./testing/example-meter.ts";
import { carry } from "./testing/memory-line.ts";
import { results } from "./testing/outcomes.ts";
import { associatedPair, bothProtections, hdlcLink } from "./testing/pairing.ts";

const apdu = Uint8Array.from({ length: 100 }, (_, index) => index);
/** Pieces of 10 bytes. */
const pduSize = 19;

test("the first window is one block, and the peer's window counts from its first answer", () => {
  const sender = new GeneralBlockTransfer(1, 1000);
  assert.deepEqual(sender.send(apdu, pduSize).map(short), ["1"]);
  assert.deepEqual(sender.receive(acknowledge(1, 4)).send.map(short), ["2+", "3+", "4+", "5"]);
  assert.deepEqual(sender.receive(acknowledge(5, 63)).send.map(short), ["6+", "7+", "8+", "9+", "10 last"]);
  assert.deepEqual(sender.receive(acknowledge(10, 63)), { send: [] });
});

test("after a gap the receiver acknowledges what came before, and the sender goes on from there", () => {
  const sender = new GeneralBlockTransfer(1, 1000);
  const receiver = new GeneralBlockTransfer(4, 1000);
  const [first] = sender.send(apdu, pduSize);
  const window = sender.receive(receiver.receive(first!).send[0]!).send;
  assert.deepEqual(window.map(short), ["2+", "3+", "4+", "5"]);
  // Block 3 is lost.
  assert.deepEqual(receiver.receive(window[0]!).send, []);
  assert.deepEqual(receiver.receive(window[2]!).send, []);
  const [acknowledgement] = receiver.receive(window[3]!).send;
  assert.equal(acknowledgement?.acknowledged, 2);
  let blocks = sender.receive(acknowledgement!).send;
  assert.deepEqual(blocks.map(short), ["3+", "4+", "5+", "6"]);
  let joined: Uint8Array | undefined;
  while (joined === undefined) {
    let answers: readonly GeneralBlock[] = [];
    for (const block of blocks) {
      const outcome = receiver.receive(block);
      joined ??= outcome.apdu;
      answers = outcome.send;
    }
    blocks = answers.flatMap((answer) => sender.receive(answer).send);
  }
  assert.deepEqual(joined, apdu);
});

test("blocks of a peer that does not count its empty ones are joined as well", () => {
  const receiver = new GeneralBlockTransfer(1, 1000);
  receiver.send(apdu, 200);
  receiver.receive(acknowledge(1, 1, 1));
  assert.deepEqual(receiver.receive(data(1, [1, 2], false)).send[0]?.acknowledged, 1);
  assert.deepEqual(receiver.receive(data(2, [3], true)).apdu, Uint8Array.from([1, 2, 3]));
});

test("a peer that repeats itself for ever is given up", () => {
  const receiver = new GeneralBlockTransfer(1, 1000);
  receiver.receive(data(1, [1], false));
  assert.throws(
    () => {
      for (let round = 0; round < 100; round++) receiver.receive(data(1, [1], false));
    },
    { code: "general_block_transfer_stalled" },
  );
});

test("joined blocks have a limit", () => {
  const receiver = new GeneralBlockTransfer(1, 10);
  receiver.receive(data(1, [1, 2, 3, 4, 5, 6], false));
  assert.throws(() => receiver.receive(data(2, [1, 2, 3, 4, 5, 6], false)), { code: "blocks_too_long" });
});

for (const window of [1, 3, 63]) {
  test(`long requests and answers by general blocks, windows of ${window}, plain and ciphered`, () => {
    const long = { type: "octet-string", value: new Uint8Array(700).fill(3) } as const;
    for (const link of [undefined, hdlcLink(1)]) {
      for (const pairing of [{}, { policy: bothProtections }, { policy: bothProtections, form: "general" as const }]) {
        const { client, server } = associatedPair({
          ...pairing,
          ...(link && { link }),
          clientPduSize: 64,
          serverPduSize: 80,
          habits: { generalBlocksPreferred: true, generalBlockWindow: window },
          client: { generalBlockTransfer: { window, preferred: true } },
        });
        client.get([profile]);
        client.set([{ attribute: notebook, data: long }]);
        client.action([{ method: echo, parameter: long }]);
        client.get([profile]);
        assert.deepEqual(results(carry(client, server)), [
          [{ data: profileRows(20) }],
          [0],
          [{ result: 0, returned: { data: long } }],
          [{ data: profileRows(20) }],
        ]);
      }
    }
  });
}

function data(block: number, raw: readonly number[], last: boolean): GeneralBlock {
  const acknowledged = 0;
  return {
    type: "general-block-transfer",
    last,
    streaming: false,
    window: 1,
    block,
    acknowledged,
    raw: Uint8Array.from(raw),
  };
}

function acknowledge(acknowledged: number, window: number, block = 1): GeneralBlock {
  const raw = new Uint8Array(0);
  return { type: "general-block-transfer", last: true, streaming: false, window, block, acknowledged, raw };
}

/** "3+" is block 3 with more of the window to follow. */
function short({ block, streaming, last }: GeneralBlock): string {
  return `${block}${streaming ? "+" : ""}${last ? " last" : ""}`;
}
