/** A client and a server that fit each other, made from a few words: what a test wants to vary, it names. */
import assert from "node:assert/strict";
import { Random } from "@anymeter/sans-io/testing";
import type { MechanismName } from "../../acse/association.ts";
import type { HdlcParameters } from "../../framing/hdlc/parameters.ts";
import type { LinkSettings } from "../../framing/link.ts";
import { countFrom } from "../../security/invocation-counter.ts";
import type { SecurityPolicy } from "../../security/policy.ts";
import { publicKeyOf } from "../../security/signature.ts";
import type { ConformanceBit } from "../../xdlms/conformance.ts";
import { ClientSession } from "../client-session.ts";
import type { ServerAssociation, ServerHabits } from "../device.ts";
import { ServerSession } from "../server-session.ts";
import {
  type ClientAuthentication,
  type ClientSecurity,
  type ClientSettings,
  defaultConformance,
} from "../settings.ts";
import { clientSystemTitle, ExampleMeter, serverSecurity, testKeys } from "./example-meter.ts";
import { carry } from "./memory-line.ts";
import { outcomes, serverEvents } from "./outcomes.ts";

export interface Pairing {
  readonly link?: LinkSettings;
  readonly mechanism?: MechanismName;
  readonly suite?: 0 | 1 | 2;
  /** Default: neither, which is plain APDUs. */
  readonly policy?: SecurityPolicy;
  readonly form?: ClientSecurity["form"];
  readonly dedicatedKey?: ClientSecurity["dedicatedKey"];
  readonly clientPduSize?: number;
  readonly serverPduSize?: number;
  /** Conformance bits that are left out of what the server offers. */
  readonly without?: readonly ConformanceBit[];
  readonly habits?: ServerHabits;
  /** Changes to what the client is told, last of all. */
  readonly client?: Partial<ClientSettings>;
  readonly association?: Partial<ServerAssociation>;
}

export interface Pair {
  readonly client: ClientSession;
  readonly server: ServerSession;
  readonly meter: ExampleMeter;
  readonly association: ServerAssociation;
}

export const bothProtections: SecurityPolicy = { authenticated: true, encrypted: true };
export const password = new TextEncoder().encode("12345678");

export function pair(pairing: Pairing = {}): Pair {
  const { link = wrapperLink, habits = {} } = pairing;
  const association = associationOf(pairing);
  const meter = new ExampleMeter(link, [association], habits);
  return { client: clientOf(pairing), server: new ServerSession(meter), meter, association };
}

/** A pair whose association stands; what led there has been taken from both. */
export function associatedPair(pairing: Pairing = {}): Pair {
  const both = pair(pairing);
  both.client.connect();
  assert.deepEqual(outcomes(carry(both.client, both.server)), ["associated"]);
  serverEvents(both.server);
  return both;
}

export function clientOf(pairing: Pairing = {}): ClientSession {
  const { link = wrapperLink, mechanism = "none", clientPduSize = 0xffff } = pairing;
  const security = clientSecurityOf(pairing);
  const source = new Random(7);
  return new ClientSession({
    link,
    authentication: authenticationOf(mechanism, pairing.suite ?? 0),
    ...(security && { security }),
    maxReceivePduSize: clientPduSize,
    random: (length) => source.bytes(length),
    ...pairing.client,
  });
}

export const wrapperLink: LinkSettings = { framing: "wrapper", client: 16, server: 1 };

export function hdlcLink(addressLength: 1 | 2 | 4, parameters?: Partial<HdlcParameters>): LinkSettings {
  const server =
    addressLength === 1 ? { logicalDevice: 1 } : { logicalDevice: 1, physicalDevice: 17, length: addressLength };
  return { framing: "hdlc", client: 16, server, ...(parameters && { parameters }) };
}

function associationOf(pairing: Pairing): ServerAssociation {
  const { mechanism = "none", suite = 0, policy = neither, serverPduSize = 0, without = [] } = pairing;
  return {
    name: "test",
    clientSap: 16,
    mechanism,
    secret: password,
    ...(suite > 0 && { signingKey: serverSigningKey(suite), peerVerifyingKey: publicKeyOf(clientSigningKey(suite)) }),
    ...(needsSecurity(pairing) && { security: serverSecurity(suite, policy) }),
    conformance: new Set([...defaultConformance].filter((bit) => !without.includes(bit))),
    maxReceivePduSize: serverPduSize,
    ...pairing.association,
  };
}

function clientSecurityOf(pairing: Pairing): ClientSecurity | undefined {
  if (!needsSecurity(pairing)) return undefined;
  const { suite = 0, policy = neither, form = "service-specific", dedicatedKey = "none" } = pairing;
  return {
    suite,
    systemTitle: clientSystemTitle,
    keys: testKeys(suite),
    counter: countFrom(100),
    policy,
    form,
    dedicatedKey,
  };
}

function authenticationOf(mechanism: MechanismName, suite: 0 | 1 | 2): ClientAuthentication {
  switch (mechanism) {
    case "none":
    case "gmac":
      return { mechanism };
    case "lls":
      return { mechanism, password };
    case "ecdsa":
      return {
        mechanism,
        signingKey: clientSigningKey(suite),
        peerVerifyingKey: publicKeyOf(serverSigningKey(suite)),
      };
    default:
      return { mechanism, secret: password };
  }
}

function needsSecurity({ mechanism = "none", policy = neither }: Pairing): boolean {
  return policy.authenticated || policy.encrypted || ["gmac", "sha256", "ecdsa"].includes(mechanism);
}

function clientSigningKey(suite: 0 | 1 | 2): Uint8Array {
  return new Uint8Array(suite === 2 ? 48 : 32).fill(0x11);
}

function serverSigningKey(suite: 0 | 1 | 2): Uint8Array {
  return new Uint8Array(suite === 2 ? 48 : 32).fill(0x22);
}

const neither: SecurityPolicy = { authenticated: false, encrypted: false };
