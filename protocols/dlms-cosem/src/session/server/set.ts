/** SET as a server (Green Book, clause 9.3.7): values into the device, the long ones out of blocks. */
import { dataFromBytes } from "../../data/codec.ts";
import type { Data } from "../../data/data.ts";
import { DlmsError } from "../../errors.ts";
import { dataAccessResults } from "../../xdlms/access-results.ts";
import type { Apdu, DataBlock, Invocation, SelectedAttribute, SetRequest } from "../../xdlms/apdu.ts";
import { dataListFromBytes } from "../../xdlms/results.ts";
import { JoinedBlocks } from "../joined-blocks.ts";
import { sessionLimits } from "../settings.ts";
import { listRefusal, type ServerAccess, selectionRefusal } from "./access.ts";
import { notSupported } from "./exceptions.ts";

export class SetService {
  private readonly access: ServerAccess;
  /** A long request under way; any other set-request ends it. */
  private long: LongSet | undefined;

  constructor(access: ServerAccess) {
    this.access = access;
  }

  answer(request: SetRequest): Apdu {
    const { access } = this;
    const { invocation } = request;
    if (request.type === "set-request-datablock") return this.nextBlock(invocation, request.block);
    this.long = undefined;
    if (!access.conformance.has("set")) return notSupported;
    switch (request.type) {
      case "set-request-normal":
        return { type: "set-response-normal", invocation, result: this.write(request.attribute, request.data) };
      case "set-request-with-list": {
        const results = () => this.writeAll(request.attributes, request.data);
        return (
          this.refusedList(invocation, request.attributes) ?? {
            type: "set-response-with-list",
            invocation,
            results: results(),
          }
        );
      }
      case "set-request-first-datablock":
        return this.firstBlock(invocation, [request.attribute], false, request.block);
      case "set-request-with-list-first-datablock":
        return (
          this.refusedList(invocation, request.attributes) ??
          this.firstBlock(invocation, request.attributes, true, request.block)
        );
    }
  }

  private firstBlock(
    invocation: Invocation,
    attributes: readonly SelectedAttribute[],
    list: boolean,
    block: DataBlock,
  ): Apdu {
    if (!this.access.conformance.has("block-transfer-with-set")) return notSupported;
    this.long = { attributes, list, joined: new JoinedBlocks(sessionLimits.maxRequestSize) };
    return this.nextBlock(invocation, block);
  }

  private nextBlock(invocation: Invocation, { number, raw, last }: DataBlock): Apdu {
    const { long } = this;
    if (long === undefined) return this.end(invocation, number, dataAccessResults["no-long-set-in-progress"]);
    try {
      long.joined.append(number, raw);
      if (!last) return { type: "set-response-datablock", invocation, block: number };
      return this.finish(invocation, number, long);
    } catch (error) {
      if (!(error instanceof DlmsError)) throw error;
      return this.end(invocation, number, resultOf(error));
    }
  }

  private finish(invocation: Invocation, block: number, { attributes, list, joined }: LongSet): Apdu {
    this.long = undefined;
    if (!list) return this.end(invocation, block, this.write(attributes[0]!, dataFromBytes(joined.bytes())));
    const results = this.writeAll(attributes, dataListFromBytes(joined.bytes()));
    return { type: "set-response-last-datablock-with-list", invocation, results, block };
  }

  private end(invocation: Invocation, block: number, result: number): Apdu {
    this.long = undefined;
    return { type: "set-response-last-datablock", invocation, result, block };
  }

  private refusedList(invocation: Invocation, attributes: readonly SelectedAttribute[]): Apdu | undefined {
    return listRefusal(this.access, attributes.length, () => ({
      type: "set-response-normal",
      invocation,
      result: dataAccessResults["other-reason"],
    }));
  }

  private writeAll(attributes: readonly SelectedAttribute[], data: readonly Data[]): number[] {
    return attributes.map((attribute, index) => {
      const value = data[index];
      return value === undefined ? dataAccessResults["type-unmatched"] : this.write(attribute, value);
    });
  }

  private write(attribute: SelectedAttribute, data: Data): number {
    const { device, association } = this.access;
    return selectionRefusal(this.access, attribute) ?? device.set(attribute, data, association);
  }
}

interface LongSet {
  readonly attributes: readonly SelectedAttribute[];
  readonly list: boolean;
  readonly joined: JoinedBlocks;
}

function resultOf({ code }: DlmsError): number {
  if (code === "block_number_unexpected") return dataAccessResults["data-block-number-invalid"];
  if (code === "blocks_too_long") return dataAccessResults["long-set-aborted"];
  return dataAccessResults["type-unmatched"];
}
