/** ACTION (Green Book, clause 9.3.8): one method or a list, with blocks of a long parameter and of a long answer. */
import { dataFromBytes, dataToBytes } from "../../data/codec.ts";
import type { ActionResult, Apdu, DataBlock, Invocation } from "../../xdlms/apdu.ts";
import { actionResultFromBytes, actionResultsFromBytes } from "../../xdlms/results.ts";
import { JoinedBlocks } from "../joined-blocks.ts";
import { blockOverhead, OutgoingBlocks } from "../outgoing-blocks.ts";
import type { MethodCall } from "../requests.ts";
import {
  countFitting,
  done,
  doneWithList,
  type Exchange,
  type ExchangeLimits,
  expectBlock,
  requestHeader,
  type Step,
  singleForList,
  unexpectedAnswer,
} from "./exchange.ts";

/** The next exchange of a request: as many calls from `start` on as one APDU may carry, or one in blocks. */
export function actionExchange(
  calls: readonly MethodCall[],
  start: number,
  invocation: Invocation,
  limits: ExchangeLimits,
): Exchange<ActionResult> {
  const { maxResponseSize } = limits;
  const count = countFitting(calls, start, limits, callLength);
  if (count > 1) {
    const listed = calls.slice(start, start + count);
    return new ActionExchange(listRequest(listed, invocation), count, invocation, maxResponseSize);
  }
  const { method, parameter } = calls[start]!;
  const whole = requestHeader + callLength(calls[start]!);
  if (parameter === undefined || whole <= limits.maxApdu || !limits.blocks) {
    const request: Apdu = { type: "action-request-normal", invocation, method, ...(parameter && { parameter }) };
    return new ActionExchange(request, 1, invocation, maxResponseSize);
  }
  const blocks = new OutgoingBlocks(dataToBytes(parameter), limits.maxApdu - blockOverhead);
  const block = blocks.next(limits.maxApdu - blockOverhead - methodLength);
  const request: Apdu = { type: "action-request-with-first-pblock", invocation, method, block };
  return new ActionExchange(request, 1, invocation, maxResponseSize, blocks);
}

class ActionExchange implements Exchange<ActionResult> {
  readonly first: Apdu;
  readonly count: number;
  private readonly invocation: Invocation;
  private readonly maxResponseSize: number;
  private readonly outgoing: OutgoingBlocks | undefined;
  private incoming: JoinedBlocks | undefined;

  constructor(first: Apdu, count: number, invocation: Invocation, maxResponseSize: number, outgoing?: OutgoingBlocks) {
    this.first = first;
    this.count = count;
    this.invocation = invocation;
    this.maxResponseSize = maxResponseSize;
    this.outgoing = outgoing;
  }

  answer(apdu: Apdu): Step<ActionResult> {
    switch (apdu.type) {
      case "action-response-normal":
        return this.count === 1 ? done(apdu.response) : singleForList(this.count, apdu.response.result !== 0);
      case "action-response-with-list":
        return doneWithList(apdu.responses, this.count);
      case "action-response-next-pblock":
        return this.nextBlock(apdu.block, apdu);
      case "action-response-with-pblock":
        return this.block(apdu.block);
      default:
        throw unexpectedAnswer(apdu, "an action-response");
    }
  }

  private nextBlock(acknowledged: number, apdu: Apdu): Step<ActionResult> {
    const { outgoing, invocation } = this;
    if (outgoing === undefined || outgoing.finished) throw unexpectedAnswer(apdu, "the result of the action");
    expectBlock(acknowledged, outgoing.number);
    return { type: "send", apdu: { type: "action-request-with-pblock", invocation, block: outgoing.next() } };
  }

  private block({ number, raw, last }: DataBlock): Step<ActionResult> {
    this.incoming ??= new JoinedBlocks(this.maxResponseSize);
    this.incoming.append(number, raw);
    if (!last) {
      return { type: "send", apdu: { type: "action-request-next-pblock", invocation: this.invocation, block: number } };
    }
    const joined = this.incoming.bytes();
    return this.count === 1 ? done(joinedResult(joined)) : doneWithList(actionResultsFromBytes(joined), this.count);
  }
}

/**
 * The blocks hold an Action-Response-With-Optional-Data, which begins with its result, 00. Some meters leave that out and
 * send the returned Data alone; a Data long enough for blocks never begins with 00.
 */
function joinedResult(bytes: Uint8Array): ActionResult {
  if (bytes[0] === 0) return actionResultFromBytes(bytes);
  return { result: 0, returned: { data: dataFromBytes(bytes) } };
}

/** A list has a parameter for every method; null-data stands for none. */
function listRequest(calls: readonly MethodCall[], invocation: Invocation): Apdu {
  return {
    type: "action-request-with-list",
    invocation,
    methods: calls.map(({ method }) => method),
    parameters: calls.map(({ parameter }) => parameter ?? { type: "null-data", value: null }),
  };
}

function callLength({ parameter }: MethodCall): number {
  return methodLength + (parameter === undefined ? 1 : 1 + dataToBytes(parameter).length);
}

/** Class, name and method. */
const methodLength = 9;
