import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { openBrowser, portalFolder, signIn, visit } from "./browser.ts";
import { devices, organizations } from "./fake-neighborhood.ts";
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

/** One visitor with a platform in its usual mood. */
async function visitor() {
  Object.assign(platform.behavior, { lifetime: 1200, tokensTaken: true, failing: {}, delay: 0, devices });
  return visit(browser, platform.origin);
}

test("a user signs in, keeps the session over a reload, and signs out", async () => {
  const { page, complaints, close } = await visitor();
  await signIn(page);
  await page.waitForURL("**/devices");
  assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Devices");
  await page.reload();
  await page.getByText("meter-001").waitFor();
  await page.getByRole("button", { name: "Account of operator" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in");
  assert.equal(await page.evaluate(() => sessionStorage.getItem("anymeter-session")), null);
  await page.goto("/devices");
  await page.waitForURL("**/sign-in?next=*");
  assert.deepEqual(complaints, []);
  await close();
});

test("a wrong password is told in plain words and the page stays usable", async () => {
  const { page, close } = await visitor();
  await page.goto("/sign-in");
  await page.getByLabel("Username").fill("operator");
  await page.getByRole("textbox", { name: "Password" }).fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  assert.equal(await page.getByRole("alert").textContent(), "The username or the password is not right.");
  assert.equal(await page.getByLabel("Username").evaluate((input) => input === document.activeElement), true);
  await page.getByRole("textbox", { name: "Password" }).fill("right password");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/devices");
  await close();
});

test("empty fields are named before anything is sent", async () => {
  const { page, close } = await visitor();
  const sent: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/v1/")) sent.push(pathname);
  });
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Enter your username.").waitFor();
  const field = page.getByLabel("Username");
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  assert.deepEqual(sent, []);
  await close();
});

test("a platform in trouble is not called a wrong password", async () => {
  const { page, close } = await visitor();
  for (const [status, words] of [
    [429, "Too many attempts."],
    [503, "The platform has a problem (status 503)."],
  ] as const) {
    platform.behavior.failing = { "auth/": status };
    await page.goto("/sign-in");
    await page.getByLabel("Username").fill("operator");
    await page.getByRole("textbox", { name: "Password" }).fill("right password");
    await page.getByRole("button", { name: "Sign in" }).click();
    assert.ok((await page.getByRole("alert").textContent())?.startsWith(words));
  }
  await close();
});

test("a session that ends leads to sign in and back to the same place", async () => {
  const { page, close } = await visitor();
  await signIn(page, `/devices/${devices[0]!.id}?range=day`);
  await page.getByRole("img", { name: /Chart of/ }).waitFor();
  platform.behavior.tokensTaken = false;
  await page.getByRole("link", { name: "Devices" }).first().click();
  await page.getByText("Your session has ended.").waitFor();
  assert.match(page.url(), /\/sign-in\?next=%2Fdevices$/);
  await page.getByLabel("Username").fill("operator");
  await page.getByRole("textbox", { name: "Password" }).fill("right password");
  await page.keyboard.press("Enter");
  await page.getByText("meter-001").waitFor();
  assert.equal(new URL(page.url()).pathname, "/devices");
  await close();
});

test("a token is renewed before its end, and the new one is used", async () => {
  const { page, close } = await visitor();
  platform.behavior.lifetime = 3;
  await signIn(page);
  const before = await page.evaluate(() => sessionStorage.getItem("anymeter-session"));
  platform.behavior.lifetime = 1200;
  await page.waitForRequest("**/v1/auth/jwt/renew/");
  await page.waitForFunction((old) => sessionStorage.getItem("anymeter-session") !== old, before);
  assert.equal(new URL(page.url()).pathname, "/devices");
  await close();
});

test("a user with several organizations changes between them and sees only the chosen one's devices", async () => {
  const { page, complaints, close } = await visitor();
  await signIn(page, `/devices/${devices[0]!.id}`);
  const organization = page.getByRole("combobox", { name: "Organization" });
  await organization.waitFor();
  assert.equal(await organization.inputValue(), organizations[0]!.name);
  await organization.click();
  await page.getByRole("option", { name: organizations[1]!.name }).click();
  await page.getByText("3 devices").waitFor();
  await page.getByText("meter-101").waitFor();
  assert.equal(await page.getByText("meter-001").count(), 0);
  assert.deepEqual(complaints, []);
  await close();
});
