import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBrowser, portalFolder, signIn, visit } from "./browser.ts";
import { devices } from "./fake-neighborhood.ts";
import { startFakePlatform } from "./fake-platform.ts";

/** Pictures of every screen, for people to look at: `node portal/test/screenshots.ts` prints where they are. */
const folder = await mkdtemp(join(tmpdir(), "anymeter-portal-"));
const platform = await startFakePlatform(portalFolder);
const browser = await openBrowser();
const device = `/devices/${devices[0]!.id}`;
const looks = [
  { name: "light", options: {} },
  { name: "dark", options: { colorScheme: "dark" } },
  { name: "phone", options: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 } },
] as const;

for (const { name, options } of looks) {
  const { page, complaints, close } = await visit(browser, platform.origin, options);
  await page.goto("/sign-in");
  await page.getByLabel("Username").waitFor();
  await page.screenshot({ path: join(folder, `${name}-sign-in.png`) });
  await signIn(page);
  await page.getByText("meter-025").waitFor();
  await page.screenshot({ path: join(folder, `${name}-devices.png`) });
  for (const search of ["?range=week", "?range=year", `?range=day&view=power`]) {
    await page.goto(device + search);
    await page.getByRole("img", { name: /Chart of/ }).waitFor();
    await page.waitForTimeout(700);
    await page.screenshot({ path: join(folder, `${name}-device${search.replace(/\W/g, "-")}.png`), fullPage: true });
  }
  for (const index of [2, 3, 7]) {
    await page.goto(`/devices/${devices[index]!.id}`);
    await page.getByRole("img", { name: /Chart of/ }).waitFor();
    if (index === 3) await page.getByRole("button", { name: "Show all 50 values" }).click();
    await page.waitForTimeout(700);
    await page.screenshot({ path: join(folder, `${name}-${devices[index]!.name}.png`), fullPage: true });
  }
  await page.goto(`${device}?range=day&date=2024-12-31&zone=UTC`);
  await page.getByText("One value").waitFor();
  await page.screenshot({ path: join(folder, `${name}-one-value.png`), fullPage: true });
  if (complaints.length > 0) console.error(name, complaints);
  await close();
}
await browser.close();
await platform.close();
console.log(folder);
