/** GET (Green Book, clause 9.3.6): one attribute or a list, and the blocks of a long answer. */
import { dataFromBytes, dataToBytes } from "../../data/codec.ts";
import type { Apdu, GetDataResult, Invocation, SelectedAttribute } from "../../xdlms/apdu.ts";
import { getResultsFromBytes } from "../../xdlms/results.ts";
import { JoinedBlocks } from "../joined-blocks.ts";
import {
  countFitting,
  done,
  doneWithList,
  type Exchange,
  type ExchangeLimits,
  type Step,
  singleForList,
  unexpectedAnswer,
} from "./exchange.ts";

/** The next exchange of a request: as many attributes from `start` on as one APDU may carry. */
export function getExchange(
  attributes: readonly SelectedAttribute[],
  start: number,
  invocation: Invocation,
  limits: ExchangeLimits,
): Exchange<GetDataResult> {
  const count = countFitting(attributes, start, limits, attributeLength);
  const first: Apdu =
    count === 1
      ? { type: "get-request-normal", invocation, attribute: attributes[start]! }
      : { type: "get-request-with-list", invocation, attributes: attributes.slice(start, start + count) };
  return new GetExchange(first, count, invocation, limits.maxResponseSize);
}

/** Bytes of an encoded attribute: class, name, attribute, selection. */
export function attributeLength({ selection }: SelectedAttribute): number {
  return selection === undefined ? 10 : 11 + dataToBytes(selection.parameter).length;
}

class GetExchange implements Exchange<GetDataResult> {
  readonly first: Apdu;
  readonly count: number;
  private readonly invocation: Invocation;
  private readonly maxResponseSize: number;
  private blocks: JoinedBlocks | undefined;

  constructor(first: Apdu, count: number, invocation: Invocation, maxResponseSize: number) {
    this.first = first;
    this.count = count;
    this.invocation = invocation;
    this.maxResponseSize = maxResponseSize;
  }

  answer(apdu: Apdu): Step<GetDataResult> {
    switch (apdu.type) {
      case "get-response-normal":
        return this.single(apdu.result);
      case "get-response-with-list":
        return doneWithList(apdu.results, this.count);
      case "get-response-with-datablock":
        if ("error" in apdu.result) return this.single(apdu.result);
        return this.block(apdu.block, apdu.result.raw, apdu.last);
      default:
        throw unexpectedAnswer(apdu, "a get-response");
    }
  }

  private single(result: GetDataResult): Step<GetDataResult> {
    return this.count === 1 ? done(result) : singleForList(this.count, "error" in result);
  }

  /** The blocks join to one encoded Data, or to the counted results of a list; only then are they decoded. */
  private block(number: number, raw: Uint8Array, last: boolean): Step<GetDataResult> {
    this.blocks ??= new JoinedBlocks(this.maxResponseSize);
    this.blocks.append(number, raw);
    if (!last) return { type: "send", apdu: { type: "get-request-next", invocation: this.invocation, block: number } };
    const joined = this.blocks.bytes();
    if (this.count === 1) return done({ data: dataFromBytes(joined) });
    return doneWithList(getResultsFromBytes(joined), this.count);
  }
}
