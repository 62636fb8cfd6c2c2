import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { enter, openBrowser, portalFolder, visit } from "./browser.ts";
import { devices } from "./fake-neighborhood.ts";
import { type FakePlatform, startFakePlatform } from "./fake-platform.ts";

let browser: Browser;
let platform: FakePlatform;
before(async () => {
  [browser, platform] = await Promise.all([openBrowser(), startFakePlatform(portalFolder)]);
});
after(async () => {
  await browser.close();
  await platform.close();
});

async function visitor(place = "/devices", options = {}) {
  Object.assign(platform.behavior, { failing: {}, delay: 0, devices });
  const one = await visit(browser, platform.origin, options);
  platform.requests.length = 0;
  await enter(one.page, place);
  return one;
}

test("a row tells which meter it is and how its contacts go, in words", async () => {
  const { page, complaints, close } = await visitor();
  const cells = (name: string) => page.getByRole("row").filter({ hasText: name }).getByRole("cell").allTextContents();
  await page.getByText("82.5%").waitFor();
  assert.deepEqual(await page.getByRole("columnheader").allTextContents(), [
    "Name",
    "Serial number",
    "Protocol",
    "Type",
    "Last contact",
    "Last failure",
    "Success",
  ]);
  assert.deepEqual(await cells("meter-001"), [
    "meter-001",
    "48120037",
    "DLMS/COSEM",
    "Household three-phase",
    "4 minutes ago",
    "–",
    "99%",
  ]);
  assert.deepEqual((await cells("meter-003")).slice(4), ["12 minutes ago", "Connection reset", "82.5%"]);
  assert.deepEqual((await cells("meter-005")).slice(5), ["Registered key does not fit", "0%"]);
  assert.deepEqual((await cells("meter-007")).slice(4), ["Never", "–", "–"]);
  for (const [name, shape] of [
    ["meter-001", "Good"],
    ["meter-003", "Fair"],
    ["meter-005", "Poor"],
    ["meter-007", "Not known yet"],
    ["meter-008", "Good, but the last contact succeeded only in part"],
  ] as const)
    await page.getByRole("row").filter({ hasText: name }).getByRole("img", { name: shape }).waitFor();
  await page.getByText("4 minutes ago").first().hover();
  assert.equal(await page.getByRole("tooltip").textContent(), "31 Mar 2026, 12:02:40 CEST");
  assert.deepEqual(complaints, []);
  await close();
});

test("the platform pages the list, and the address keeps the page", async () => {
  const { page, close } = await visitor();
  await page.getByText("1–25 of 64").waitFor();
  await page.getByRole("button", { name: "Page 3" }).click();
  await page.getByText("meter-064").waitFor();
  assert.equal(await page.getByText("51–64 of 64").count(), 1);
  assert.match(page.url(), /\/devices\?page=3$/);
  assert.ok(platform.requests.includes("/v1/metering/meter-devices?limit=25&offset=50"));
  assert.ok(platform.requests.includes("/v1/devices/status?limit=25&offset=50"));
  await page.reload();
  await page.getByText("meter-064").waitFor();
  await page.goBack();
  await page.getByText("meter-001").waitFor();
  await page.getByRole("combobox", { name: "Devices per page" }).selectOption("100");
  await page.getByText("1–64 of 64").waitFor();
  await close();
});

test("typing searches without losing the focus, and clearing shows all again", async () => {
  const { page, close } = await visitor("/devices?page=2");
  const filter = page.getByRole("searchbox", { name: "Search" });
  await filter.pressSequentially("meter-06");
  await page.getByText("5 devices").waitFor();
  assert.equal(await filter.evaluate((input) => input === document.activeElement), true);
  assert.match(page.url(), /\/devices\?search=meter-06$/);
  await filter.fill("48120037");
  await page.getByText("1 device", { exact: true }).waitFor();
  await page.getByText("meter-001").waitFor();
  await filter.fill("no such meter");
  await page.getByText("No device found for “no such meter”").first().waitFor();
  await page.getByRole("button", { name: "Clear the filter" }).last().click();
  await page.getByText("64 devices").waitFor();
  assert.equal(await filter.inputValue(), "");
  await close();
});

test("a protocol narrows the list, together with the search, and clearing shows all again", async () => {
  const { page, close } = await visitor("/devices?page=2");
  const protocol = page.getByRole("combobox", { name: "Protocol" });
  await protocol.selectOption({ label: "IEC 62056-21" });
  await page.getByText("7 devices").waitFor();
  assert.match(page.url(), /\/devices\?protocol=iec62056-21$/);
  assert.ok(platform.requests.includes("/v1/metering/meter-devices?protocol=iec62056-21&limit=25"));
  assert.ok(platform.requests.includes("/v1/devices/status?protocol=iec62056-21&limit=25"));
  await page.getByRole("searchbox", { name: "Search" }).fill("meter-01");
  await page.getByText("1 device", { exact: true }).waitFor();
  await page.getByText("meter-018").waitFor();
  await protocol.selectOption({ label: "M-Bus" });
  await page.getByText("No device found for “meter-01 · M-Bus”").waitFor();
  await page.getByRole("button", { name: "Clear the filter" }).last().click();
  await page.getByText("64 devices").waitFor();
  assert.equal(await protocol.inputValue(), "");
  await close();
});

test("a click anywhere on a row opens the device, and back leads to the same page of the list", async () => {
  const { page, close } = await visitor("/devices?page=2");
  await page.getByRole("row").filter({ hasText: "meter-026" }).getByText("DLMS/COSEM").click();
  await page.getByRole("heading", { level: 1, name: "meter-026" }).waitFor();
  assert.equal(new URL(page.url()).pathname, `/devices/${devices[25]!.id}`);
  await page.goBack();
  await page.getByText("26–50 of 64").waitFor();
  await close();
});

test("while rows are fetched there is a skeleton, and it is announced as busy", async () => {
  const { page, close } = await visitor();
  platform.behavior.delay = 1500;
  await page.reload();
  await page.locator("[aria-busy=true]").waitFor();
  await page.getByText("meter-001").waitFor();
  await page.locator("[aria-busy=false]").waitFor();
  await close();
});

test("no devices at all is told, and what to do", async () => {
  const { page, close } = await visitor();
  platform.behavior.devices = [];
  await page.reload();
  await page.getByText("No devices yet").waitFor();
  assert.equal(await page.getByRole("table").count(), 0);
  await close();
});

test("a platform in trouble is told, and trying again works", async () => {
  const { page, close } = await visitor();
  platform.behavior.failing = { metering: 500 };
  await page.reload();
  await page.getByText("The platform has a problem (status 500).").waitFor();
  platform.behavior.failing = {};
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("meter-001").waitFor();
  assert.equal(await page.getByRole("alert").count(), 0);
  await close();
});

test("without the head-end the devices are there, only their contacts are not", async () => {
  const { page, close } = await visitor();
  platform.behavior.failing = { "devices/status": 404 };
  await page.reload();
  await page.getByText("How the contacts went cannot be shown now.").waitFor();
  await page.getByText("meter-001").waitFor();
  await close();
});

test("on a phone the list is cards and nothing runs off the screen", async () => {
  const { page, close } = await visitor("/devices", { viewport: { width: 360, height: 740 } });
  await page.getByRole("listitem").filter({ hasText: "meter-003" }).getByText("Connection reset").waitFor();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.equal(overflow, 0);
  await page.getByRole("listitem").filter({ hasText: "meter-003" }).getByText("DLMS/COSEM").click();
  await page.getByRole("img", { name: /Chart of/ }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0);
  await close();
});
