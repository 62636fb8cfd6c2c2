import assert from "node:assert/strict";
import { test } from "node:test";
import { joinBytes } from "@anymeter/sans-io";
import type { AssociationRequest } from "../acse/association.ts";
import { describeDiagnostic } from "../acse/diagnostics.ts";
import { llcHeaders } from "../framing/hdlc/assembly.ts";
import { informationControl, supervisoryControl } from "../framing/hdlc/control.ts";
import { encodeHdlcFrame } from "../framing/hdlc/frame.ts";
import { wrapperFrame } from "../framing/wrapper.ts";
import { framesOf } from "../testing/hdlc.ts";
import type { Apdu, InitiateRequest } from "../xdlms/apdu.ts";
import { decodeApdu, encodeApdu } from "../xdlms/codec.ts";
import { ClientSession } from "./client-session.ts";
import type { ServerAssociation, ServerHabits } from "./device.ts";
import { ServerSession } from "./server-session.ts";
import { defaultConformance } from "./settings.ts";
import {
  clientSystemTitle,
  clock,
  clockData,
  ExampleMeter,
  notebook,
  profile,
  publicAssociation,
  serverSecurity,
} from "./testing/example-meter.ts";
import { carry, carryWithTimer, eventsOf } from "./testing/memory-line.ts";
import { outcomes, results, serverEvents } from "./testing/outcomes.ts";
import { associatedPair, bothProtections, clientOf, hdlcLink, pair, password, wrapperLink } from "./testing/pairing.ts";

const invocation = { invokeId: 1, confirmed: true, highPriority: true } as const;
const management: ServerAssociation = {
  name: "management",
  clientSap: 1,
  mechanism: "gmac",
  security: serverSecurity(0, { authenticated: false, encrypted: false }),
  conformance: defaultConformance,
  maxReceivePduSize: 0,
};
const reading: ServerAssociation = {
  ...publicAssociation,
  name: "reading",
  clientSap: 2,
  mechanism: "lls",
  secret: password,
};
const notifiable = {
  type: "data-notification",
  invocation: {
    invokeId: 5,
    selfDescriptive: false,
    processingBreakOnError: false,
    confirmed: false,
    highPriority: false,
  },
  body: { type: "structure", value: [clockData] },
} as const;

test("each reason to turn an association down has its diagnostic", () => {
  const user: ServerAssociation = { ...publicAssociation, name: "user", clientSap: 3, userIds: [7] };
  const cases: readonly [sap: number, request: Partial<AssociationRequest>, diagnostic: string][] = [
    [99, {}, "no-reason-given"],
    [16, { applicationContext: "short-names" }, "application-context-name-not-supported"],
    [16, { applicationContext: "logical-names-ciphered" }, "application-context-name-not-supported"],
    [1, { mechanism: "gmac", callingAuthenticationValue: new Uint8Array(8) }, "calling-ap-title-not-recognized"],
    [3, {}, "calling-ae-invocation-identifier-not-recognized"],
    [3, { callingAeInvocationId: 8 }, "calling-ae-invocation-identifier-not-recognized"],
    [2, { mechanism: "md5" }, "authentication-mechanism-name-not-recognized"],
    [2, {}, "authentication-mechanism-name-required"],
    [2, { mechanism: "lls" }, "authentication-failure"],
    [2, { mechanism: "lls", callingAuthenticationValue: Uint8Array.of(1) }, "authentication-failure"],
    [
      1,
      { mechanism: "gmac", callingApTitle: clientSystemTitle, callingAuthenticationValue: Uint8Array.of(1) },
      "authentication-failure",
    ],
  ];
  for (const [sap, request, expected] of cases) {
    const server = serverOf([publicAssociation, management, reading, user]);
    const answer = ask(server, aarq(request), sap);
    assert.equal(answer.type === "aare" && answer.result, "rejected-permanent");
    assert.equal(answer.type === "aare" && describeDiagnostic(answer.diagnostic).name, expected);
    assert.deepEqual(outcomes(serverEvents(server)), ["association-refused association_request_refused"]);
  }
});

test("an unusable InitiateRequest is told in user-information, or not at all", () => {
  const cases: readonly [change: Partial<InitiateRequest>, value: number][] = [
    [{ dlmsVersion: 5 }, 1],
    [{ conformance: new Set(["read"]) }, 2],
    [{ clientMaxReceivePduSize: 11 }, 3],
  ];
  for (const [change, value] of cases) {
    const answer = ask(serverOf([publicAssociation]), aarq({}, change));
    const expected = { type: "confirmed-service-error", service: 1, error: { choice: 6, value } } as const;
    assert.deepEqual(answer.type === "aare" && answer.userInformation, encodeApdu(expected));
    const silent = ask(serverOf([publicAssociation], { rejectionWithUserInformation: false }), aarq({}, change));
    assert.equal(silent.type === "aare" && silent.userInformation, undefined);
  }
});

test("HLS is pending under diagnostic 14, and only the proof is served until it came", () => {
  const server = serverOf([management]);
  const request = {
    mechanism: "gmac",
    callingApTitle: clientSystemTitle,
    callingAuthenticationValue: new Uint8Array(16),
  } as const;
  const answer = ask(server, aarq(request), 1);
  assert.equal(answer.type === "aare" && answer.result, "accepted");
  assert.equal(answer.type === "aare" && answer.diagnostic.code, 14);
  assert.deepEqual(ask(server, { type: "get-request-normal", invocation, attribute: clock }, 1), notAllowed);
  const proof = { type: "octet-string", value: new Uint8Array(17) } as const;
  const method = { classId: 15, logicalName: "0.0.40.0.0.255", method: 1 };
  assert.deepEqual(ask(server, { type: "action-request-normal", invocation, method, parameter: proof }, 1), {
    type: "action-response-normal",
    invocation,
    response: { result: 250 },
  });
  assert.equal(server.association, undefined);
});

test("without an association nothing is served", () => {
  const server = serverOf([publicAssociation]);
  assert.deepEqual(ask(server, { type: "get-request-normal", invocation, attribute: clock }), notAllowed);
});

test("the answer's PDU size is the smaller of what the client takes and the server makes", () => {
  const { client, server } = associatedPair({ association: { maxSendPduSize: 60 } });
  client.get([profile]);
  const sizes: number[] = [];
  const events = carry(client, server, {
    toClient: (bytes) => {
      sizes.push(bytes.length - 8);
      return bytes;
    },
  });
  assert.equal(results(events).length, 1);
  assert.ok(Math.max(...sizes) <= 60 && sizes.length > 1);
});

test("a second AARQ amid an association is not allowed", () => {
  const { server } = associatedPair();
  assert.deepEqual(ask(server, aarq({})), notAllowed);
});

test("what is no request is an unknown service", () => {
  const { server } = associatedPair();
  const unknown = { type: "exception-response", state: 2, serviceError: 2 };
  assert.deepEqual(ask(server, { type: "get-response-normal", invocation, result: { error: 1 } }), unknown);
  server.receive(wrapperFrame(16, 1, Uint8Array.from([0xdf, 1, 2])));
  assert.deepEqual(decodeApdu(server.takeOutput()!.subarray(8)), unknown);
});

test("a service that was not agreed to is not supported", () => {
  const { server } = associatedPair({ without: ["set", "block-transfer-with-action", "multiple-references"] });
  const unsupported = { type: "exception-response", state: 2, serviceError: 2 };
  const data = { type: "unsigned", value: 1 } as const;
  assert.deepEqual(ask(server, { type: "set-request-normal", invocation, attribute: notebook, data }), unsupported);
  assert.deepEqual(ask(server, { type: "get-request-with-list", invocation, attributes: [clock, clock] }), unsupported);
});

test("an unconfirmed set is done and not answered", () => {
  const { server, meter } = associatedPair();
  const data = { type: "unsigned", value: 9 } as const;
  const unconfirmed = { ...invocation, confirmed: false };
  const request = encodeApdu({ type: "set-request-normal", invocation: unconfirmed, attribute: notebook, data });
  server.receive(wrapperFrame(16, 1, request));
  assert.equal(server.takeOutput(), undefined);
  assert.deepEqual(meter.notes, data);
});

test("over hdlc an unconfirmed set gives the turn back, for no answer will", () => {
  const { server, meter } = associatedPair({ link: hdlcLink(1) });
  const data = { type: "unsigned", value: 9 } as const;
  const unconfirmed = { ...invocation, confirmed: false };
  const request = encodeApdu({ type: "set-request-normal", invocation: unconfirmed, attribute: notebook, data });
  const information = joinBytes([llcHeaders.command, request]);
  // The AARQ and its AARE were number 0 of either side.
  const [destination, source, control] = [{ logicalDevice: 1 }, { logicalDevice: 16 }, informationControl(1, 1, true)];
  server.receive(encodeHdlcFrame({ destination, source, control, segmented: false, information }));
  assert.deepEqual(meter.notes, data);
  const [frame] = framesOf(server.takeOutput());
  assert.equal(frame?.control, supervisoryControl("RR", 2, true));
});

test("one connection serves one client after another, and two at once", () => {
  const server = serverOf([publicAssociation, reading]);
  const first = clientOf();
  const second = clientOf({ link: { ...wrapperLink, client: 2 }, mechanism: "lls" });
  for (const client of [first, second]) {
    client.connect();
    client.get([clock]);
  }
  // One socket: each client drops what is addressed to the other.
  for (const client of [first, second]) server.receive(client.takeOutput()!);
  const answers = server.takeOutput()!;
  for (const client of [first, second]) client.receive(answers.slice());
  for (const client of [first, second]) server.receive(client.takeOutput()!);
  const data = server.takeOutput()!;
  for (const client of [first, second]) {
    client.receive(data.slice());
    assert.deepEqual(outcomes(eventsOf(client)), ["associated", "response"]);
    client.release();
    server.receive(client.takeOutput()!);
    client.receive(server.takeOutput()!);
  }
  assert.equal(server.association, undefined);
  const third = clientOf();
  third.connect();
  assert.deepEqual(
    outcomes(carry(third, server).slice(0, 1)),
    ["discarded response_late"].slice(1).concat("associated"),
  );
});

test("another logical device is as silent as a wrong number", () => {
  const server = serverOf([publicAssociation]);
  server.receive(wrapperFrame(16, 2, encodeApdu(aarq({}))));
  assert.equal(server.takeOutput(), undefined);
  assert.deepEqual(outcomes(serverEvents(server)), ["request-refused request_unservable"]);
});

test("over hdlc a client disconnects and the next one connects", () => {
  const meter = new ExampleMeter(hdlcLink(1), [publicAssociation]);
  const server = new ServerSession(meter);
  for (let turn = 0; turn < 3; turn++) {
    const client = clientOf({ link: hdlcLink(1) });
    client.connect();
    client.get([clock]);
    client.release();
    assert.deepEqual(outcomes(carry(client, server)), ["associated", "response", "released"]);
  }
  assert.equal(server.finished, false);
});

test("over hdlc a frame that cannot be costs the connection, and the next one is taken", () => {
  const { server } = associatedPair({ link: hdlcLink(1) });
  const unknownControl = { control: 0xef, segmented: false, information: new Uint8Array(0) };
  const [destination, source] = [{ logicalDevice: 1 }, { logicalDevice: 16 }];
  server.receive(encodeHdlcFrame({ destination, source, ...unknownControl }));
  assert.deepEqual(outcomes(serverEvents(server)), ["request-refused hdlc_control_unknown"]);
  assert.equal(server.association, undefined);
  server.takeOutput();
  const next = clientOf({ link: hdlcLink(1) });
  next.connect();
  assert.deepEqual(outcomes(carry(next, server)), ["associated"]);
});

test("inactivity ends the session", () => {
  for (const link of [wrapperLink, hdlcLink(1)]) {
    const { server } = associatedPair({ link });
    server.timedOut();
    assert.ok(server.finished);
    assert.equal(server.takeOutput(), undefined);
    assert.equal(serverEvents(server).at(-1)?.type, "closed");
  }
});

test("a push reaches the associated client, protected as agreed", () => {
  for (const link of [wrapperLink, hdlcLink(1)]) {
    for (const policy of [{ authenticated: false, encrypted: false }, bothProtections]) {
      const { client, server } = associatedPair({ link, policy });
      server.notify(notifiable);
      server.notify({ type: "event-notification", attribute: clock, value: clockData });
      const events = carry(client, server);
      assert.deepEqual(outcomes(events), ["notification", "notification"]);
      const [first] = events;
      assert.deepEqual(first?.type === "notification" && first.notification, notifiable);
      assert.deepEqual(first?.type === "notification" && first.protection, policy);
    }
  }
});

test("a push amid a request is told and does not disturb it", () => {
  const { client, server } = associatedPair({ policy: bothProtections });
  client.get([clock]);
  server.notify(notifiable);
  assert.deepEqual(outcomes(carry(client, server)), ["notification", "response"]);
});

test("a push outside any association needs to be told for whom", () => {
  const { client, server, association } = pair({ policy: bothProtections });
  assert.throws(() => server.notify(notifiable), { code: "request_unservable" });
  server.notify(notifiable, association);
  const bytes = server.takeOutput()!;
  // General-glo-ciphering to client 16: such a push opens only with the keys, which no plain client has.
  assert.deepEqual([...bytes.subarray(0, 6), bytes[8]], [0, 1, 0, 1, 0, 16, 0xdb]);
  client.connect();
  client.takeOutput();
  client.receive(bytes);
  assert.deepEqual(outcomes(eventsOf(client)), ["notification"]);
});

test("settings that contradict themselves are told at once", () => {
  assert.throws(
    () =>
      new ClientSession({ link: wrapperLink, authentication: { mechanism: "gmac" }, random: (n) => new Uint8Array(n) }),
    { code: "authentication_setting_missing" },
  );
  assert.throws(() => new ServerSession(new ExampleMeter({ framing: "wrapper", client: -1, server: 1 }, [])), {
    code: "link_setting_invalid",
  });
});

test("a challenge of a length the mechanism does not take is told at once", () => {
  for (const challengeLength of [7, 65]) {
    assert.throws(
      () => clientOf({ client: { authentication: { mechanism: "md5", secret: password, challengeLength } } }),
      {
        code: "authentication_challenge_invalid",
      },
    );
  }
});

test("who never answers is left alone by the timer of a finished session", () => {
  const { client, server } = associatedPair();
  client.release();
  carryWithTimer(client, server);
  client.timedOut();
  client.connectionLost();
  client.receive(Uint8Array.of(1));
  assert.deepEqual(eventsOf(client), []);
});

function serverOf(associations: readonly ServerAssociation[], habits: ServerHabits = {}): ServerSession {
  return new ServerSession(new ExampleMeter(wrapperLink, associations, habits));
}

function aarq(request: Partial<AssociationRequest>, initiate: Partial<InitiateRequest> = {}): Apdu {
  return {
    type: "aarq",
    applicationContext: "logical-names",
    userInformation: encodeApdu({
      type: "initiate-request",
      responseAllowed: true,
      dlmsVersion: 6,
      conformance: defaultConformance,
      clientMaxReceivePduSize: 1000,
      ...initiate,
    }),
    ...request,
  };
}

function ask(server: ServerSession, apdu: Apdu, client = 16): Apdu {
  server.receive(wrapperFrame(client, 1, encodeApdu(apdu)));
  return decodeApdu(server.takeOutput()!.subarray(8));
}

const notAllowed: Apdu = { type: "exception-response", state: 1, serviceError: 1 };
