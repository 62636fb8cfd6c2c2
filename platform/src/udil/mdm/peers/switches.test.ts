/** What an MDC that departs from its version is asked, and how it is understood. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { json, startHandmadeMdc } from "../testing/handmade-mdc.ts";
import { type MdmScene, openMdmScene } from "../testing/mdm-scene.ts";

let scene: MdmScene;
before(async () => {
  scene = await openMdmScene();
});

const row = (id: string, more: object = {}) => ({
  ...{ global_device_id: id, msn: id.slice(1), channel_id: "0", interval: "30", active_energy_tl: "1.5" },
  ...{ meter_datetime: "2026-11-21 10:00:00", mdc_read_datetime: "", db_datetime: "2026-11-21 10:00:30" },
  ...more,
});

let made = 0;
async function registered(rows: readonly object[], switches: object, settings: object = {}) {
  const peer = await startHandmadeMdc(() => json({ status: "1", message: "", data: rows }));
  const organization = await scene.organization(`Utility ${++made}`);
  const { id: mdc, number } = await scene.create("/v1/udil/mdcs", {
    ...{ organization, name: "Handmade", base_url: peer.url, username: "u", password: "p", code: "c" },
    ...{ pinned_certificate: peer.certificate, switches: { tables: ["LPRO"], ...switches } },
    ...settings,
  });
  const stored = () =>
    scene.select<[string]>(
      `SELECT toString(active_energy_abs_tl) FROM udil_load_profile_rows FINAL WHERE source = ${number}`,
    );
  return { peer, mdc, stored };
}

test("lists_all_without_ids: the MDC is asked for all of its meters, and new ones become devices", async () => {
  const { peer, mdc, stored } = await registered([row("l1"), row("l2")], { lists_all_without_ids: true });
  await scene.poll(mdc);
  const asked = peer.requests.filter(({ service }) => service === "load_profile_data");
  assert.ok(asked.length > 0);
  for (const { request } of asked) assert.deepEqual(request!.ids, []);
  const devices = await scene.store.db
    .selectFrom("meter_devices")
    .select(["global_device_id", "protocol"])
    .where("udil_mdc", "=", mdc)
    .orderBy("global_device_id")
    .execute();
  assert.deepEqual(devices, [
    { global_device_id: "l1", protocol: "udil" },
    { global_device_id: "l2", protocol: "udil" },
  ]);
  assert.deepEqual(await stored(), [["1.5"], ["1.5"]]);
});

test("zero_dates and load_profile_energy: a time of zeros is none, and the energy is import", async () => {
  const times = { mdc_read_datetime: "0000-00-00 00:00:00" };
  const { mdc } = await registered([row("z1", times)], {
    ...{ zero_dates: true, load_profile_energy: "pos", lists_all_without_ids: true },
  });
  await scene.poll(mdc);
  assert.deepEqual(await scene.setAside(mdc), []);
  const energies = await scene.select<[string, string | null]>(
    `SELECT toString(active_energy_pos_tl), toString(active_energy_abs_tl) FROM udil_load_profile_rows FINAL
     WHERE source = (SELECT max(source) FROM udil_load_profile_rows)`,
  );
  assert.deepEqual(energies, [["1.5", null]]);
});
