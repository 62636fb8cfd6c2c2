/** SET (Green Book, clause 9.3.7): one attribute or a list, in blocks when the value does not fit one APDU. */
import { dataToBytes } from "../../data/codec.ts";
import type { Apdu, DataBlock, Invocation } from "../../xdlms/apdu.ts";
import { blockOverhead, OutgoingBlocks } from "../outgoing-blocks.ts";
import type { Assignment } from "../requests.ts";
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
import { attributeLength } from "./get.ts";

/** The next exchange of a request: as many assignments from `start` on as one APDU may carry, or one in blocks. */
export function setExchange(
  assignments: readonly Assignment[],
  start: number,
  invocation: Invocation,
  limits: ExchangeLimits,
): Exchange<number> {
  const count = countFitting(assignments, start, limits, assignmentLength);
  if (count > 1) return new SetExchange(listRequest(assignments.slice(start, start + count), invocation), count);
  const { attribute, data } = assignments[start]!;
  const whole = requestHeader + assignmentLength(assignments[start]!);
  if (whole <= limits.maxApdu || !limits.blocks) {
    return new SetExchange({ type: "set-request-normal", invocation, attribute, data }, 1);
  }
  const blocks = new OutgoingBlocks(dataToBytes(data), limits.maxApdu - blockOverhead);
  const block = blocks.next(limits.maxApdu - blockOverhead - attributeLength(attribute));
  return new SetExchange(
    { type: "set-request-first-datablock", invocation, attribute, block },
    1,
    (next) => ({
      type: "set-request-datablock",
      invocation,
      block: next,
    }),
    blocks,
  );
}

class SetExchange implements Exchange<number> {
  readonly first: Apdu;
  readonly count: number;
  private readonly blockRequest: ((block: DataBlock) => Apdu) | undefined;
  private readonly blocks: OutgoingBlocks | undefined;

  constructor(first: Apdu, count: number, blockRequest?: (block: DataBlock) => Apdu, blocks?: OutgoingBlocks) {
    this.first = first;
    this.count = count;
    this.blockRequest = blockRequest;
    this.blocks = blocks;
  }

  answer(apdu: Apdu): Step<number> {
    switch (apdu.type) {
      case "set-response-normal":
        // Also in the middle of blocks: the meter ends the transfer with its reason.
        return this.count === 1 ? done(apdu.result) : singleForList(this.count, apdu.result !== 0);
      case "set-response-with-list":
        return doneWithList(apdu.results, this.count);
      case "set-response-datablock":
        return this.nextBlock(apdu.block, apdu);
      case "set-response-last-datablock":
        if (apdu.result === 0) expectBlock(apdu.block, this.blocks?.number ?? 0);
        return done(apdu.result);
      default:
        throw unexpectedAnswer(apdu, "a set-response");
    }
  }

  private nextBlock(acknowledged: number, apdu: Apdu): Step<number> {
    const { blocks, blockRequest } = this;
    if (blocks === undefined || blockRequest === undefined || blocks.finished) {
      throw unexpectedAnswer(apdu, "the result of the set");
    }
    expectBlock(acknowledged, blocks.number);
    return { type: "send", apdu: blockRequest(blocks.next()) };
  }
}

function listRequest(assignments: readonly Assignment[], invocation: Invocation): Apdu {
  return {
    type: "set-request-with-list",
    invocation,
    attributes: assignments.map(({ attribute }) => attribute),
    data: assignments.map(({ data }) => data),
  };
}

function assignmentLength({ attribute, data }: Assignment): number {
  return attributeLength(attribute) + dataToBytes(data).length;
}
