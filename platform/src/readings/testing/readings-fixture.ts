import { createEvents, type Events } from "../../events/events.ts";
import { openRegistryFixture, type RegistryFixture } from "../../registry/testing/registry-fixture.ts";
import type { ColumnarStore } from "../../stores/columnar/columnar-store.ts";
import { cleanUpAfterTests } from "../../stores/testing/clean-up.ts";
import { openTestColumnarStore } from "../../stores/testing/columnar-stores.ts";
import { createReadings, type Readings, type ReadingsOptions } from "../readings.ts";

/** The readings and events rooms behind the HTTP application, with a registry and real stores. */
export interface ReadingsFixture extends RegistryFixture {
  readonly columnar: ColumnarStore;
  readonly readings: Readings;
  readonly events: Events;
  /** Creates an organization with the named series. */
  organization(name: string, series?: readonly string[]): Promise<OrganizationFixture>;
}

export interface OrganizationFixture {
  readonly id: string;
  /** uuids of series by name. */
  readonly series: Readonly<Record<string, string>>;
  /** Creates a config with the named series and a type of it. @returns the type's uuid */
  type(timezone: string, series: readonly string[]): Promise<string>;
  /** Creates a meter. @returns its uuid */
  device(name: string, type?: string): Promise<string>;
}

export interface ReadingsFixtureOptions extends Partial<Pick<ReadingsOptions, "clock" | "timer" | "report">> {
  /** Opened instead of an embedded store. */
  readonly columnar?: ColumnarStore;
}

export async function openReadingsFixture(options: ReadingsFixtureOptions = {}): Promise<ReadingsFixture> {
  const columnar = options.columnar ?? (await openTestColumnarStore());
  await columnar.migrate();
  let rooms: { readings: Readings; events: Events } | undefined;
  const registry = await openRegistryFixture({
    plugins: ({ changes }, relational) => {
      const common = { relational, columnar, defaultMeterTimezone: "UTC", pageSize: 100 };
      const fail = (error: unknown) => {
        throw error;
      };
      const readings = createReadings({ ...common, changes, stagedRetentionDays: 30, report: fail, ...options });
      rooms = { readings, events: createEvents(common) };
      return [readings.routes, rooms.events.routes];
    },
  });
  const { readings, events } = rooms!;
  cleanUpAfterTests(async () => {
    await readings.close();
    await events.close();
  });
  const { create } = registry;
  const organization: ReadingsFixture["organization"] = async (name, seriesNames = ["1-0:1.8.0"]) => {
    const { id } = await create("/v1/organizations/", { name });
    const series: Record<string, string> = {};
    for (const seriesName of seriesNames) {
      const body = { organization: id, name: seriesName, unit: "Wh" };
      series[seriesName] = (await create("/v1/metering/meter-reading-series", body)).id;
    }
    return {
      id,
      series,
      type: async (timezone, allowed) => {
        const label = `${timezone} ${allowed.length}`;
        const body = { organization: id, name: label, series: allowed.map((one) => series[one]), timezone };
        const config = (await create("/v1/metering/meter-device-configs", body)).id;
        const type = { organization: id, name: label, manufacturer: "m", manufacturer_model: "m", config };
        return (await create("/v1/metering/meter-device-types", type)).id;
      },
      device: async (deviceName, type) => {
        const body = { organization: id, name: deviceName, protocol: "dlms-cosem", ...(type && { type }) };
        return (await create("/v1/metering/meter-devices", body)).id;
      },
    };
  };
  return { ...registry, columnar, readings, events, organization };
}
