/** Bulk readings as JSON lines over HTTP, to durable and deduplicated rows, beside what the columnar engine takes directly. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { Child } from "../dlms/child.ts";
import type { BenchResult } from "../result.ts";
import { median } from "./median.ts";
import type { PlatformReady } from "./platform-process.ts";
import { jsonReading } from "./sample.ts";

const rowsPerRound = 1_000_000;
const rounds = 5;
const rowsPerChunk = 2000;
const target = 300_000;

export async function run(): Promise<BenchResult[]> {
  const platform = new Child("../readings/platform-process.ts");
  try {
    const ready = await platform.next<PlatformReady>();
    const sent: number[] = [];
    const direct: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const chunks = linesOf(round);
      const start = performance.now();
      const report = await send(ready, chunks);
      sent.push(rowsPerRound / ((performance.now() - start) / 1000));
      assert.equal(report.stored, rowsPerRound);
      direct.push(rowsPerRound / (await platform.ask<number>({ direct: { rows: rowsPerRound, round } })));
    }
    assert.equal(await platform.ask<number>({ count: true }), rounds * rowsPerRound, "every reading is there, once");
    const figure = median(sent);
    const peerFigure = median(direct);
    return [
      {
        name: "bulk readings by HTTP, end to end to a durable, deduplicated row",
        figure,
        unit: "readings/s",
        peer: "the same rows, encoded beforehand, inserted into the columnar engine directly",
        peerFigure,
        ratio: figure / peerFigure,
        target,
        notes: `median of ${rounds} rounds of ${rowsPerRound} rows; one connection; ratio to reach: 0.5`,
      },
    ];
  } finally {
    platform.end();
  }
}

function linesOf(round: number): Buffer[] {
  return Array.from({ length: rowsPerRound / rowsPerChunk }, (_, chunk) => {
    const rows = Array.from({ length: rowsPerChunk }, (_, row) => jsonReading(chunk * rowsPerChunk + row, round));
    return Buffer.from(`${rows.join("\n")}\n`);
  });
}

async function send({ port, token }: PlatformReady, chunks: readonly Buffer[]): Promise<{ stored: number }> {
  const headers = { authorization: `Token ${token}`, "content-type": "application/x-ndjson" };
  const sending = request({ port, method: "POST", path: "/v1/metering/new-meter-readings", headers });
  const answered = new Promise<{ stored: number }>((resolve, reject) => {
    sending.once("error", reject).once("response", (response) => {
      text(response).then((body) => {
        if (response.statusCode === 201) resolve(JSON.parse(body));
        else reject(new Error(`${response.statusCode}: ${body}`));
      }, reject);
    });
  });
  for (const chunk of chunks) {
    if (!sending.write(chunk)) await new Promise((resolve) => sending.once("drain", resolve));
  }
  sending.end();
  return answered;
}
