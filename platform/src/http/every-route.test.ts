import { createCommands } from "../commands/commands.ts";
import { createEvents } from "../events/events.ts";
import { headEndRoutes } from "../head-end/routes.ts";
import { silentLog } from "../head-end/testing/silence.ts";
import { createProfileRows } from "../readings/profile-rows/profile-rows.ts";
import { createReadings } from "../readings/readings.ts";
import type { Row } from "../registry/resource.ts";
import { resources } from "../registry/resources/index.ts";
import { testAccess } from "../registry/testing/access-tests.ts";
import { exampleObjects, pathOf } from "../registry/testing/examples.ts";
import { openRegistryFixture, type RegistryFixture } from "../registry/testing/registry-fixture.ts";
import { cleanUpAfterTests } from "../stores/testing/clean-up.ts";
import { openTestColumnarStore } from "../stores/testing/columnar-stores.ts";
import { createMdc, mdcErrorStyles, mdcPaths } from "../udil/mdc/mdc.ts";
import { createMdm } from "../udil/mdm/mdm.ts";
import { otherOperations, registryOperations } from "./testing/contract-operations.ts";
import { testOpenApi } from "./testing/openapi-tests.ts";

/** Every room behind one application, as the platform puts them together. */
async function openEveryRoom(): Promise<RegistryFixture> {
  const columnar = await openTestColumnarStore();
  await columnar.migrate();
  return openRegistryFixture({
    errorStyles: mdcErrorStyles,
    plugins: (registry, relational) => {
      const { changes } = registry;
      const common = { relational, columnar, defaultMeterTimezone: "UTC", pageSize: 100 };
      const report = (error: unknown) => {
        throw error;
      };
      const readings = createReadings({ ...common, changes, stagedRetentionDays: 30, report });
      const events = createEvents(common);
      const profileRows = createProfileRows(common);
      cleanUpAfterTests(async () => {
        await readings.close();
        await events.close();
        await profileRows.close();
      });
      const commands = createCommands({ relational, pageSize: 100, commandsOf: () => undefined, logger: silentLog });
      const mdc = createMdc({ relational, registry, commands, profileRows });
      const mdm = createMdm({
        ...{ relational, columnar, registry, commands, profileRows, pageSize: 100, logger: silentLog },
        ...{ readings: readings.writer, events: events.writer, dataDirectory: "/nowhere" },
      });
      return [
        readings.routes,
        events.routes,
        headEndRoutes({ relational, pageSize: 100 }),
        commands.routes,
        mdc.routes,
        mdm.routes,
      ];
    },
  });
}

/** One for all tests of this file: the embedded columnar store takes one directory a process. */
let opened: Promise<RegistryFixture> | undefined;
const everyRoom = () => {
  opened ??= openEveryRoom();
  return opened;
};

testOpenApi(async () => (await everyRoom()).app, [...registryOperations, ...otherOperations]);

testAccess(async () => {
  const fixture = await everyRoom();
  const own = await fixture.create(pathOf("organizations"), { name: "Own" });
  const foreign = await exampleObjects(fixture, " foreign");
  const device = String(foreign["meter-devices"]!.id);
  const series = String(foreign["meter-reading-series"]!.id);
  const organization = String(foreign.organizations!.id);
  const ids: Record<string, string | number> = await foreignRows(fixture, organization, device, series);
  for (const { name, path } of resources) ids[path.replace(/\/$/, "")] = foreign[name]!.id as string | number;
  const uuids = Object.values(foreign).map(({ id }) => String(id));
  return {
    fixture,
    reader: await fixture.signInAs("alice", String(own.id)),
    otherContracts: mdcPaths,
    foreignId: (path) => ids[path.slice(0, path.indexOf("/:"))],
    foreignTexts: [
      ...uuids.filter((id) => id.length > 10),
      "LGZ0000012345678",
      "Northern Grid foreign",
      "424242",
      "a foreign event",
    ],
    foreignFilters: {
      ...{ name: "LGZ0000012345678", meter_name: "LGZ0000012345678", meter_device_name: "nobody-1", unit: "Wh" },
      ...{ iccid: "89460000000000000001", meter: device, meter_device: device, series, organization },
      type: String(foreign["meter-device-types"]!.id),
    },
  };
});

const mdc = { name: "Foreign MDC", base_url: "https://mdc.example", username: "u", password: "a password", code: "1" };
const mdmClient = { name: "Foreign MDM", username: "mdm", password: "a foreign password", code: "1" };

/** Rows of the other rooms. @returns the id of one of each by the path of its list */
async function foreignRows(fixture: RegistryFixture, organization: string, meter_device: string, series: string) {
  const timestamp = "2026-01-01T00:00:00Z";
  const reading = { organization, meter_device, series, timestamp, value: "424242" };
  const event = { organization, meter_device, timestamp, title: "Event", content: "a foreign event" };
  const staged = { meter_device_name: "nobody-1", series_name: "1-0:1.8.0", timestamp, value: "424242" };
  const idOf = async (path: string, body: Row) => (await fixture.create(path, body)).id as number;
  const call = {
    meter_device,
    meter_execution_type: "generic_dlms",
    task_call: "read_registers",
    task_kwargs: { obis: ["1-0:1.8.0"] },
  };
  await fixture.create("/v1/metering/amr-tasks/invoke", call);
  const command = { command: "time_synchronization", devices: [{ id: meter_device }] };
  const runs = await fixture.send("GET", "/v1/runs/");
  return {
    "/v1/metering/meter-readings": await idOf("/v1/metering/meter-readings", reading),
    "/v1/metering/meter-system-events": await idOf("/v1/metering/meter-system-events", event),
    "/v1/metering/staged-meter-readings": await idOf("/v1/metering/staged-meter-readings/", staged),
    "/v1/commands": (await fixture.create("/v1/commands", command)).id as string,
    "/v1/runs": runs.body.results[0].id as number,
    "/v1/udil/mdcs": (await fixture.create("/v1/udil/mdcs", { ...mdc, organization })).id as string,
    "/v1/udil/mdm-clients": (await fixture.create("/v1/udil/mdm-clients", { ...mdmClient, organization })).id as string,
  };
}
