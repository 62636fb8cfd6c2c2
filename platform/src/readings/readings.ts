import { setTimeout as delay } from "node:timers/promises";
import type { FastifyPluginAsync } from "fastify";
import type { RegistryChanges } from "../registry/changes.ts";
import type { ColumnarStore } from "../stores/columnar/columnar-store.ts";
import { ColumnarRemovals } from "../stores/columnar-removals.ts";
import type { RelationalStore } from "../stores/relational/relational-store.ts";
import { type BulkIntake, createBulkIntake } from "./bulk/bulk-intake.ts";
import { Housekeeping, type Timer } from "./housekeeping.ts";
import { createReadingIntake, type ReadingIntake } from "./intake.ts";
import { PlacesById } from "./places-by-id.ts";
import { ReadingQueries } from "./reading-queries.ts";
import { createReadingWriter, type ReadingWriter } from "./reading-writer.ts";
import { RegistryNumbers } from "./registry-numbers.ts";
import { Resolver } from "./resolver.ts";
import { keepValuesExact } from "./routes/exact-json-bodies.ts";
import { latestReadingRoutes } from "./routes/latest-readings.ts";
import { meterReadingRoutes } from "./routes/meter-readings.ts";
import { newMeterReadingRoutes } from "./routes/new-meter-readings.ts";
import { stagedMeterReadingRoutes } from "./routes/staged-meter-readings.ts";
import { StagedReadings } from "./staged-readings.ts";
import { Staging } from "./staging.ts";

export interface ReadingsOptions {
  readonly relational: RelationalStore;
  readonly columnar: ColumnarStore;
  /** What the registry changes, so that names are looked up again and staged readings replayed. */
  readonly changes: Pick<RegistryChanges, "onChange" | "onDeviceNamed">;
  /** IANA zone of meters without a config. */
  readonly defaultMeterTimezone: string;
  readonly stagedRetentionDays: number;
  /** Rows of a page without `limit`. */
  readonly pageSize: number;
  /** Receives what went wrong in the background. */
  readonly report: (error: unknown) => void;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  readonly timer?: Timer;
}

/** The readings room, as the other rooms and the composition root see it. */
export interface Readings {
  readonly writer: ReadingWriter;
  readonly intake: ReadingIntake;
  readonly bulk: BulkIntake;
  readonly queries: ReadingQueries;
  readonly resolver: Resolver;
  readonly staging: Staging;
  readonly staged: StagedReadings;
  readonly numbers: RegistryNumbers;
  readonly places: PlacesById;
  readonly pageSize: number;
  /** The routes of meter-readings, latest-readings, new-meter-readings and staged-meter-readings. */
  readonly routes: FastifyPluginAsync;
  /** Finishes what was left over before this process began; from then on replays, expires and removes from time to time. */
  start(): Promise<void>;
  /** Ends that, and resolves when everything taken is durable. Call it before the stores are closed. */
  close(): Promise<void>;
}

/** Resources of the registry that decide what a name means. */
const decisive = new Set([
  "organizations",
  "meter-devices",
  "meter-device-types",
  "meter-device-configs",
  "meter-reading-series",
]);

/** Resources whose deletion takes readings and events with it. */
const owners = new Set(["meter-devices", "meter-reading-series"]);

/** A request that deletes waits so long for the readings to be gone; then it is answered while they go. */
const removalMilliseconds = 10_000;

/** Puts the room together. */
export function createReadings(options: ReadingsOptions): Readings {
  const {
    relational,
    columnar,
    changes,
    defaultMeterTimezone: defaultTimezone,
    stagedRetentionDays,
    pageSize,
  } = options;
  const { db } = relational;
  const clock = options.clock ?? Date.now;
  const writer = createReadingWriter(db, columnar);
  const resolver = new Resolver({ store: relational, defaultTimezone, clock });
  const staging = new Staging({
    store: relational,
    resolver,
    writer,
    defaultTimezone,
    retentionDays: stagedRetentionDays,
    clock,
  });
  const intake = createReadingIntake(resolver, writer, staging);
  const removals = new ColumnarRemovals({ relational, columnar, clock });
  const housekeeping = new Housekeeping(
    [() => removals.clear(), () => staging.replay(), () => staging.expire()],
    options.report,
    options.timer,
  );
  changes.onChange(async ({ resource, action }) => {
    if (decisive.has(resource)) resolver.forget();
    if (action === "deleted" && owners.has(resource)) {
      const cleared = removals.clear().catch(options.report);
      await Promise.race([cleared, delay(removalMilliseconds, undefined, { ref: false })]);
    }
  });
  changes.onDeviceNamed(async ({ name }) => {
    resolver.forget();
    await staging.replay([name]);
  });
  const readings: Readings = {
    writer,
    intake,
    bulk: createBulkIntake(resolver, writer, intake),
    queries: new ReadingQueries(columnar),
    resolver,
    staging,
    staged: new StagedReadings(db),
    numbers: new RegistryNumbers(db),
    places: new PlacesById(db, defaultTimezone),
    pageSize,
    routes: async (app) => {
      keepValuesExact(app);
      meterReadingRoutes(app, readings);
      latestReadingRoutes(app, readings);
      stagedMeterReadingRoutes(app, readings);
      await app.register(async (scope) => newMeterReadingRoutes(scope, readings));
    },
    start: () => housekeeping.start(),
    close: async () => {
      await housekeeping.stop();
      await removals.settled();
      await writer.close();
    },
  };
  return readings;
}
