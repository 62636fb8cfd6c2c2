/** The room over real stores, with vendors' MDCs in this process behind real HTTPS, and time that the test moves. */
import assert from "node:assert/strict";
import { startVendorMdc, type VendorMdc, type VendorMdcOptions } from "@anymeter/simulator";
import { type Commands, createCommands } from "../../../commands/commands.ts";
import { createEvents } from "../../../events/events.ts";
import type { Clock } from "../../../head-end/clock.ts";
import { FakeClock } from "../../../head-end/testing/fake-clock.ts";
import { silentLog } from "../../../head-end/testing/silence.ts";
import { createProfileRows } from "../../../readings/profile-rows/profile-rows.ts";
import { createReadings } from "../../../readings/readings.ts";
import type { Registry } from "../../../registry/registry.ts";
import { openRegistryFixture, type RegistryFixture } from "../../../registry/testing/registry-fixture.ts";
import type { ColumnarStore } from "../../../stores/columnar/columnar-store.ts";
import { selectRows } from "../../../stores/columnar/row-queries.ts";
import { cleanUpAfterTests } from "../../../stores/testing/clean-up.ts";
import { openTestColumnarStore } from "../../../stores/testing/columnar-stores.ts";
import { temporaryDirectory } from "../../../stores/testing/temporary-directory.ts";
import { createMdcConnection, type MdcConnection } from "../connection/mdc-connection.ts";
import { ContactsOfRows } from "../intake/contacts-of-rows.ts";
import { MeterDirectory } from "../intake/meter-directory.ts";
import { RowIntake } from "../intake/row-intake.ts";
import { createMdm, type Mdm } from "../mdm.ts";
import { loadMdcs } from "../peers/mdc.ts";
import type { PollableTable } from "../peers/switches.ts";
import type { PolledRows, PollServices } from "../polling/api-poll.ts";
import { Cursors } from "../polling/cursors.ts";
import { AskedHoles } from "../polling/holes.ts";
import { fillHoles, type MdcPollOptions, pollMdc } from "../polling/mdc-poll.ts";
import { RecentRows } from "../polling/recent-rows.ts";
import { SetAside } from "../set-aside/set-aside.ts";

export interface MdmScene extends RegistryFixture {
  readonly columnar: ColumnarStore;
  readonly clock: FakeClock;
  readonly commands: Commands;
  readonly mdm: Mdm;
  /** An organization with series of that name, in units of UDIL. */
  organization(name: string, series?: readonly string[]): Promise<string>;
  vendor(options?: VendorMdcOptions): Promise<VendorMdc>;
  /** Registers a vendor's MDC, and its meters unless told otherwise. @returns the MDC's id */
  register(organization: string, vendor: VendorMdc, settings?: object, meters?: boolean): Promise<string>;
  /** Polls once, as the poller would; a new object each time forgets what is only in memory. */
  poll(mdc: string): Promise<PolledRows>;
  /** Looks for holes, and fills them. @returns those asked of meters */
  fill(mdc: string): Promise<number>;
  /** Forgets everything that is only in memory, as a restart does. */
  restart(): void;
  connection(mdc: string): Promise<MdcConnection>;
  setAside(mdc: string): Promise<
    {
      reason_code: string;
      reason: string;
      global_device_id: string | null;
      table: string;
      raw: string;
      id: number;
      kind: string;
    }[]
  >;
  /** Rows of a table of the columnar store. */
  select<Row extends readonly unknown[]>(query: string): Promise<Row[]>;
}

/** @param columnar an empty store; the one that this process may embed without it */
export async function openMdmScene(
  start: string | number = "2026-11-21T06:00:00Z",
  columnar?: ColumnarStore,
): Promise<MdmScene> {
  const clock = new FakeClock(start);
  // Pauses take no time; how long they would have been is not what these tests are about.
  const hurried: Clock = {
    now: () => clock.now(),
    after: (milliseconds, run) => {
      const timer = setTimeout(run, Math.min(milliseconds / 50, 20));
      return () => clearTimeout(timer);
    },
  };
  columnar ??= await openTestColumnarStore();
  await columnar.migrate();
  const dataDirectory = temporaryDirectory();
  let rooms: { commands: Commands; mdm: Mdm; registry: Registry } | undefined;
  let services: Omit<PollServices, "retrying" | "recent"> | undefined;
  const fixture = await openRegistryFixture({
    plugins: (registry, relational) => {
      const { changes } = registry;
      const common = { relational, columnar, defaultMeterTimezone: "UTC", pageSize: 100, clock: () => clock.now() };
      const fail = (error: unknown) => {
        throw error;
      };
      const readings = createReadings({ ...common, changes, stagedRetentionDays: 30, report: fail });
      const events = createEvents(common);
      const profileRows = createProfileRows(common);
      const commands = createCommands({
        ...{ relational, pageSize: 100, logger: silentLog, clock: hurried },
        commandsOf: () => undefined,
        changes,
      });
      const mdm = createMdm({
        ...{ relational, columnar, registry, commands, profileRows, dataDirectory, pageSize: 100 },
        ...{ readings: readings.writer, events: events.writer, logger: silentLog, clock: hurried, random: () => 0.5 },
      });
      const now = () => clock.now();
      const setAside = new SetAside(relational.db, now);
      const intake = new RowIntake({
        ...{ setAside, now, readings: readings.writer, events: events.writer },
        meters: new MeterDirectory({ db: relational.db, changes, now }),
        contacts: new ContactsOfRows(relational.db, now),
        profileRows: profileRows.store,
        visuals: profileRows.visuals,
      });
      services = { db: relational.db, intake, setAside, cursors: new Cursors(relational.db, now) };
      cleanUpAfterTests(async () => {
        await readings.close();
        await events.close();
        await profileRows.close();
      });
      rooms = { commands, mdm, registry };
      return [readings.routes, events.routes, commands.routes, mdm.routes];
    },
  });
  const { commands, mdm, registry } = rooms!;
  const { create, send, store } = fixture;
  let recent = new Map<string, RecentRows>();
  let asked = new AskedHoles();
  let connections = new Map<string, MdcConnection>();
  cleanUpAfterTests(() => {
    for (const open of connections.values()) open.close();
  });

  const connection = async (id: string) => {
    const [mdc] = await loadMdcs(store.db, registry.sealer, [id]);
    assert.ok(mdc, "the MDC is not active");
    const known = connections.get(id);
    if (known?.mdc.revision === mdc.revision) return known;
    known?.close();
    const made = createMdcConnection(mdc, () => clock.now());
    connections.set(id, made);
    return made;
  };
  const options = (mdc: string): MdcPollOptions => ({
    asked,
    columnar,
    commands,
    folderOf: (folder) => folder,
    services: {
      ...services!,
      retrying: { clock: hurried, random: () => 0.5, stopped: () => false },
      recent: (table: PollableTable) => {
        const rows = recent.get(`${mdc} ${table}`) ?? new RecentRows();
        recent.set(`${mdc} ${table}`, rows);
        return rows;
      },
    },
  });
  return {
    ...fixture,
    ...{ columnar, clock, commands, mdm, connection },
    async organization(name, series = ["1-0:1.8.0", "1-0:15.8.0", "1-0:32.7.0"]) {
      const { id } = await create("/v1/organizations/", { name });
      for (const one of series) {
        const unit = /\.8\./.test(one) ? "kWh" : /32\.7/.test(one) ? "V" : "W";
        await create("/v1/metering/meter-reading-series", { organization: id, name: one, unit });
      }
      return id;
    },
    async vendor(settings = {}) {
      const vendor = await startVendorMdc({ meters: 3, stock: 0, historyDays: 1, pace: 0, clock, ...settings });
      cleanUpAfterTests(() => vendor.close());
      return vendor;
    },
    async register(organization, { description }, settings = {}, meters = true) {
      const { url, username, password, code, version, format, timezone, certificate } = description;
      const mdc = await create("/v1/udil/mdcs", {
        ...{ organization, name: description.name, base_url: url, username, password, code, version, format, timezone },
        ...{ pinned_certificate: certificate, history_days: 2, fills_holes: false },
        ...settings,
      });
      if (meters) {
        const body = { meters: description.meters.map(({ global_device_id, msn }) => ({ global_device_id, msn })) };
        const answer = await send("POST", `/v1/udil/mdcs/${mdc.id}/meters`, body);
        assert.equal(answer.status, 200, JSON.stringify(answer.body));
      }
      return mdc.id;
    },
    poll: async (mdc) => await pollMdc(await connection(mdc), options(mdc)),
    fill: async (mdc) => await fillHoles(await connection(mdc), options(mdc)),
    restart() {
      recent = new Map();
      asked = new AskedHoles();
      for (const open of connections.values()) open.close();
      connections = new Map();
    },
    setAside: async (mdc) => (await send("GET", `/v1/udil/mdcs/${mdc}/set-aside?limit=1000`)).body.results,
    select: (query) => selectRows(columnar, query),
  };
}
