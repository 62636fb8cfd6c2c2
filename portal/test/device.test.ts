import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { decimalText, parseDecimal } from "../src/load-curve/decimal.ts";
import { enter, openBrowser, portalFolder, visit } from "./browser.ts";
import { devices, energy, series } from "./fake-neighborhood.ts";
import { type FakePlatform, startFakePlatform } from "./fake-platform.ts";

const device = `/devices/${devices[0]!.id}`;
const quarter = 900_000;

let browser: Browser;
let platform: FakePlatform;
before(async () => {
  [browser, platform] = await Promise.all([openBrowser(), startFakePlatform(portalFolder)]);
});
after(async () => {
  await browser.close();
  await platform.close();
});

async function visitor(place = device) {
  Object.assign(platform.behavior, { failing: {}, delay: 0, devices });
  const one = await visit(browser, platform.origin);
  platform.requests.length = 0;
  await enter(one.page, place);
  return one;
}

/** How many separate lines the chart draws: one more than it has gaps. */
async function lines(page: Page): Promise<number> {
  const shape = page.getByRole("img", { name: /Chart of/ }).locator("path[fill=none][stroke='#0b7a84']");
  await shape.first().waitFor();
  const paths = await shape.evaluateAll((elements) => elements.map((element) => element.getAttribute("d") ?? ""));
  const longest = paths.sort((a, b) => b.length - a.length)[0]!;
  return longest.match(/M/g)?.length ?? 0;
}

async function figure(page: Page, name: string): Promise<string> {
  return (
    (await page
      .locator("dl > div", { has: page.getByText(name, { exact: true }) })
      .last()
      .locator("dd")
      .textContent()) ?? ""
  );
}

test("the page tells what the device is and how its contacts go", async () => {
  const { page, complaints, close } = await visitor(`/devices/${devices[2]!.id}`);
  await page.getByText("7 mins 1 sec fast").waitFor();
  for (const text of [
    "Elmatic E450 · DLMS/COSEM",
    "Connection reset",
    "10.20.0.17:4059",
    "SP-7003",
    "454c4d4100bc614e",
    /^Etc\/GMT-1$/,
  ])
    await page.getByText(text).first().waitFor();
  assert.equal(await page.title(), "meter-003 · Anymeter");
  assert.ok((await page.getByText("31 Mar 2026, 11:54:40 CEST").count()) > 0);
  assert.deepEqual(complaints, []);
  await close();
});

test("a register is drawn as consumption, with its gap as a gap and exact figures", async () => {
  const { page, complaints, close } = await visitor();
  assert.equal(await lines(page), 2);
  await page.getByText("1 gap. 12 readings are missing").waitFor();
  await page.getByText("the current transformer ratio 40 is not applied").waitFor();
  const [first, last] = ["2026-03-24T23:00:00Z", "2026-03-31T10:00:00Z"].map(
    (at) => parseDecimal(energy(Date.parse(at)))!,
  );
  assert.equal(await figure(page, "Total"), `${decimalText(last! - first!)} kWh`);
  assert.equal(await figure(page, "Values"), String(155 * 4 - 13), "155 hours of quarters, less those the gap takes");
  assert.deepEqual(complaints, []);
  await close();
});

test("the table has every value exact, with local time and zone over the change of clocks", async () => {
  const { page, close } = await visitor(`${device}?range=day&date=2026-03-29`);
  await page.getByRole("tab", { name: "Table" }).click();
  const rows = page.getByRole("table", { name: "Table" }).getByRole("row");
  await rows.nth(1).waitFor();
  assert.equal(await rows.count(), 1 + 23 * 4);
  const midnight = Date.parse("2026-03-28T23:00:00Z");
  const grown = parseDecimal(energy(midnight + quarter))! - parseDecimal(energy(midnight))!;
  assert.deepEqual(await rows.nth(1).getByRole("cell").allTextContents(), [
    "Sun, 29 Mar 2026, 00:00–00:15 CET",
    decimalText(grown),
  ]);
  assert.match((await rows.nth(9).textContent())!, /03:00–03:15 CEST/);
  await close();
});

test("views and series change what is drawn, and the address keeps them", async () => {
  const { page, close } = await visitor(`${device}?range=day&date=2026-03-30`);
  await page.getByText("Mean power", { exact: true }).click();
  await page
    .locator("dl > div")
    .filter({ hasText: /^Highest[\d.]+ kW[A-Z]/ })
    .waitFor();
  assert.match(page.url(), /view=power/);
  await page.getByRole("combobox", { name: "Series" }).click();
  await page.getByRole("option", { name: "Voltage L1" }).click();
  await page.waitForURL(/series=/);
  assert.doesNotMatch(page.url(), /view=/);
  await page.getByRole("img", { name: /Voltage L1/ }).waitFor();
  await page.waitForFunction(() => document.body.textContent!.includes(" V"));
  assert.match(await figure(page, "Lowest"), /^22\d\.?\d* V/);
  assert.equal(await page.getByText("Mean power", { exact: true }).count(), 0);
  await page.reload();
  await page.getByRole("img", { name: /Voltage L1/ }).waitFor();
  await close();
});

test("ranges move by their own length, never beyond now, and a date can be picked", async () => {
  const { page, close } = await visitor();
  const range = page.getByRole("button", { name: /Choose a date/ });
  await range.waitFor();
  assert.match((await range.textContent())!, /^25\s–\s31 Mar 2026$/);
  assert.equal(await page.getByRole("button", { name: "Later" }).isDisabled(), true);
  await page.getByRole("button", { name: "Earlier" }).click();
  await page.getByText(/^18\s–\s24 Mar 2026$/).waitFor();
  await page.getByText("30 days", { exact: true }).click();
  await page.getByText(/^23 Feb\s–\s24 Mar 2026$/).waitFor();
  await range.click();
  await page.getByRole("button", { name: "10 March 2026" }).click();
  await page.getByText(/^9 Feb\s–\s10 Mar 2026$/).waitFor();
  assert.match(page.url(), /date=2026-03-10/);
  await close();
});

test("times can be shown in the meter's zone", async () => {
  const { page, close } = await visitor(`${device}?range=day&date=2026-03-30`);
  await page.getByRole("combobox", { name: "Times shown in" }).selectOption({ label: "Etc/GMT-1 (meter)" });
  await page.getByRole("tab", { name: "Table" }).click();
  await page.getByText("Mon, 30 Mar 2026, 00:00–00:15 GMT+1").waitFor();
  await close();
});

test("the tooltip shows the exact value, the interval and the zone", async () => {
  const { page, close } = await visitor(`${device}?range=day&date=2026-03-30`);
  await lines(page);
  const box = (await page.getByRole("img", { name: /Chart of/ }).boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const tooltip = page.locator("div:has(> strong + div)").filter({ hasText: "CEST" });
  await tooltip.waitFor();
  assert.match((await tooltip.textContent())!, /^0\.\d{1,3} kWhMon, 30 Mar 2026, \d\d:\d\d–\d\d:\d\d CEST$/);
  await close();
});

test("the chart zooms and moves by keys and by buttons", async () => {
  const { page, close } = await visitor();
  await lines(page);
  const chart = page.getByRole("img", { name: /Chart of/ });
  const labels = () => chart.locator("text").allTextContents();
  const whole = await labels();
  await chart.focus();
  await page.keyboard.press("+");
  const zoomed = await labels();
  assert.notDeepEqual(zoomed, whole);
  await page.keyboard.press("ArrowLeft");
  assert.notDeepEqual(await labels(), zoomed);
  await page.keyboard.press("0");
  assert.deepEqual(await labels(), whole);
  await page.getByRole("button", { name: "Zoom in" }).click();
  assert.deepEqual(await labels(), zoomed);
  await page.getByRole("button", { name: "Show all" }).click();
  assert.deepEqual(await labels(), whole);
  await close();
});

test("a year of 15-minute values goes from click to chart in under a second", async () => {
  const { page, close } = await visitor();
  await lines(page);
  platform.requests.length = 0;
  const took = await page.evaluate(async () => {
    const year = [...document.querySelectorAll("label")].find((label) => label.textContent === "Year")!;
    const chart = document.querySelector("[aria-label^='Chart of']")!;
    const start = performance.now();
    const drawn = new Promise<number>((resolve) => {
      new MutationObserver(() => {
        const values = [...document.querySelectorAll("dl > div")].find(
          (row) => row.firstChild?.textContent === "Values",
        );
        if (values?.lastChild?.textContent === "34,979" && chart.textContent!.includes("Nov"))
          resolve(performance.now() - start);
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    year.click();
    return drawn;
  });
  const asked = platform.requests.filter((request) => request.startsWith("/v1/metering/meter-readings"));
  assert.equal(asked.length, 4, "four stretches side by side");
  assert.ok(took < 1000, `${Math.round(took)} ms`);
  await close();
});

test("a span without readings says so", async () => {
  const { page, close } = await visitor(`${device}?range=day&date=2020-05-05`);
  await page.getByText("Nothing is stored for 5 May 2020.").waitFor();
  assert.equal(await page.getByRole("img", { name: /Chart of/ }).count(), 0);
  await close();
});

test("a device without series says what it lacks", async () => {
  const { page, close } = await visitor(`/devices/${devices[5]!.id}`);
  await page.getByText("No series for this device").waitFor();
  await page.getByText("Nordmeter N1").waitFor();
  await close();
});

test("a device that is not there, or belongs to others, says so", async () => {
  for (const id of ["00000000-0000-4000-8000-000000000000", devices.at(-1)!.id]) {
    const one = await visitor(`/devices/${id}`);
    await one.page.getByText("This is not there, or it belongs to another organization.").waitFor();
    await one.close();
  }
});

test("readings that cannot be fetched leave the rest of the page as it is", async () => {
  const { page, close } = await visitor();
  await lines(page);
  platform.behavior.failing = { "metering/meter-readings": 503 };
  await page.getByText("Month", { exact: true }).click();
  await page.getByText("The platform has a problem (status 503).").waitFor();
  await page.getByText("10.20.0.17:4059").waitFor();
  platform.behavior.failing = {};
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText(/^1\s–\s31 Mar 2026$/).waitFor();
  assert.equal(await lines(page), 2);
  await close();
});

test("every series of the configuration can be chosen", async () => {
  const { page, close } = await visitor();
  await page.getByRole("combobox", { name: "Series" }).click();
  assert.equal(await page.getByRole("listbox").getByRole("option").count(), series.length);
  await close();
});
