import { execFileSync, spawn } from "node:child_process";
import { chownSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPostgresqlBinaries } from "./postgresql-binaries.ts";

/** Address of a real PostgreSQL server for this test process: started at the first call, the same one afterwards. */
export function sharedPostgresql(): Promise<string> {
  shared ??= startPostgresql();
  return shared;
}

let shared: Promise<string> | undefined;

/**
 * Starts a server that listens on a socket file only (no port to collide with) and lives as long as this process: a
 * shell waits for the end of a pipe that only this process holds, so that even `kill -9` leaves no server behind.
 */
async function startPostgresql(): Promise<string> {
  const { bin, user, copy } = findPostgresqlBinaries();
  const directory = mkdtempSync(join(tmpdir(), "anymeter-pg-"));
  if (user) chownSync(directory, user.uid, user.gid);
  const data = join(directory, "data");
  const environment = { ...process.env, LC_ALL: "C", TZ: "UTC" };
  const initdb = ["-D", data, "-U", "anymeter", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"];
  execFileSync(join(bin, "initdb"), initdb, { ...user, env: environment, stdio: "pipe" });
  // fsync off: a test's server never has to survive the machine.
  const server = [
    "-D",
    data,
    "-k",
    directory,
    "-c",
    "listen_addresses=",
    "-c",
    "fsync=off",
    "-c",
    "max_connections=200",
  ];
  const script = `"$0" "$@" <&- & server=$!; cat > /dev/null; kill -INT $server; wait $server; rm -rf '${directory}' '${copy ?? directory}'`;
  const child = spawn("/bin/sh", ["-c", script, join(bin, "postgres"), ...server], {
    ...user,
    env: environment,
    stdio: ["pipe", "ignore", "pipe"],
  });
  await new Promise<void>((resolve, reject) => {
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      log = (log + text).slice(-10_000);
      if (log.includes("ready to accept connections")) resolve();
    });
    child.once("exit", () => reject(new Error(`PostgreSQL did not start:\n${log}`)));
    child.once("error", reject);
  });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  (child.stderr as unknown as { unref(): void }).unref();
  return `postgresql://anymeter@localhost/postgres?host=${encodeURIComponent(directory)}`;
}
