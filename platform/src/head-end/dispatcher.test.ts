import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, test } from "node:test";
import type { RelationalStore } from "../stores/relational/relational-store.ts";
import { openTestRelationalStore } from "../stores/testing/relational-stores.ts";
import { RunFailure } from "./causes.ts";
import { Dispatcher, type MeterContact } from "./dispatcher.ts";
import type { Driver } from "./drivers/driver.ts";
import { RunQueue } from "./queue/run-queue.ts";
import { CommandLevels } from "./runs/command-progress.ts";
import { RunLog } from "./runs/run-log.ts";
import { contactedDevices } from "./session/contacted-devices.ts";
import type { Line } from "./session/line.ts";
import { defaultSettings, type HeadEndSettings } from "./settings.ts";
import { FakeClock } from "./testing/fake-clock.ts";
import { RegistryRows } from "./testing/registry-rows.ts";
import { silentLog, silentMetrics } from "./testing/silence.ts";
import { addWaitingRun } from "./testing/waiting-runs.ts";

const due = "2026-05-01T10:00:00Z";
/** A healthy meter takes a second, a dead one the whole connect time-out. */
const healthyMilliseconds = 1_000;
const settings: Partial<HeadEndSettings> = {
  maxSessions: 40,
  networkMaxSessions: 20,
  networkConnectionsPerSecond: 10,
  retry: { maxAttempts: 8, firstDelayMilliseconds: 2_000, maxDelayMilliseconds: 10_000 },
};

describe("the dispatcher", () => {
  let store: RelationalStore;
  before(async () => {
    store = await openTestRelationalStore();
    await store.migrate();
  });

  /** A head-end over a network that exists only in time: hosts that begin with "dead" never answer. */
  function headEndAt(clock: FakeClock, contacted?: (contact: MeterContact) => Promise<void>) {
    const all = { ...defaultSettings, ...settings };
    const queue = new RunQueue(store.db, randomUUID(), all);
    const log = new RunLog(store.db, queue, all, () => 0.5);
    const finish = log.finish.bind(log);
    log.finish = (session) => followed(finish(session));
    let sessions = 0;
    const dispatcher = new Dispatcher({
      queue,
      log,
      progress: new CommandLevels(store.db, queue.owner),
      drivers: [talkative(clock)],
      openLine: async ({ target, signal }) => {
        sessions++;
        if (!target.host.startsWith("dead")) return silentLine;
        const cut = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
        await Promise.race([passing(clock, all.session.connectTimeoutMilliseconds), cut]);
        throw new RunFailure("connect_timeout");
      },
      contacted,
      devices: (ids) => followed(contactedDevices(store.db, ids, "UTC")),
      settings: all,
      clock,
      metrics: silentMetrics,
      logger: silentLog,
    });
    return { dispatcher, sessions: () => sessions };
  }

  /** Runs for so many seconds of fake time. @returns how many runs of the organizations succeeded in each second */
  async function run(seconds: number, organizations: readonly string[]) {
    const clock = new FakeClock(due);
    const { dispatcher } = headEndAt(clock);
    const succeeded: number[] = [];
    for (let tenth = 0; tenth < seconds * 10; tenth++) {
      await dispatcher.dispatch();
      clock.advance(100);
      await settled();
      if (tenth % 10 === 9) succeeded.push(await countSucceeded(organizations));
    }
    return succeeded;
  }
  /** What sessions wait for in the store, which answers in its own time. */
  const underWay = new Set<Promise<unknown>>();
  const followed = <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    underWay.add(answer);
    const forget = () => underWay.delete(answer);
    answer.then(forget, forget);
    return answer;
  };
  /** Lets sessions go on, and write their outcomes, until none of them waits for the store any more. */
  const settled = async () => {
    for (let quietTurns = 0; quietTurns < 2; quietTurns = underWay.size > 0 ? 0 : quietTurns + 1) {
      await Promise.allSettled(underWay);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const countSucceeded = async (organizations: readonly string[]) => {
    const { count } = await store.db
      .selectFrom("amr_runs")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .where("organization", "in", organizations)
      .where("state", "=", "succeeded")
      .executeTakeFirstOrThrow();
    return count;
  };
  const meters = async (organization: string, domain: string, count: number, name: string) => {
    const rows = new RegistryRows(store.db);
    for (let index = 0; index < count; index++) {
      const fqdn = `${name}-${index}.${domain}`;
      const device = await rows.device(organization, {
        network_interface: await rows.networkInterface(organization, { fqdn }),
      });
      await addWaitingRun(store.db, { device, dueAt: due });
    }
  };

  test("a network of dead meters leaves the healthy one beside it as fast as it is alone", async () => {
    const rows = new RegistryRows(store.db);
    const seconds = 12;
    const alone = await rows.organization();
    await meters(alone, "alone.example", 100, "meter");
    const withoutDead = await run(seconds, [alone]);
    const [healthy, sick] = [await rows.organization(), await rows.organization()];
    await meters(sick, "sick.example", 200, "dead");
    await meters(healthy, "healthy.example", 100, "meter");
    const withDead = await run(seconds, [healthy]);
    assert.equal(withoutDead.at(-1), 100, "the healthy network is done alone");
    assert.deepEqual(withDead, withoutDead);
  });

  test("dead meters of the same network hold a share of it at most, once they are known", async () => {
    const rows = new RegistryRows(store.db);
    const organization = await rows.organization();
    await meters(organization, "mixed.example", 60, "dead");
    await store.db.updateTable("amr_runs").set({ priority: 5 }).where("organization", "=", organization).execute();
    await meters(organization, "mixed.example", 60, "meter");
    const succeeded = await run(9, [organization]);
    assert.ok(succeeded[7]! >= 60, `60 healthy meters at 10 a second were done after 8 s: ${succeeded}`);
  });

  test("runs are recorded though the store of contacts does not answer, and what it says at last hurts nothing", async () => {
    const rows = new RegistryRows(store.db);
    const organization = await rows.organization();
    await meters(organization, "contacts.example", 1, "meter");
    const clock = new FakeClock(due);
    const { promise, reject } = Promise.withResolvers<void>();
    const { dispatcher } = headEndAt(clock, () => promise);
    for (let tenth = 0; tenth < 20; tenth++) {
      await dispatcher.dispatch();
      clock.advance(100);
      await settled();
    }
    assert.equal(await countSucceeded([organization]), 1);
    reject(new Error("the disk is full"));
    await settled();
    assert.equal(dispatcher.open, 0);
  });

  test("a session is cut when its lease was lost, and touches nothing of the new holder's", async () => {
    const rows = new RegistryRows(store.db);
    const organization = await rows.organization();
    const network_interface = await rows.networkInterface(organization, { fqdn: "dead.lost.example" });
    const device = await rows.device(organization, { network_interface });
    const id = await addWaitingRun(store.db, { device, dueAt: due });
    const { dispatcher } = headEndAt(new FakeClock(due));
    await dispatcher.dispatch();
    await dispatcher.renew();
    assert.equal(dispatcher.open, 1);
    const other = { lease_owner: randomUUID(), attempts: 2 };
    await store.db.updateTable("amr_runs").set(other).where("id", "=", id).execute();
    await dispatcher.renew();
    await settled();
    assert.equal(dispatcher.open, 0);
    const row = await store.db.selectFrom("amr_runs").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
    assert.deepEqual([row.state, row.lease_owner, row.attempts], ["running", other.lease_owner, 2]);
    await store.db
      .updateTable("amr_runs")
      .set({ state: "superseded", lease_owner: null, lease_expires_at: null })
      .where("id", "=", id)
      .execute();
  });

  test("runs that cannot be made fail at once with their cause and call nobody", async () => {
    const rows = new RegistryRows(store.db);
    const organization = await rows.organization();
    const fqdn = "meter.refused.example";
    const wired = await rows.device(organization, {
      network_interface: await rows.networkInterface(organization, { fqdn }),
    });
    const noPort = await rows.device(organization, {
      network_interface: await rows.networkInterface(organization, { fqdn, port: null as never }),
    });
    const wrongPorts = [];
    for (const port of [0, 70_000]) {
      const network_interface = await rows.networkInterface(organization, { fqdn, port });
      const device = await rows.device(organization, { network_interface });
      wrongPorts.push(["no_address", await addWaitingRun(store.db, { device, dueAt: due })] as const);
    }
    const bare = await rows.device(organization, { network_interface: null });
    const runs = {
      no_driver: await addWaitingRun(store.db, {
        device: wired,
        dueAt: due,
        executionType: "generic_lis200",
        call: "set_time",
      }),
      invalid_call: await addWaitingRun(store.db, {
        device: wired,
        dueAt: due,
        call: "read_profile",
        kwargs: { obis: 5 },
      }),
      no_address: await addWaitingRun(store.db, { device: noPort, dueAt: due }),
      no_network_interface: await addWaitingRun(store.db, { device: bare, dueAt: due }),
    };
    const clock = new FakeClock(due);
    const { dispatcher, sessions } = headEndAt(clock);
    await dispatcher.dispatch();
    await settled();
    assert.equal(sessions(), 0);
    for (const [cause, id] of [...Object.entries(runs), ...wrongPorts]) {
      const row = await store.db
        .selectFrom("amr_runs")
        .select(["state", "cause"])
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      assert.deepEqual(row, { state: "failed", cause });
    }
  });

  test("a stop lets a session end, cuts what takes longer, and puts its run back without blame", async () => {
    const rows = new RegistryRows(store.db);
    const organization = await rows.organization();
    await meters(organization, "slow.example", 1, "dead");
    await meters(organization, "quick.example", 1, "meter");
    const clock = new FakeClock(due);
    const { dispatcher } = headEndAt(clock);
    await dispatcher.dispatch();
    let stopped = false;
    const stopping = dispatcher.stop().then(() => {
      stopped = true;
    });
    for (let step = 0; !stopped && step < 50; step++) {
      clock.advance(100);
      await settled();
    }
    assert.ok(stopped, "stopped within five seconds");
    await stopping;
    const states = await store.db
      .selectFrom("amr_runs")
      .select(["state", "attempts"])
      .where("organization", "=", organization)
      .orderBy("state")
      .execute();
    assert.deepEqual(states, [
      { state: "succeeded", attempts: 1 },
      { state: "waiting", attempts: 0 },
    ]);
    const held = store.db.selectFrom("network_interfaces").select("id").where("organization", "=", organization);
    assert.deepEqual(await held.where("blocked_by", "is not", null).execute(), []);
  });
});

function talkative(clock: FakeClock): Driver {
  return {
    name: "fake",
    executionTypes: ["generic_dlms"],
    contact: async (contact) => {
      await contact.connect();
      await passing(clock, healthyMilliseconds);
      for (const call of contact.calls) call.succeed({ rowsRead: 1 });
    },
  };
}

function passing(clock: FakeClock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => clock.after(milliseconds, resolve));
}

const silentLine: Line = { send: () => {}, receive: async () => "silence", close: () => {}, closed: false };
