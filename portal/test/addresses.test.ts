import assert from "node:assert/strict";
import { test } from "node:test";
import { listAddress, listRequest } from "../src/devices/list-address.ts";
import { panelAddress, panelState } from "../src/load-curve/panel-address.ts";
import { placeAfterSignIn, signInPath } from "../src/session/place.ts";
import { series } from "./fake-neighborhood.ts";

const now = Date.parse("2026-03-31T10:00:00Z");
const search = (text: string) => new URLSearchParams(text);

test("the list's state survives the address, and what is as usual is left out", () => {
  const request = { search: "a&b ö", protocol: "mbus", pageIndex: 2, pageSize: 50 };
  assert.deepEqual(listRequest(search(listAddress(request).toString())), request);
  assert.equal(listAddress({ search: "", protocol: "", pageIndex: 0, pageSize: 25 }).toString(), "");
});

test("nonsense in the list's address becomes the first page", () => {
  for (const text of [
    "page=0",
    "page=-3",
    "page=1.5",
    "page=x",
    "page=1e99",
    "protocol=morse",
    "size=7",
    "size=100000",
  ])
    assert.deepEqual(listRequest(search(text)), { search: "", protocol: "", pageIndex: 0, pageSize: 25 }, text);
});

test("nonsense in the panel's address becomes what is usual", () => {
  const state = panelState(search("series=x&view=x&range=x&date=2026-02-31x&zone=Mars/Base"), series, now);
  assert.deepEqual([state.series?.name, state.view, state.preset], ["1-0:1.8.0", "energy", "week"]);
  assert.equal(state.date, "2026-03-31");
  assert.equal(state.zone, Intl.DateTimeFormat().resolvedOptions().timeZone);
});

test("a date that the calendar does not have is not taken", () => {
  assert.equal(panelState(search("date=2026-02-30&zone=UTC"), series, now).date, "2026-03-31");
  assert.equal(panelState(search("date=2024-02-29&zone=UTC"), series, now).date, "2024-02-29");
});

test("the view belongs to the series: a voltage has no consumption", () => {
  const voltage = series.find(({ unit }) => unit === "V")!;
  assert.equal(panelState(search(`series=${voltage.id}&view=energy`), series, now).view, "values");
  assert.equal(panelState(search("view=power"), [], now).series, undefined);
});

test("an empty part leaves the panel's address", () => {
  assert.equal(
    panelAddress(search("view=power&range=day"), { view: "", date: "2026-01-01" }).toString(),
    "range=day&date=2026-01-01",
  );
});

test("signing in leads back to the place, and only inside the portal", () => {
  const path = signInPath({ pathname: "/devices/7", search: "?range=year&date=2026-01-01" });
  assert.equal(placeAfterSignIn(search(path.split("?")[1]!)), "/devices/7?range=year&date=2026-01-01");
  assert.equal(signInPath(undefined), "/sign-in");
  for (const next of ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", ""])
    assert.equal(placeAfterSignIn(new URLSearchParams({ next })), "/", next);
});
