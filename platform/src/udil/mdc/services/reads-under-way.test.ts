import assert from "node:assert/strict";
import { it } from "node:test";
import { ReadsUnderWay } from "./reads-under-way.ts";

it("counts reads until they end, and none whose client hung up before", () => {
  const reads = new ReadsUnderWay(1);
  const under = new AbortController();
  reads.begin("client", under.signal);
  assert.throws(() => reads.begin("client", new AbortController().signal), { code: "overloaded" });
  reads.begin("another", AbortSignal.abort());
  reads.begin("another", AbortSignal.abort());
  under.abort();
  reads.begin("client", new AbortController().signal);
});
