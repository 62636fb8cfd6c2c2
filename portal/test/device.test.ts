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
  const chart = page.getByRole("img", { name: /Chart of/ });
  await chart.scrollIntoViewIfNeeded();
  const box = (await chart.boundingBox())!;
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

test("what failed last is told in a sentence, with what to do and what exactly happened", async () => {
  const { page, complaints, close } = await visitor(`/devices/${devices[2]!.id}`);
  const failure = page.getByRole("group", { name: "The last attempt failed" });
  await failure.getByText("The connection was reset by the meter's side.").waitFor();
  await failure.getByText("Look at the meter when it stays so.").waitFor();
  await failure.getByText("The socket was reset after 12 bytes.").waitFor();
  await failure.getByText("read_registers, 12 minutes ago").waitFor();
  await page.goto(`/devices/${devices[4]!.id}`);
  await failure.getByText("Check the encryption and authentication key.").waitFor();
  assert.equal(await page.getByText("What exactly happened").count(), 0, "its run is kept no longer");
  await page.goto(device);
  await page.getByText("4 minutes ago").first().waitFor();
  assert.equal(await failure.count(), 0);
  assert.deepEqual(complaints, []);
  await close();
});

test("a device that was read only in part does not look wholly well", async () => {
  const { page, close } = await visitor(`/devices/${devices[7]!.id}`);
  const failure = page.getByRole("group", { name: "Read only in part" });
  await failure.getByText("The meter has no 1-0:16.7.0.").waitFor();
  await page.getByRole("img", { name: "Good, but the last contact succeeded only in part" }).waitFor();
  await close();
});

test("what failed last is told in the reader's language", async () => {
  const one = await visit(browser, platform.origin, { locale: "sv-SE" });
  await enter(one.page, `/devices/${devices[2]!.id}`);
  await one.page.getByText("Anslutningen återställdes från mätarens sida.").waitFor();
  await one.page.getByText("Se till mätaren om det fortsätter.").waitFor();
  await one.close();
});

test("the latest value of every series has its unit, its time and its age, registers first", async () => {
  const { page, close } = await visitor();
  const values = page.getByRole("region", { name: "Latest values" });
  await values.getByText("Voltage L1").waitFor();
  assert.deepEqual(await values.getByRole("term").allTextContents(), [
    "Active energy import1-0:1.8.0",
    "Active energy export1-0:2.8.0",
    "Voltage L11-0:32.7.0",
  ]);
  const [first] = await values.getByRole("definition").allTextContents();
  const exact = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 6 }).format(
    Number(energy(Date.parse("2026-03-31T10:00:00Z"))),
  );
  assert.equal(first, `${exact}\u00a0kWh7 minutes ago31 Mar 2026, 12:00:00 CEST`);
  await close();
});

test("fifty series show the first, and all when asked to, on a phone too", async () => {
  const one = await visit(browser, platform.origin, { viewport: { width: 360, height: 740 } });
  await enter(one.page, `/devices/${devices[3]!.id}`);
  const values = one.page.getByRole("region", { name: "Latest values" });
  await values.getByText("Total of register 8").waitFor();
  assert.equal(await values.getByRole("term").count(), 8);
  await values.getByRole("button", { name: "Show all 50 values" }).click();
  assert.equal(await values.getByRole("term").count(), 50);
  assert.equal(await one.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0);
  await values.getByRole("button", { name: "Show fewer" }).click();
  assert.equal(await values.getByRole("term").count(), 8);
  await one.close();
});

test("a device without any value says so, and one whose values cannot be fetched offers to try again", async () => {
  const { page, close } = await visitor(`/devices/${devices[5]!.id}`);
  await page.getByText("No values yet").waitFor();
  platform.behavior.failing = { [`metering/meter-devices/${devices[0]!.id}/latest`]: 503 };
  await page.goto(device);
  const values = page.getByRole("region", { name: "Latest values" });
  await values.getByText("The platform has a problem (status 503).").waitFor();
  platform.behavior.failing = {};
  await values.getByRole("button", { name: "Try again" }).click();
  await values.getByText("Voltage L1").waitFor();
  await close();
});

test("how a device is talked to is told by the settings of its protocol, its own over those of its type", async () => {
  const { page, close } = await visitor();
  const facts = page.getByRole("region", { name: "About this device" });
  await facts.getByRole("heading", { level: 3, name: "Communication settings" }).waitFor();
  const setting = async (name: string) =>
    facts
      .locator("dl > div")
      .filter({ has: page.getByText(name, { exact: true }) })
      .locator("dd")
      .textContent();
  await facts.getByText("framing", { exact: true }).waitFor();
  assert.deepEqual([await setting("framing"), await setting("client_sap")], ["wrapper", "16"]);
  assert.equal(await setting("dedicated_key"), "false");
  await facts.getByText("3 entries").click();
  await facts.getByText('"L2"').waitFor();
  await page.goto(`/devices/${devices[5]!.id}`);
  await facts.getByText("None of its own: the protocol's defaults apply.").waitFor();
  await close();
});

test("one value alone makes no consumption, which is said, and the register shows it", async () => {
  const { page, close } = await visitor(`${device}?range=day&date=2024-12-31&zone=UTC`);
  await page.getByText("One value: a consumption needs two").waitFor();
  await page.getByText("Mean power", { exact: true }).click();
  await page.getByText("One value: a mean power needs two").waitFor();
  await page.getByRole("button", { name: "Show as “Register”" }).click();
  await page.getByRole("img", { name: /Chart of/ }).waitFor();
  assert.match(page.url(), /view=values/);
  assert.equal(await figure(page, "Values"), "1");
  assert.match(await figure(page, "Highest"), /^14,5\d\d\.\d+ kWh/);
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
