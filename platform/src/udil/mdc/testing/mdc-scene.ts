/** UDIL's services over real HTTPS, with real stores behind them and meters that exist only in this process. */
import type { Kysely } from "kysely";
import { loadCertificate } from "../../../certificate.ts";
import { type CommandScene, openCommandScene, type SceneOptions } from "../../../commands/testing/command-scene.ts";
import { listen } from "../../../http/listen.ts";
import { createProfileRows, type ProfileRows } from "../../../readings/profile-rows/profile-rows.ts";
import {
  type FixtureOptions,
  openRegistryFixture,
  type RegistryFixture,
} from "../../../registry/testing/registry-fixture.ts";
import type { Database } from "../../../stores/relational/database.ts";
import { cleanUpAfterTests } from "../../../stores/testing/clean-up.ts";
import { openTestColumnarStore } from "../../../stores/testing/columnar-stores.ts";
import { openTestRelationalStore } from "../../../stores/testing/relational-stores.ts";
import { temporaryDirectory } from "../../../stores/testing/temporary-directory.ts";
import { createMdc, type MdcOptions, mdcErrorStyles } from "../mdc.ts";
import { UdilClient } from "./udil-client.ts";

export interface MdcSceneOptions
  extends Pick<SceneOptions, "carryOut">,
    Pick<MdcOptions, "clock" | "onDemandWait" | "plainHttp"> {
  /** Meters are called; false = their commands wait. */
  readonly calls?: boolean;
}

export interface NewMeter {
  readonly globalDeviceId: string;
  readonly msn: string;
  readonly [column: string]: unknown;
}

export interface MdcScene {
  readonly commands: CommandScene;
  readonly fixture: RegistryFixture;
  readonly db: Kysely<Database>;
  readonly rows: ProfileRows;
  /** The organization of the client "mdm_user". */
  readonly organization: string;
  /** Where the certificate is checked. */
  readonly anonymous: UdilClient;
  /** Address of plain HTTP. */
  readonly plainAddress: string;
  /** Opens the services anew over the same stores, as after a restart. @returns where they are */
  restarted(): Promise<UdilClient>;
  /** Opens them once more, beside those that are open, as another process has them. */
  another(options: Pick<FixtureOptions, "timeouts" | "trustedProxies">): Promise<AnotherMdc>;
  /** Registers a client of an organization and gives it a key. */
  client(settings?: Readonly<Record<string, unknown>>): Promise<UdilClient>;
  /** @returns the meter's uuid */
  meter(meter: NewMeter): Promise<string>;
  /** Keys of the columnar store. */
  numbersOf(globalDeviceId: string): Promise<{ organizationNumber: number; deviceNumber: number }>;
}

export interface AnotherMdc extends Pick<MdcScene, "fixture" | "anonymous" | "plainAddress"> {}

export const clientPassword = "WSnt!@SS^I2*";
export const credentials = { username: "mdm_user", password: clientPassword, code: "223" };

export async function openMdcScene(options: MdcSceneOptions = {}): Promise<MdcScene> {
  const store = await openTestRelationalStore();
  const columnar = await openTestColumnarStore();
  await columnar.migrate();
  const commands = await openCommandScene({ store, ...(options.carryOut && { carryOut: options.carryOut }) });
  const rows = createProfileRows({ relational: store, columnar, ...(options.clock && { clock: options.clock }) });
  cleanUpAfterTests(() => rows.close());
  const certificate = await loadCertificate(temporaryDirectory(), {});
  const open = async (differing: Pick<FixtureOptions, "timeouts" | "trustedProxies"> = {}): Promise<AnotherMdc> => {
    const fixture = await openRegistryFixture({
      ...{ store, ...differing },
      errorStyles: mdcErrorStyles,
      plugins: (registry) => [
        createMdc({ relational: store, registry, commands: commands.commands, profileRows: rows, ...options }).routes,
      ],
    });
    const port = await listen(fixture.app, { host: "127.0.0.1", port: 0, tls: certificate });
    const plain = await listen(fixture.app, { host: "127.0.0.1", port: 0 });
    const anonymous = new UdilClient(port, certificate.cert);
    cleanUpAfterTests(() => anonymous.close());
    return { fixture, anonymous, plainAddress: `http://127.0.0.1:${plain}` };
  };
  const { fixture, anonymous, plainAddress } = await open();
  const { organization } = commands;
  if (options.calls ?? true) await commands.headEnd.start();
  await commands.commands.start();
  let made = 0;
  return {
    ...{ commands, fixture, db: store.db, rows, organization, anonymous, plainAddress },
    another: open,
    async restarted() {
      await fixture.app.close();
      return (await open()).anonymous;
    },
    async client(settings = {}) {
      const named = { name: `MDM ${++made}`, code: String(222 + made) };
      const body = { organization, ...credentials, ...named, ...settings };
      await fixture.create("/v1/udil/mdm-clients", body);
      const { username, password, code } = body as typeof credentials;
      return await anonymous.authorized({ username, password, code });
    },
    meter: ({ globalDeviceId, msn, ...columns }) =>
      commands.meter({ global_device_id: globalDeviceId, msn, ...columns }),
    async numbersOf(globalDeviceId) {
      const { number, owner } = await store.db
        .selectFrom("meter_devices")
        .innerJoin("organizations", "organizations.id", "meter_devices.organization")
        .select(["meter_devices.number", "organizations.number as owner"])
        .where("global_device_id", "=", globalDeviceId)
        .executeTakeFirstOrThrow();
      return { organizationNumber: owner, deviceNumber: number };
    },
  };
}
