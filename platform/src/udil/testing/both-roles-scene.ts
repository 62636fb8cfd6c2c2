/**
 * Two platforms in one process, each with stores of its own: one plays MDC for meters that exist only here, the other is
 * the MDM over it. All that passes between them is UDIL over real HTTPS.
 */
import { randomUUID } from "node:crypto";
import type { UdilVersion } from "@anymeter/udil";
import { loadCertificate } from "../../certificate.ts";
import type { CommandDeviceRow } from "../../commands/command-rows.ts";
import { over } from "../../commands/testing/command-scene.ts";
import type { CarryOut } from "../../commands/testing/fake-pipeline.ts";
import { listen } from "../../http/listen.ts";
import { createProfileRows } from "../../readings/profile-rows/profile-rows.ts";
import { cleanUpAfterTests } from "../../stores/testing/clean-up.ts";
import { columnarForms } from "../../stores/testing/columnar-stores.ts";
import { temporaryDirectory } from "../../stores/testing/temporary-directory.ts";
import { credentials, openMdcScene } from "../mdc/testing/mdc-scene.ts";
import { openCarrierScene } from "../mdm/commands/testing/carrier-scene.ts";

export type BothRoles = Awaited<ReturnType<typeof openBothRoles>>;

/** The MDM's side of an exchange: an organization that knows the meters through one client of the MDC. */
export interface Peer {
  readonly organization: string;
  /** The MDC's id at the MDM. */
  readonly mdc: string;
  readonly version: UdilVersion;
  /** Of the client, which no other has. */
  readonly code: string;
}

export interface PeerSettings {
  readonly version?: UdilVersion;
  readonly format?: "json" | "xml";
  /** Of the client, at the MDC. */
  readonly client?: object;
  /** Of the MDC, at the MDM; by itself it is not polled. */
  readonly mdc?: object;
  /** Meters that the MDM knows. */
  readonly ids: readonly string[];
}

/** @param carryOut how the meters obey; `onDemandWait` of the MDC in milliseconds */
export async function openBothRoles({ carryOut, onDemandWait }: { carryOut: CarryOut; onDemandWait: number }) {
  const overHttp = columnarForms().find(({ name }) => /HTTP/.test(name))!;
  const carrier = await openCarrierScene(await overHttp.open());
  const { scene: mdm } = carrier;
  const mdc = await openMdcScene({ carryOut, onDemandWait, clock: () => mdm.clock.now() });
  const certificate = await loadCertificate(temporaryDirectory(), {});
  const port = await listen(mdc.fixture.app, { host: "127.0.0.1", port: 0, tls: certificate });
  const stored = createProfileRows({ relational: mdm.store, columnar: mdm.columnar });
  cleanUpAfterTests(() => stored.close());
  let made = 0;

  return {
    ...{ mdc, mdm, carrier },
    /** Rows and visuals of the MDM. */
    stored,
    async peer({
      version = "v1",
      format = "json",
      client = {},
      mdc: settings = { switches: { tables: [] } },
      ids,
    }: PeerSettings): Promise<Peer> {
      const { username, password } = credentials;
      const account = { username, password, code: `both-${++made}` };
      const shown = { name: `MDM ${randomUUID()}`, version, format, timezone: "Asia/Karachi" };
      await mdc.fixture.create("/v1/udil/mdm-clients", {
        ...{ organization: mdc.organization, ...account, ...shown },
        ...client,
      });
      const organization = await mdm.organization(`Utility ${randomUUID()}`);
      const { id } = await mdm.create("/v1/udil/mdcs", {
        ...{ organization, base_url: `https://127.0.0.1:${port}/udil`, ...account, ...shown },
        ...{ pinned_certificate: certificate.cert, history_days: 1, fills_holes: false, poll_interval_seconds: 86_400 },
        ...settings,
      });
      await mdm.send("POST", `/v1/udil/mdcs/${id}/meters`, {
        meters: ids.map((global_device_id) => ({ global_device_id })),
      });
      return { organization, mdc: id, version, code: account.code };
    },
    /** Has the MDM poll once, from now on. */
    async poll({ mdc: id }: Peer): Promise<void> {
      mdm.clock.advance(1_000);
      const asked = mdm.clock.now();
      await mdm.send("POST", `/v1/udil/mdcs/${id}/poll`);
      await carrier.untilTrue(async () => {
        const { body } = await mdm.send("GET", `/v1/udil/mdcs/${id}/state`);
        const [started, ended] = [body.started_at, body.succeeded_at].map((at) => (at === null ? 0 : Date.parse(at)));
        return body.next_poll_at !== null && started! >= asked && ended! >= started!;
      });
    },
    /** Gives a command at the MDM. @returns its id */
    give: ({ organization }: Peer, command: string, parameters: object, ids: readonly string[], more = {}) =>
      carrier.give(organization, command, parameters, ids, more),
    /** The rows of the MDM's command, and those that the MDC has of it, as soon as the former are as wanted. */
    async until(command: string, wanted: (rows: CommandDeviceRow[]) => boolean, step?: number) {
      return await carrier.until(command, wanted, step);
    },
    /** The MDC's own rows of a command of the MDM's, in the order of its meters. */
    async atMdc(rows: readonly CommandDeviceRow[]): Promise<readonly CommandDeviceRow[]> {
      const references = await mdm.store.db
        .selectFrom("command_devices")
        .select("peer_reference")
        .where(
          "id",
          "in",
          rows.map(({ id }) => id),
        )
        .execute();
      const keys = references.flatMap(({ peer_reference }) => peer_reference ?? []);
      const commands = await mdc.db.selectFrom("commands").select("id").where("idempotency_key", "in", keys).execute();
      const found = await Promise.all(commands.map(({ id }) => mdc.commands.rowsOf(id)));
      return found.flat();
    },
    ended: (rows: readonly CommandDeviceRow[]) => rows.every(over),
  };
}
