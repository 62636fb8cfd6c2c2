/** Random APDUs of every kind, in range and in the form that decoding gives. */

import type { Random } from "@anymeter/sans-io/testing";
import type { ApplicationContext, MechanismName } from "../acse/association.ts";
import { applicationContexts, mechanisms } from "../acse/names.ts";
import type {
  AccessSpecification,
  ActionResult,
  Apdu,
  AttributeDescriptor,
  DataBlock,
  GetDataResult,
  Invocation,
  KeyInformation,
  LongInvocation,
  MethodDescriptor,
  ReadResult,
  SelectedAttribute,
  VariableAccess,
} from "../xdlms/apdu.ts";
import { type ConformanceBit, conformanceBits } from "../xdlms/conformance.ts";
import { type ServiceTags, serviceTags } from "../xdlms/tags.ts";
import { randomData, randomDateTime } from "./random-data.ts";

export function randomApdu(random: Random): Apdu {
  return makers[random.pick(apduTypes)](random);
}

type Makers = { readonly [Type in Apdu["type"]]: (random: Random) => Extract<Apdu, { type: Type }> };

const makers: Makers = {
  aarq: (random) => ({
    type: "aarq",
    applicationContext: randomContext(random),
    ...maybe(random, "callingApTitle", () => random.bytes(8)),
    ...maybe(random, "callingAeQualifier", () => random.bytes(random.integer(0, 400))),
    ...maybe(random, "callingAeInvocationId", () => random.integer(-128, 127)),
    ...maybe(random, "mechanism", () => randomMechanism(random)),
    ...maybe(random, "callingAuthenticationValue", () => random.bytes(random.integer(0, 64))),
    ...maybe(random, "userInformation", () => random.bytes(random.integer(0, 100))),
  }),
  aare: (random) => ({
    type: "aare",
    applicationContext: randomContext(random),
    result: random.pick(["accepted", "rejected-permanent", "rejected-transient"]),
    diagnostic: {
      source: random.pick(["acse-service-user", "acse-service-provider"]),
      code: random.integer(-70_000, 70_000),
    },
    ...maybe(random, "respondingApTitle", () => random.bytes(8)),
    ...maybe(random, "respondingAeQualifier", () => random.bytes(random.integer(0, 400))),
    ...maybe(random, "mechanism", () => randomMechanism(random)),
    ...maybe(random, "respondingAuthenticationValue", () => random.bytes(random.integer(0, 64))),
    ...maybe(random, "userInformation", () => random.bytes(random.integer(0, 100))),
  }),
  rlrq: (random) => ({
    type: "rlrq",
    ...maybe(random, "reason", () => random.pick([0, 1, 30])),
    ...maybe(random, "userInformation", () => random.bytes(random.integer(0, 100))),
  }),
  rlre: (random) => ({
    type: "rlre",
    ...maybe(random, "reason", () => random.pick([0, 1, 30])),
    ...maybe(random, "userInformation", () => random.bytes(random.integer(0, 100))),
  }),
  "initiate-request": (random) => ({
    type: "initiate-request",
    ...maybe(random, "dedicatedKey", () => random.bytes(random.pick([16, 32]))),
    responseAllowed: random.boolean(),
    ...maybe(random, "proposedQualityOfService", () => random.integer(-128, 127)),
    dlmsVersion: random.integer(0, 255),
    conformance: randomConformance(random),
    clientMaxReceivePduSize: random.integer(0, 0xffff),
  }),
  "initiate-response": (random) => ({
    type: "initiate-response",
    ...maybe(random, "negotiatedQualityOfService", () => random.integer(-128, 127)),
    dlmsVersion: random.integer(0, 255),
    conformance: randomConformance(random),
    serverMaxReceivePduSize: random.integer(0, 0xffff),
    vaaName: random.integer(0, 0xffff),
  }),
  "confirmed-service-error": (random) => ({
    type: "confirmed-service-error",
    service: random.integer(0, 255),
    error: { choice: random.integer(0, 255), value: random.integer(0, 255) },
  }),
  "get-request-normal": (random) => ({
    type: "get-request-normal",
    invocation: randomInvocation(random),
    attribute: randomSelected(random),
  }),
  "get-request-next": (random) => ({
    type: "get-request-next",
    invocation: randomInvocation(random),
    block: random.integer(0, 0xffff_ffff),
  }),
  "get-request-with-list": (random) => ({
    type: "get-request-with-list",
    invocation: randomInvocation(random),
    attributes: random.list(5, () => randomSelected(random)),
  }),
  "get-response-normal": (random) => ({
    type: "get-response-normal",
    invocation: randomInvocation(random),
    result: randomResult(random),
  }),
  "get-response-with-datablock": (random) => ({
    type: "get-response-with-datablock",
    invocation: randomInvocation(random),
    last: random.boolean(),
    block: random.integer(0, 0xffff_ffff),
    result: random.boolean() ? { raw: random.bytes(random.integer(0, 300)) } : { error: random.integer(0, 255) },
  }),
  "get-response-with-list": (random) => ({
    type: "get-response-with-list",
    invocation: randomInvocation(random),
    results: random.list(5, () => randomResult(random)),
  }),
  "set-request-normal": (random) => ({
    type: "set-request-normal",
    invocation: randomInvocation(random),
    attribute: randomSelected(random),
    data: randomData(random),
  }),
  "set-request-first-datablock": (random) => ({
    type: "set-request-first-datablock",
    invocation: randomInvocation(random),
    attribute: randomSelected(random),
    block: randomBlock(random),
  }),
  "set-request-datablock": (random) => ({
    type: "set-request-datablock",
    invocation: randomInvocation(random),
    block: randomBlock(random),
  }),
  "set-request-with-list": (random) => ({
    type: "set-request-with-list",
    invocation: randomInvocation(random),
    attributes: random.list(5, () => randomSelected(random)),
    data: random.list(5, () => randomData(random)),
  }),
  "set-request-with-list-first-datablock": (random) => ({
    type: "set-request-with-list-first-datablock",
    invocation: randomInvocation(random),
    attributes: random.list(5, () => randomSelected(random)),
    block: randomBlock(random),
  }),
  "set-response-normal": (random) => ({
    type: "set-response-normal",
    invocation: randomInvocation(random),
    result: random.integer(0, 255),
  }),
  "set-response-datablock": (random) => ({
    type: "set-response-datablock",
    invocation: randomInvocation(random),
    block: random.integer(0, 0xffff_ffff),
  }),
  "set-response-last-datablock": (random) => ({
    type: "set-response-last-datablock",
    invocation: randomInvocation(random),
    result: random.integer(0, 255),
    block: random.integer(0, 0xffff_ffff),
  }),
  "set-response-last-datablock-with-list": (random) => ({
    type: "set-response-last-datablock-with-list",
    invocation: randomInvocation(random),
    results: random.list(5, () => random.integer(0, 255)),
    block: random.integer(0, 0xffff_ffff),
  }),
  "set-response-with-list": (random) => ({
    type: "set-response-with-list",
    invocation: randomInvocation(random),
    results: random.list(5, () => random.integer(0, 255)),
  }),
  "action-request-normal": (random) => ({
    type: "action-request-normal",
    invocation: randomInvocation(random),
    method: randomMethod(random),
    ...maybe(random, "parameter", () => randomData(random)),
  }),
  "action-request-next-pblock": (random) => ({
    type: "action-request-next-pblock",
    invocation: randomInvocation(random),
    block: random.integer(0, 0xffff_ffff),
  }),
  "action-request-with-list": (random) => ({
    type: "action-request-with-list",
    invocation: randomInvocation(random),
    methods: random.list(5, () => randomMethod(random)),
    parameters: random.list(5, () => randomData(random)),
  }),
  "action-request-with-first-pblock": (random) => ({
    type: "action-request-with-first-pblock",
    invocation: randomInvocation(random),
    method: randomMethod(random),
    block: randomBlock(random),
  }),
  "action-request-with-list-and-first-pblock": (random) => ({
    type: "action-request-with-list-and-first-pblock",
    invocation: randomInvocation(random),
    methods: random.list(5, () => randomMethod(random)),
    block: randomBlock(random),
  }),
  "action-request-with-pblock": (random) => ({
    type: "action-request-with-pblock",
    invocation: randomInvocation(random),
    block: randomBlock(random),
  }),
  "action-response-normal": (random) => ({
    type: "action-response-normal",
    invocation: randomInvocation(random),
    response: randomActionResult(random),
  }),
  "action-response-with-pblock": (random) => ({
    type: "action-response-with-pblock",
    invocation: randomInvocation(random),
    block: randomBlock(random),
  }),
  "action-response-with-list": (random) => ({
    type: "action-response-with-list",
    invocation: randomInvocation(random),
    responses: random.list(5, () => randomActionResult(random)),
  }),
  "action-response-next-pblock": (random) => ({
    type: "action-response-next-pblock",
    invocation: randomInvocation(random),
    block: random.integer(0, 0xffff_ffff),
  }),
  "exception-response": (random) => {
    const state = random.integer(0, 255);
    if (random.boolean()) return { type: "exception-response", state, serviceError: random.integer(0, 5) };
    const invocationCounter = random.integer(0, 0xffff_ffff);
    return { type: "exception-response", state, serviceError: 6, invocationCounter };
  },
  "data-notification": (random) => ({
    type: "data-notification",
    invocation: randomLongInvocation(random),
    ...maybe(random, "dateTime", () => randomDateTime(random)),
    body: randomData(random),
  }),
  "data-notification-confirm": (random) => ({
    type: "data-notification-confirm",
    invocation: randomLongInvocation(random),
    ...maybe(random, "dateTime", () => randomDateTime(random)),
  }),
  "event-notification": (random) => ({
    type: "event-notification",
    ...maybe(random, "time", () => randomDateTime(random)),
    attribute: randomAttribute(random),
    value: randomData(random),
  }),
  "general-block-transfer": (random) => ({
    type: "general-block-transfer",
    last: random.boolean(),
    streaming: random.boolean(),
    window: random.integer(0, 63),
    block: random.integer(0, 0xffff),
    acknowledged: random.integer(0, 0xffff),
    raw: random.bytes(random.integer(0, 300)),
  }),
  ciphered: (random) => ({ type: "ciphered", tag: random.pick(cipheredTags), content: random.bytes(40) }),
  "general-glo-ciphering": (random) => ({
    type: "general-glo-ciphering",
    systemTitle: random.bytes(random.pick([0, 8])),
    content: random.bytes(40),
  }),
  "general-ciphering": (random) => ({
    type: "general-ciphering",
    transactionId: random.bytes(random.integer(0, 9)),
    originatorSystemTitle: random.bytes(8),
    recipientSystemTitle: random.bytes(8),
    ...maybe(random, "dateTime", () => randomDateTime(random)),
    otherInformation: random.bytes(random.integer(0, 9)),
    ...maybe(random, "key", () => randomKey(random)),
    content: random.bytes(40),
  }),
  "access-request": (random) => ({
    type: "access-request",
    invocation: randomLongInvocation(random),
    ...maybe(random, "dateTime", () => randomDateTime(random)),
    specifications: random.list(5, () => randomSpecification(random)),
    data: random.list(5, () => randomData(random)),
  }),
  "access-response": (random) => ({
    type: "access-response",
    invocation: randomLongInvocation(random),
    ...maybe(random, "dateTime", () => randomDateTime(random)),
    ...maybe(random, "specifications", () => random.list(5, () => randomSpecification(random))),
    data: random.list(5, () => randomData(random)),
    results: random.list(5, () => ({
      service: random.pick(["get", "set", "action"]),
      result: random.integer(0, 255),
    })),
  }),
  "read-request": (random) => ({ type: "read-request", variables: random.list(5, () => randomVariable(random)) }),
  "read-response": (random) => ({ type: "read-response", results: random.list(5, () => randomReadResult(random)) }),
  "write-request": (random) => ({
    type: "write-request",
    variables: random.list(5, () => randomVariable(random)),
    data: random.list(5, () => randomData(random)),
  }),
  "unconfirmed-write-request": (random) => ({
    type: "unconfirmed-write-request",
    variables: random.list(5, () => randomVariable(random)),
    data: random.list(5, () => randomData(random)),
  }),
  "write-response": (random) => ({
    type: "write-response",
    results: random.list(5, () =>
      random.boolean() ? { result: random.integer(0, 255) } : { blockNumber: random.integer(0, 0xffff) },
    ),
  }),
  "information-report": (random) => ({
    type: "information-report",
    ...maybe(random, "time", () => "20261120081500Z"),
    variables: random.list(5, () => randomVariable(random)),
    data: random.list(5, () => randomData(random)),
  }),
  "general-ded-ciphering": (random) => ({
    type: "general-ded-ciphering",
    systemTitle: random.bytes(random.pick([0, 8])),
    content: random.bytes(40),
  }),
};

export const apduTypes = Object.keys(makers) as Apdu["type"][];

const cipheredTags = (Object.values(serviceTags) as ServiceTags[]).flatMap(({ global, dedicated }) =>
  [global, dedicated].filter((tag) => tag !== undefined),
);

/** The property, half the time. */
function maybe<Name extends string, Value>(
  random: Random,
  name: Name,
  make: () => Value,
): { readonly [Key in Name]?: Value } {
  return random.boolean() ? ({ [name]: make() } as { [Key in Name]: Value }) : {};
}

function randomContext(random: Random): ApplicationContext {
  return random.pick(Object.keys(applicationContexts) as ApplicationContext[]);
}

function randomMechanism(random: Random): MechanismName {
  return random.pick(Object.keys(mechanisms) as MechanismName[]);
}

function randomConformance(random: Random): ReadonlySet<ConformanceBit> {
  return new Set((Object.keys(conformanceBits) as ConformanceBit[]).filter(() => random.boolean()));
}

function randomInvocation(random: Random): Invocation {
  return { invokeId: random.integer(0, 15), confirmed: random.boolean(), highPriority: random.boolean() };
}

function randomLongInvocation(random: Random): LongInvocation {
  return {
    invokeId: random.integer(0, 0xff_ffff),
    selfDescriptive: random.boolean(),
    processingBreakOnError: random.boolean(),
    confirmed: random.boolean(),
    highPriority: random.boolean(),
  };
}

function randomAttribute(random: Random): AttributeDescriptor {
  return {
    classId: random.integer(0, 0xffff),
    logicalName: random.bytes(6).join("."),
    attribute: random.integer(-128, 127),
  };
}

function randomSelected(random: Random): SelectedAttribute {
  const attribute = randomAttribute(random);
  if (random.boolean()) return attribute;
  return { ...attribute, selection: { selector: random.integer(0, 255), parameter: randomData(random) } };
}

function randomMethod(random: Random): MethodDescriptor {
  const { classId, logicalName, attribute } = randomAttribute(random);
  return { classId, logicalName, method: attribute };
}

function randomResult(random: Random): GetDataResult {
  return random.boolean() ? { data: randomData(random) } : { error: random.integer(0, 255) };
}

function randomActionResult(random: Random): ActionResult {
  return { result: random.integer(0, 255), ...maybe(random, "returned", () => randomResult(random)) };
}

function randomBlock(random: Random): DataBlock {
  return {
    last: random.boolean(),
    number: random.integer(0, 0xffff_ffff),
    raw: random.bytes(random.integer(0, 300)),
  };
}

function randomKey(random: Random): KeyInformation {
  const ciphered = random.bytes(24);
  return random.pick<KeyInformation>([
    { kind: "identified", keyId: random.integer(0, 1) },
    { kind: "wrapped", kekId: 0, ciphered },
    { kind: "agreed", parameters: random.bytes(1), ciphered },
  ]);
}

function randomSpecification(random: Random): AccessSpecification {
  if (random.integer(0, 2) === 0) return { service: "action", method: randomMethod(random) };
  return { service: random.pick(["get", "set"]), attribute: randomSelected(random) };
}

function randomVariable(random: Random): VariableAccess {
  const name = random.integer(0, 0xffff);
  const { last, raw } = randomBlock(random);
  return random.pick<VariableAccess>([
    { kind: "variable", name },
    { kind: "parameterized", name, selection: { selector: 1, parameter: randomData(random) } },
    { kind: "block-number", block: name },
    { kind: "read-block", block: { last, number: name, raw } },
    { kind: "write-block", block: { last, number: name } },
  ]);
}

function randomReadResult(random: Random): ReadResult {
  const { last, raw } = randomBlock(random);
  const number = random.integer(0, 0xffff);
  return random.pick<ReadResult>([randomResult(random), { block: { last, number, raw } }, { blockNumber: number }]);
}
