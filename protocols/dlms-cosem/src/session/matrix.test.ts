import assert from "node:assert/strict";
import { test } from "node:test";
import type { MechanismName } from "../acse/association.ts";
import type { HdlcParameters } from "../framing/hdlc/parameters.ts";
import type { LinkSettings } from "../framing/link.ts";
import type { SecurityPolicy } from "../security/policy.ts";
import type { ClientEvent } from "./events.ts";
import type { ClientSecurity } from "./settings.ts";
import {
  clock,
  clockData,
  echo,
  energy,
  energyData,
  energyUnit,
  energyUnitData,
  notebook,
  profile,
  profileRows,
  quiet,
  unknownObject,
} from "./testing/example-meter.ts";
import { carry } from "./testing/memory-line.ts";
import { bothProtections, hdlcLink, type Pairing, pair, wrapperLink } from "./testing/pairing.ts";

const framings: readonly [name: string, link: LinkSettings][] = [
  ["wrapper", wrapperLink],
  ["hdlc of 128 bytes", hdlcLink(1)],
  ["hdlc of 32 bytes and windows of 3", hdlcLink(1, smallFrames())],
  ["hdlc with addresses of 2 bytes", hdlcLink(2)],
  ["hdlc with addresses of 4 bytes", hdlcLink(4)],
];
const pduSizes: readonly [client: number, server: number][] = [
  [64, 64],
  [200, 64],
  [65535, 0],
];
const withoutKeys: readonly MechanismName[] = ["none", "lls", "hls", "md5", "sha1"];
const withKeys: readonly MechanismName[] = ["none", "lls", "hls", "md5", "sha1", "gmac", "sha256", "ecdsa"];
const policies: readonly SecurityPolicy[] = [
  { authenticated: false, encrypted: false },
  { authenticated: true, encrypted: false },
  { authenticated: false, encrypted: true },
  bothProtections,
];
const keyForms: readonly Pick<ClientSecurity, "form" | "dedicatedKey">[] = [
  { form: "service-specific", dedicatedKey: "none" },
  { form: "service-specific", dedicatedKey: "own-counter" },
  { form: "service-specific", dedicatedKey: "shared-counter" },
  { form: "general", dedicatedKey: "none" },
  { form: "general", dedicatedKey: "own-counter" },
];

for (const [framing, link] of framings) {
  test(`a whole session over ${framing}, by every mechanism and protection`, () => {
    for (const mechanism of withoutKeys) {
      for (const pduSize of pduSizes) converse({ link, mechanism }, pduSize);
    }
    let turn = 0;
    for (const { mechanism, suite, policy } of protections()) {
      // Every form of keys over the wrapper, one after another over the rest.
      const forms = link === wrapperLink ? keyForms : [keyForms[turn % keyForms.length]!];
      for (const form of forms)
        converse({ link, mechanism, suite, policy, ...form }, pduSizes[turn++ % pduSizes.length]!);
    }
  });
}

function* protections() {
  for (const mechanism of withKeys) {
    for (const suite of [0, 1, 2] as const) {
      if (mechanism === "ecdsa" && suite === 0) continue;
      for (const policy of policies) yield { mechanism, suite, policy };
    }
  }
}

/** Everything a client can ask, with answers and requests longer than the small PDUs. */
function converse(pairing: Pairing, [clientPduSize, serverPduSize]: readonly [number, number]): void {
  const { client, server } = pair({ ...pairing, clientPduSize, serverPduSize });
  const long = { type: "octet-string", value: new Uint8Array(500).fill(0x55) } as const;
  client.connect();
  const reading = client.get([clock, energy, energyUnit, unknownObject, profile]);
  const writing = client.set([{ attribute: notebook, data: long }]);
  const readingBack = client.get([notebook]);
  const acting = client.action([{ method: echo, parameter: long }, { method: quiet }]);
  client.release();
  const events = carry(client, server);
  const what = JSON.stringify({ ...pairing, link: undefined, clientPduSize });
  assert.deepEqual(
    events.map(({ type }) => type),
    ["associated", "response", "response", "response", "response", "released"],
    `${what} ${failureIn(events)}`,
  );
  assert.deepEqual(resultsOf(events, reading), [
    { data: clockData },
    { data: energyData },
    { data: energyUnitData },
    { error: 4 },
    { data: profileRows(20) },
  ]);
  assert.deepEqual(resultsOf(events, writing), [0]);
  assert.deepEqual(resultsOf(events, readingBack), [{ data: long }]);
  assert.deepEqual(resultsOf(events, acting), [{ result: 0, returned: { data: long } }, { result: 0 }]);
  assert.ok(client.finished);
}

function resultsOf(events: readonly ClientEvent[], id: number): unknown {
  const event = events.find((each) => each.type === "response" && each.id === id);
  return event?.type === "response" ? event.results : undefined;
}

function failureIn(events: readonly ClientEvent[]): string {
  return events.map((event) => ("error" in event ? event.error.message : "")).join(" ");
}

function smallFrames(): HdlcParameters {
  return { maximumInformationSend: 32, maximumInformationReceive: 32, windowSend: 3, windowReceive: 3 };
}
