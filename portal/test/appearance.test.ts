import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { accessibilityFaults } from "./accessibility.ts";
import { openBrowser, portalFolder, signIn, visit } from "./browser.ts";
import { devices } from "./fake-neighborhood.ts";
import { type FakePlatform, startFakePlatform } from "./fake-platform.ts";

const device = `/devices/${devices[0]!.id}`;

let browser: Browser;
let platform: FakePlatform;
before(async () => {
  [browser, platform] = await Promise.all([openBrowser(), startFakePlatform(portalFolder)]);
});
after(async () => {
  await browser.close();
  await platform.close();
});

const looks: Record<string, BrowserContextOptions> = {
  light: {},
  dark: { colorScheme: "dark" },
  phone: { viewport: { width: 360, height: 740 }, hasTouch: true },
};

for (const [look, options] of Object.entries(looks)) {
  test(`every page can be used without seeing it well: ${look}`, async () => {
    const { page, complaints, close } = await visit(browser, platform.origin, options);
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Enter your username.").waitFor();
    assert.deepEqual(await accessibilityFaults(page), [], "sign in");
    await signIn(page);
    await page.getByText("82.5%").waitFor();
    assert.deepEqual(await accessibilityFaults(page), [], "devices");
    await page.goto(device);
    await page.getByText("12 readings are missing").waitFor();
    assert.deepEqual(await accessibilityFaults(page), [], "chart");
    await page.getByRole("tab", { name: "Table" }).click();
    await page.getByRole("table", { name: "Table" }).waitFor();
    assert.deepEqual(await accessibilityFaults(page), [], "table");
    await page.goto(`/devices/${devices[7]!.id}`);
    await page.getByText("The meter has no 1-0:16.7.0.").waitFor();
    assert.deepEqual(await accessibilityFaults(page), [], "read in part");
    await page.goto(`/devices/${devices[2]!.id}`);
    await page.getByText("What exactly happened").waitFor();
    assert.deepEqual(await accessibilityFaults(page), [], "failure");
    await page.goto(`${device}?range=day&date=2024-12-31&zone=UTC`);
    await page.getByText("One value: a consumption needs two").waitFor();
    assert.deepEqual(await accessibilityFaults(page), [], "one value");
    await page.goto("/devices?search=none");
    await page.getByText("No device found for").waitFor();
    assert.deepEqual(await accessibilityFaults(page), [], "empty list");
    await page.goto("/nowhere");
    await page.getByText("There is nothing at this address.").waitFor();
    assert.deepEqual(await accessibilityFaults(page), [], "not found");
    assert.deepEqual(complaints, []);
    await close();
  });
}

test("the whole portal changes its language, and remembers it", async () => {
  const { page, complaints, close } = await visit(browser, platform.origin);
  await signIn(page);
  for (const [name, code, title, ago, place] of [
    ["Deutsch", "de", "Geräte", "vor 4 Minuten", "Lastgang"],
    ["Svenska", "sv", "Enheter", "för 4 minuter sedan", "Belastningskurva"],
    ["Suomi", "fi", "Laitteet", "4 minuuttia sitten", "Kuormituskäyrä"],
  ] as const) {
    await page.getByRole("button", { name: /operator/ }).click();
    await page.getByRole("menuitemradio", { name }).click();
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText(ago).first().waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), code);
    assert.equal(await page.title(), `${title} · Anymeter`);
    await page.goto(device);
    await page.getByRole("heading", { level: 2, name: place }).waitFor();
    await page.getByRole("navigation").getByRole("link").click();
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
  }
  assert.deepEqual(complaints, []);
  await close();
});

test("a browser in German starts in German, with German numbers", async () => {
  const { page, close } = await visit(browser, platform.origin, { locale: "de-DE" });
  await page.goto("/");
  await page.getByLabel("Benutzername").fill("operator");
  await page.getByRole("textbox", { name: "Passwort" }).fill("right password");
  await page.getByRole("button", { name: "Anmelden" }).click();
  await page.getByText("82,5").waitFor();
  await page.goto(`${device}?range=day&date=2026-03-29`);
  await page.getByRole("tab", { name: "Tabelle" }).click();
  await page
    .getByText(/^So., 29. März 2026, 00:00.*MEZ$/)
    .first()
    .waitFor();
  assert.match(
    (await page.getByRole("table").getByRole("row").nth(1).getByRole("cell").nth(1).textContent())!,
    /^0,\d+$/,
  );
  await close();
});

test("dark follows the system, can be chosen, and is remembered", async () => {
  const { page, close } = await visit(browser, platform.origin, { colorScheme: "dark" });
  await signIn(page);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(await ground(), "rgb(19, 25, 30)");
  await page.getByRole("button", { name: /operator/ }).click();
  await page.getByRole("menuitemradio", { name: "Light" }).click();
  await page.waitForFunction(() => getComputedStyle(document.body).backgroundColor === "rgb(245, 247, 248)");
  await page.reload();
  await page.getByText("meter-001").waitFor();
  assert.equal(await ground(), "rgb(245, 247, 248)");
  await close();
});

test("the keyboard alone leads from signing in to a device's table", async () => {
  const { page, complaints, close } = await visit(browser, platform.origin);
  const press = async (key: string, times = 1) => {
    for (let time = 0; time < times; time++) await page.keyboard.press(key);
  };
  const focused = () =>
    page.evaluate(() => document.activeElement?.textContent || document.activeElement?.getAttribute("aria-label"));
  await page.goto("/");
  await page.getByLabel("Username").waitFor();
  await page.keyboard.type("operator");
  await press("Tab");
  await page.keyboard.type("right password");
  await press("Enter");
  await page.getByText("82.5%").waitFor();
  assert.equal(await focused(), "Devices", "the heading of the page that was reached");
  await press("Tab");
  await page.keyboard.type("meter-003");
  await page.getByText("1 device", { exact: true }).waitFor();
  await press("Tab", 3);
  assert.equal(await focused(), "meter-003");
  await press("Enter");
  await page.getByRole("heading", { level: 1, name: "meter-003" }).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  await page.getByRole("tab", { name: "Chart" }).focus();
  await press("ArrowRight");
  assert.equal(await focused(), "Table");
  await page.getByRole("table", { name: "Table" }).waitFor();
  await page.goto("/devices");
  await page.getByText("meter-001").waitFor();
  await press("Tab");
  assert.equal(await focused(), "Skip to the content");
  await press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "content");
  assert.deepEqual(complaints, []);
  await close();
});
