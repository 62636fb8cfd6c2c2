import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { now } from "./fake-neighborhood.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The folder of the built portal; the tests drive what users get. */
export const portalFolder = join(root, "portal", "dist");

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How long a test waits for something to appear, in milliseconds: far more than it takes. */
const patience = 15_000;

/** A browser with a new, empty profile. */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(join(portalFolder, "index.html")))
    throw new Error("The portal is not built: run `npm run build --workspace portal` first");
  return chromium.launch({ executablePath: await browserPath(), args: flags });
}

export interface Visit {
  page: Page;
  /** Errors and warnings on the console, exceptions, and requests to anywhere but the portal's origin. */
  complaints: string[];
  close(): Promise<void>;
}

/** A visitor in Stockholm with a browser in English, at the tests' moment. */
export async function visit(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: origin,
    locale: "en-GB",
    timezoneId: "Europe/Stockholm",
    reducedMotion: "reduce",
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`)) complaints.push(`left the origin: ${request.url()}`);
  });
  await page.clock.setFixedTime(now);
  return { page, complaints, close: () => context.close() };
}

/** Arrives with a session, as after a reload: everything but the form. */
export async function enter(page: Page, place: string): Promise<void> {
  const empty = { contentType: "text/html", body: '<link rel="icon" href="/anymeter.svg">' };
  await page.route("**/empty", (route) => route.fulfill(empty));
  await page.goto("/empty");
  await page.evaluate(async () => {
    const body = JSON.stringify({ username: "operator", password: "right password" });
    const { token } = await (await fetch("/v1/auth/jwt/token/", { method: "POST", body })).json();
    sessionStorage.setItem("anymeter-session", JSON.stringify({ token, receivedAt: Date.now() }));
  });
  await page.goto(place);
}

/** Signs in by the form on the way to a place. */
export async function signIn(page: Page, place = "/"): Promise<void> {
  await page.goto(place);
  await page.getByLabel("Username").fill("operator");
  await page.getByRole("textbox", { name: "Password" }).fill("right password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1 }).filter({ hasNotText: "Sign in" }).waitFor();
}

async function browserPath(): Promise<string> {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found =
    process.env.ANYMETER_TEST_BROWSER ??
    names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
  if (found) return found;
  const packaged = join(root, "node_modules/.cache/browser/node_modules/@sparticuz/chromium");
  if (!existsSync(packaged)) throw new Error("No browser: install Chromium or set ANYMETER_TEST_BROWSER");
  const { main } = JSON.parse(
    await (await import("node:fs/promises")).readFile(join(packaged, "package.json"), "utf8"),
  );
  const module = await import(pathToFileURL(join(packaged, main)).href);
  return module.default.executablePath();
}
