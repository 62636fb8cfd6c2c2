import assert from "node:assert/strict";
import { before, test } from "node:test";
import { loadMdcs } from "../peers/mdc.ts";
import { type MdmScene, openMdmScene } from "../testing/mdm-scene.ts";
import { Cursors } from "./cursors.ts";

let scene: MdmScene;
before(async () => {
  scene = await openMdmScene();
});

test("where clocks were put back, the hour that came twice is read twice", async () => {
  const organization = await scene.organization("Utility");
  const { id } = await scene.create("/v1/udil/mdcs", {
    ...{
      organization,
      name: "Berlin",
      transport: "file",
      folder: "drop",
      timezone: "Europe/Berlin",
      overlap_seconds: 900,
    },
  });
  const [mdc] = await loadMdcs(scene.store.db, scene.registry.sealer, [id]);
  let now = 0;
  const cursors = new Cursors(scene.store.db, () => now);
  const at = async (instant: string, readUntil: string) => {
    now = Date.parse(instant);
    await cursors.advance(mdc!, "EVNT", { readUntil: Date.parse(readUntil) });
    return new Date((await cursors.read(mdc!, "EVNT")).readUntil!).toISOString().slice(11, 16);
  };
  // At 01:00 UTC 03:00 became 02:00. Stamps from 02:00 on are read as those of the first time, before 01:00 UTC.
  assert.equal(await at("2026-10-25T00:50:00Z", "2026-10-25T00:40:00Z"), "00:40");
  assert.equal(await at("2026-10-25T01:10:00Z", "2026-10-25T00:58:00Z"), "23:58");
  assert.equal(await at("2026-10-25T02:05:00Z", "2026-10-25T01:10:00Z"), "00:10");
  assert.equal(await at("2026-10-25T02:30:00Z", "2026-10-25T02:20:00Z"), "02:20");
  // Where they are put forward no stamp comes twice.
  assert.equal(await at("2027-03-28T01:10:00Z", "2027-03-28T00:58:00Z"), "00:58");
});
