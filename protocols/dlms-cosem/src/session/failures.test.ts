import assert from "node:assert/strict";
import { test } from "node:test";
import { DlmsError } from "../errors.ts";
import { wrapperFrame } from "../framing/wrapper.ts";
import { SecurityContext } from "../security/context.ts";
import { countFrom, largestInvocationCounter } from "../security/invocation-counter.ts";
import { protect } from "../security/protection.ts";
import { encodeApdu } from "../xdlms/codec.ts";
import type { ClientEvent } from "./events.ts";
import type { ServerSession } from "./server-session.ts";
import { sessionLimits } from "./settings.ts";
import { clientSystemTitle, clock, energy, meterSystemTitle, testKeys } from "./testing/example-meter.ts";
import { carry, carryWithTimer, eventsOf } from "./testing/memory-line.ts";
import { errorOf, outcomes, serverEvents } from "./testing/outcomes.ts";
import {
  associatedPair,
  bothProtections,
  clientOf,
  hdlcLink,
  type Pairing,
  pair,
  password,
} from "./testing/pairing.ts";

const ciphered: Pairing = { mechanism: "gmac", policy: bothProtections };
const wrongPassword = new TextEncoder().encode("87654321");

test("a wrong password is told as such, and queued requests get the reason", () => {
  const { client, server } = pair({
    mechanism: "lls",
    client: { authentication: { mechanism: "lls", password: wrongPassword } },
  });
  client.connect();
  client.get([clock]);
  const events = carry(client, server);
  assert.deepEqual(outcomes(events), ["request-failed authentication_failed", "failed authentication_failed"]);
  assert.match(messageOf(events), /authentication-failure.*Check the password/);
});

test("a wrong HLS secret fails in the third pass on either side", () => {
  for (const mechanism of ["hls", "md5", "sha1", "sha256"] as const) {
    const { client, server } = pair({
      mechanism,
      client: { authentication: { mechanism, secret: wrongPassword } },
    });
    client.connect();
    assert.deepEqual(outcomes(carry(client, server)), ["failed authentication_failed"], mechanism);
    assert.equal(server.association, undefined);
  }
});

test("a meter that does not hold the keys is not taken for the meter", () => {
  // The server answers the client's proof with its own, made of another secret.
  const { client, server } = pair({ mechanism: "md5", association: { secret: password } });
  client.connect();
  let answers = 0;
  const events = carry(client, server, {
    toClient: (bytes) => {
      answers++;
      if (answers === 2) bytes[bytes.length - 1]! ^= 1;
      return bytes;
    },
  });
  assert.deepEqual(outcomes(events), ["failed meter_not_authenticated"]);
});

test("a wrong key is answered by a rejection that says so", () => {
  const keys = { ...testKeys(0), unicastEncryption: new Uint8Array(16).fill(1) };
  const security = {
    suite: 0,
    systemTitle: clientSystemTitle,
    keys,
    counter: countFrom(1),
    policy: bothProtections,
  } as const;
  const { client, server } = pair({ ...ciphered, client: { security } });
  client.connect();
  assert.deepEqual(outcomes(carry(client, server)), ["failed authentication_failed"]);
});

test("another client's system title is refused with diagnostic 3", () => {
  const { client, server, association } = pair(ciphered);
  Object.assign(association.security!, { clientSystemTitle: new Uint8Array(8).fill(7) });
  client.connect();
  const events = carry(client, server);
  assert.deepEqual(outcomes(events), ["failed association_rejected"]);
  assert.match(messageOf(events), /calling-ap-title-not-recognized/);
});

test("a meter under another system title than the known one is refused", () => {
  const peerSystemTitle = new Uint8Array(8).fill(9);
  const security = {
    suite: 0,
    systemTitle: clientSystemTitle,
    peerSystemTitle,
    keys: testKeys(0),
    counter: countFrom(1),
    policy: bothProtections,
  } as const;
  const { client, server } = pair({ ...ciphered, client: { security } });
  client.connect();
  assert.deepEqual(outcomes(carry(client, server)), ["failed system_title_unexpected"]);
});

test("a counter the meter has seen is answered with the one it expects", () => {
  const { client, server, association } = pair(ciphered);
  association.security!.lastClientCounter = 5000;
  client.connect();
  const events = carry(client, server);
  assert.deepEqual(outcomes(events), ["failed invocation_counter_rejected"]);
  assert.equal(errorOf(events)?.details.expected, 5001);
});

test("a meter whose client has used up its counters refuses without one to expect", () => {
  const { client, server, association } = pair(ciphered);
  association.security!.lastClientCounter = largestInvocationCounter;
  client.connect();
  const events = carry(client, server);
  assert.deepEqual(outcomes(events), ["failed invocation_counter_rejected"]);
});

test("a meter that keeps silent about a wrong counter is a timeout", () => {
  const { client, server, association } = pair({ ...ciphered, habits: { wrongCounter: "silence" } });
  association.security!.lastClientCounter = 5000;
  client.connect();
  const events = carryWithTimer(client, server);
  assert.deepEqual(outcomes(events), ["failed response_timeout"]);
  assert.match(messageOf(events), /association request/);
});

test("a meter that hangs up on a wrong counter ends the session", () => {
  const { client, server, association } = pair({ ...ciphered, habits: { wrongCounter: "close" } });
  association.security!.lastClientCounter = 5000;
  client.connect();
  carry(client, server);
  assert.ok(server.finished);
  client.connectionLost();
  assert.deepEqual(outcomes(eventsOf(client)), ["failed connection_lost"]);
});

test("a request sent to the server a second time is not served a second time", () => {
  const { client, server, meter } = associatedPair(ciphered);
  client.get([clock]);
  const request = client.takeOutput()!;
  server.receive(request.slice());
  server.receive(request.slice());
  assert.equal(meter.asked.length, 1);
  assert.deepEqual(serverErrors(server), ["invocation_counter_replayed"]);
});

test("a response sent to the client a second time ends the session", () => {
  const { client, server } = associatedPair(ciphered);
  client.get([clock]);
  client.get([energy]);
  server.receive(client.takeOutput()!);
  const response = server.takeOutput()!;
  client.receive(response.slice());
  client.receive(response.slice());
  assert.deepEqual(outcomes(eventsOf(client)), [
    "response",
    "request-failed invocation_counter_replayed",
    "failed invocation_counter_replayed",
  ]);
});

test("an answer in the clear is not taken where ciphering was agreed", () => {
  const { client } = associatedPair(ciphered);
  client.get([clock]);
  client.takeOutput();
  const result = { data: { type: "unsigned", value: 1 } } as const;
  client.receive(fromMeter(encodeApdu({ type: "get-response-normal", invocation: invocation(1), result })));
  assert.deepEqual(outcomes(eventsOf(client)), [
    "request-failed security_policy_not_met",
    "failed security_policy_not_met",
  ]);
});

test("a request in the clear is not served where ciphering was agreed", () => {
  const { server, meter } = associatedPair(ciphered);
  server.receive(toMeter(encodeApdu({ type: "get-request-normal", invocation: invocation(1), attribute: clock })));
  assert.deepEqual(serverErrors(server), ["security_policy_not_met"]);
  assert.equal(meter.asked.length, 0);
});

test("a changed byte in a ciphered answer ends the session", () => {
  const { client, server } = associatedPair(ciphered);
  client.get([clock]);
  const events = carry(client, server, { toClient: (bytes) => flip(bytes, bytes.length - 3) });
  assert.deepEqual(outcomes(events), [
    "request-failed authentication_tag_mismatch",
    "failed authentication_tag_mismatch",
  ]);
});

test("a truncated answer costs the request, not the session", () => {
  const { client, server } = associatedPair();
  client.get([clock]);
  server.receive(client.takeOutput()!);
  const whole = server.takeOutput()!.subarray(8);
  client.receive(fromMeter(whole.subarray(0, whole.length - 5)));
  client.get([energy]);
  const events = carry(client, server);
  assert.deepEqual(outcomes(events), ["request-failed apdu_truncated", "response"]);
});

test("an APDU of no known tag costs the request, not the session", () => {
  const { client, server } = associatedPair();
  client.get([clock]);
  client.takeOutput();
  client.receive(fromMeter(Uint8Array.from([0x99, 1, 2, 3])));
  client.get([energy]);
  assert.deepEqual(outcomes(carry(client, server)), ["request-failed apdu_tag_unknown", "response"]);
});

test("garbage inside a well protected answer costs the request, not the session", () => {
  const { client, server } = associatedPair(ciphered);
  client.get([clock]);
  client.takeOutput();
  const context = new SecurityContext({
    suite: 0,
    systemTitle: meterSystemTitle,
    keys: testKeys(0),
    counter: countFrom(50),
  });
  const garbage = Uint8Array.from([0xc4, 1, 0xc1, 0, 0x7e]);
  client.receive(fromMeter(protect(garbage, { context, policy: bothProtections, form: "global" })));
  assert.deepEqual(outcomes(eventsOf(client)), ["request-failed data_tag_unknown"]);
  assert.ok(server.association);
  assert.equal(client.finished, false);
});

test("a late answer is dropped and told", () => {
  const { client } = associatedPair();
  client.get([clock]);
  client.takeOutput();
  const late = { type: "get-response-normal", invocation: invocation(9), result: { error: 2 } } as const;
  client.receive(fromMeter(encodeApdu(late)));
  client.receive(fromMeter(encodeApdu({ ...late, invocation: invocation(1) })));
  assert.deepEqual(outcomes(eventsOf(client)), ["discarded response_late", "response"]);
});

test("a push that cannot be opened or read does not disturb a request", () => {
  const { client, server } = associatedPair(ciphered);
  client.get([clock]);
  const foreign = new SecurityContext({
    suite: 0,
    systemTitle: new Uint8Array(8).fill(3),
    keys: { unicastEncryption: new Uint8Array(16), authentication: new Uint8Array(16) },
    counter: countFrom(1),
  });
  const push = Uint8Array.from([0x0f, 0, 0, 0, 1, 0, 0x11, 5]);
  client.receive(fromMeter(protect(push, { context: foreign, policy: bothProtections, form: "general-global" })));
  client.receive(fromMeter(push.subarray(0, 6)));
  assert.deepEqual(outcomes(carry(client, server)), [
    "discarded system_title_unexpected",
    "discarded apdu_truncated",
    "response",
  ]);
});

test("a refused counter amid an association ends it with the expected one", () => {
  const { client } = associatedPair(ciphered);
  client.get([clock]);
  client.takeOutput();
  client.receive(fromMeter(Uint8Array.from([0xd8, 1, 6, 0, 0, 1, 0])));
  const events = eventsOf(client);
  assert.deepEqual(outcomes(events), [
    "request-failed invocation_counter_rejected",
    "failed invocation_counter_rejected",
  ]);
  assert.equal(errorOf(events)?.details.expected, 256);
});

test("giving up during the release has one end", () => {
  const { client } = associatedPair();
  client.release();
  client.abort(new DlmsError("connection_lost", { state: "test" }));
  client.connectionLost();
  assert.deepEqual(outcomes(eventsOf(client)), ["failed connection_lost"]);
  assert.throws(() => client.connect(), { code: "session_over" });
});

test("an exception-response fails the request with its meaning", () => {
  const { client } = associatedPair();
  client.get([clock]);
  client.takeOutput();
  client.receive(fromMeter(Uint8Array.from([0xd8, 1, 4])));
  const events = eventsOf(client);
  assert.deepEqual(outcomes(events), ["request-failed service_refused"]);
  assert.match(messageOf(events), /service-not-allowed, pdu-too-long/);
});

test("an exception-response right after the AARQ points at a former association", () => {
  const { client } = pair();
  client.connect();
  client.receive(fromMeter(Uint8Array.from([0xd8, 1, 1])));
  assert.deepEqual(outcomes(eventsOf(client)), ["failed association_not_allowed"]);
});

test("a rejection without user-information is a rejection", () => {
  const { client } = pair();
  client.connect();
  const landisGyr = "6117A109060760857405080101A203020101A305A10302010D";
  client.receive(fromMeter(Uint8Array.from(Buffer.from(landisGyr, "hex"))));
  assert.deepEqual(outcomes(eventsOf(client)), ["failed authentication_failed"]);
});

test("who asked for HLS and is let in without has met no meter", () => {
  const { client } = pair({ mechanism: "md5" });
  client.connect();
  const accepted = "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000501F01F40007";
  client.receive(fromMeter(Uint8Array.from(Buffer.from(accepted, "hex"))));
  assert.deepEqual(outcomes(eventsOf(client)), ["failed meter_not_authenticated"]);
});

test("a lost connection fails what is open, and what is asked afterwards", () => {
  const { client } = associatedPair();
  client.get([clock]);
  client.get([energy]);
  client.connectionLost();
  client.get([clock]);
  assert.deepEqual(outcomes(eventsOf(client)), [
    "request-failed connection_lost",
    "request-failed connection_lost",
    "failed connection_lost",
    "request-failed session_over",
  ]);
  assert.equal(client.waiting, false);
});

test("no answer at all is a timeout over either framing", () => {
  for (const link of [undefined, hdlcLink(1)]) {
    const client = clientOf(link === undefined ? {} : { link });
    client.connect();
    client.get([clock]);
    for (let silence = 0; client.waiting && silence < 20; silence++) {
      client.takeOutput();
      client.timedOut();
    }
    assert.deepEqual(outcomes(eventsOf(client)), ["request-failed response_timeout", "failed response_timeout"]);
  }
});

test("a release that nobody answers is a release", () => {
  for (const link of [undefined, hdlcLink(1)]) {
    const { client, server } = associatedPair({ habits: { release: "silence" }, ...(link && { link }) });
    client.release();
    assert.deepEqual(outcomes(carryWithTimer(client, server)), ["released"]);
  }
});

test("a release may leave the RLRQ out or carry the InitiateRequest", () => {
  for (const release of ["none", "plain", "with-user-information"] as const) {
    for (const pairing of [{}, ciphered, { ...ciphered, link: hdlcLink(2) }]) {
      const { client, server } = associatedPair({ ...pairing, client: { release } });
      client.release();
      assert.deepEqual(outcomes(carryWithTimer(client, server)), ["released"]);
    }
  }
});

test("a connection that ends during the release is a release", () => {
  const { client } = associatedPair();
  client.release();
  client.connectionLost();
  assert.deepEqual(outcomes(eventsOf(client)), ["released"]);
});

test("an exhausted counter fails the request by name", () => {
  const security = {
    suite: 0,
    systemTitle: clientSystemTitle,
    keys: testKeys(0),
    counter: countFrom(1, 3),
    policy: bothProtections,
  } as const;
  const { client, server } = associatedPair({ ...ciphered, client: { security } });
  client.get([clock]);
  assert.deepEqual(outcomes(carry(client, server)), ["request-failed invocation_counter_exhausted"]);
});

test("what the meter did not agree to is not sent", () => {
  const { client, server, meter } = associatedPair({ without: ["set", "selective-access"] });
  client.set([{ attribute: energy, data: { type: "unsigned", value: 1 } }]);
  client.get([{ ...clock, selection: { selector: 1, parameter: { type: "null-data", value: null } } }]);
  const events = carry(client, server);
  assert.deepEqual(outcomes(events), ["request-failed conformance_missing", "request-failed conformance_missing"]);
  assert.equal(meter.asked.length, 0);
});

test("more requests than may wait are refused at once", () => {
  const { client } = associatedPair();
  for (let count = 0; count <= sessionLimits.maxQueuedRequests; count++) client.get([clock]);
  assert.deepEqual(outcomes(eventsOf(client)), ["request-failed request_queue_full"]);
});

test("abort tells the meter and fails what is open", () => {
  const { client, server } = associatedPair();
  client.get([clock]);
  client.takeOutput();
  client.connectionLost();
  const second = associatedPair();
  second.client.get([clock]);
  second.client.takeOutput();
  const reason = errorOf(eventsOf(client))!;
  second.client.abort(reason);
  const events = carry(second.client, second.server);
  assert.deepEqual(outcomes(events), ["request-failed connection_lost", "failed connection_lost"]);
  assert.equal(second.server.association, undefined);
  assert.ok(server.association);
});

function messageOf(events: readonly ClientEvent[]): string {
  return errorOf(events)?.message ?? "";
}

function serverErrors(server: ServerSession): string[] {
  return serverEvents(server).flatMap((event) => ("error" in event && event.error ? [event.error.code] : []));
}

function fromMeter(apdu: Uint8Array): Uint8Array {
  return wrapperFrame(1, 16, apdu);
}

function toMeter(apdu: Uint8Array): Uint8Array {
  return wrapperFrame(16, 1, apdu);
}

function invocation(invokeId: number) {
  return { invokeId, confirmed: true, highPriority: true };
}

function flip(bytes: Uint8Array, index: number): Uint8Array {
  const changed = bytes.slice();
  changed[index]! ^= 1;
  return changed;
}
