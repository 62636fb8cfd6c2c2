import { join } from "node:path";
import type { VendorMdcDescription } from "@anymeter/simulator";
import { type DemoProcess, startDemoProcess } from "./demo-process.ts";

/** Two vendors with meters and head-ends of their own, as different as UDIL allows. */
const vendors = [
  // Of the edition of 2019, in JSON; deliver late, twice and with events of their own.
  { seed: 1, version: "v1", format: "json", habits: { lateRows: 40, duplicateRows: 50, unknownEventCodes: 9 } },
  // Of the edition of 2025, in XML; knows little of the levels of a command.
  { seed: 3, version: "v3.3", format: "xml", habits: { repeatedData: true, backfilledStamps: true } },
] as const;

const metersOfEach = 6;

/**
 * Starts the vendors and waits until their MDCs listen.
 * @param directory where they remember their meters, certificates and ports
 * @throws Error with what a process said when it ends instead
 */
export async function startDemoVendors(directory: string): Promise<readonly DemoProcess<VendorMdcDescription>[]> {
  const started = await Promise.allSettled(
    vendors.map(({ seed, version, format, habits }) =>
      startDemoProcess<VendorMdcDescription>(
        join("vendor-mdc", "main.ts"),
        [
          ...["--seed", String(seed), "--meters", String(metersOfEach), "--version", version, "--format", format],
          ...["--interval", "15", "--energy", "pos", "--pace", "0.2", "--habits", JSON.stringify(habits)],
          ...["--memory", join(directory, `vendor-${seed}.ndjson`)],
        ],
        "a vendor's MDC",
      ),
    ),
  );
  const running = started.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const failed = started.find((outcome) => outcome.status === "rejected");
  if (!failed) return running;
  await Promise.all(running.map((vendor) => vendor.close()));
  throw failed.reason;
}
