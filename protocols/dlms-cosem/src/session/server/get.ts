/** GET as a server (Green Book, clause 9.3.6): answers out of the device, the long ones in blocks. */
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { dataToBytes } from "../../data/codec.ts";
import { dataAccessResults } from "../../xdlms/access-results.ts";
import type { GetRequest, Invocation, SelectedAttribute } from "../../xdlms/apdu.ts";
import { encodeApdu } from "../../xdlms/codec.ts";
import { encodeGetResponseNormalWithEncodedData } from "../../xdlms/get.ts";
import { serviceTags } from "../../xdlms/tags.ts";
import type { GetAnswer } from "../device.ts";
import { blockOverhead, OutgoingBlocks } from "../outgoing-blocks.ts";
import {
  beginResponse,
  listRefusal,
  type ServerAccess,
  selectionRefusal,
  usesServiceBlocks,
  writeGetAnswer,
} from "./access.ts";
import { notSupported } from "./exceptions.ts";

export class GetService {
  private readonly access: ServerAccess;
  /** A long answer under way; any other get-request ends it. */
  private blocks: OutgoingBlocks | undefined;

  constructor(access: ServerAccess) {
    this.access = access;
  }

  /** The answer to a get-request, encoded. */
  answer(request: GetRequest): Uint8Array {
    if (request.type === "get-request-next") return this.next(request.invocation, request.block);
    this.blocks = undefined;
    if (!this.access.conformance.has("get")) return encodeApdu(notSupported);
    if (request.type === "get-request-normal") return this.normal(request.invocation, request.attribute);
    return this.list(request.invocation, request.attributes);
  }

  private normal(invocation: Invocation, attribute: SelectedAttribute): Uint8Array {
    const answer = this.read(attribute);
    if ("error" in answer) return encodeApdu({ type: "get-response-normal", invocation, result: answer });
    const encoded = "encoded" in answer ? answer.encoded : dataToBytes(answer.data);
    if (this.fits(normalHeader + encoded.length)) return encodeGetResponseNormalWithEncodedData(invocation, encoded);
    return this.firstBlock(invocation, encoded);
  }

  private list(invocation: Invocation, attributes: readonly SelectedAttribute[]): Uint8Array {
    const refusal = listRefusal(this.access, attributes.length, () => ({
      type: "get-response-normal",
      invocation,
      result: { error: dataAccessResults["other-reason"] },
    }));
    if (refusal !== undefined) return encodeApdu(refusal);
    const results = new ByteWriter(16 * attributes.length + 4);
    results.writeLength(attributes.length);
    for (const attribute of attributes) writeGetAnswer(results, this.read(attribute));
    const bytes = results.finish();
    if (!this.fits(listHeader + bytes.length)) return this.firstBlock(invocation, bytes);
    const response = beginResponse(serviceTags["get-response"].plain, 3, invocation, listHeader + bytes.length);
    response.write(bytes);
    return response.finish();
  }

  private read(attribute: SelectedAttribute): GetAnswer {
    const { device, association, conformance } = this.access;
    const refusal = selectionRefusal(this.access, attribute);
    if (refusal !== undefined) return { error: refusal };
    if (attribute.attribute === 0 && !conformance.has("attribute0-with-get")) {
      return { error: dataAccessResults["scope-of-access-violated"] };
    }
    return device.get(attribute, association);
  }

  /** True when the answer travels whole: it is short enough, or there are no blocks of this service to cut it into. */
  private fits(length: number): boolean {
    return length <= this.access.channel.room || !usesServiceBlocks(this.access, "block-transfer-with-get");
  }

  private firstBlock(invocation: Invocation, bytes: Uint8Array): Uint8Array {
    this.blocks = new OutgoingBlocks(bytes, this.access.channel.room - blockOverhead);
    return this.block(invocation, this.blocks);
  }

  private next(invocation: Invocation, received: number): Uint8Array {
    const blocks = this.blocks;
    if (blocks === undefined || blocks.finished) {
      return this.abort(invocation, received, dataAccessResults["no-long-get-in-progress"]);
    }
    if (received !== blocks.number) {
      return this.abort(invocation, received, dataAccessResults["data-block-number-invalid"]);
    }
    return this.block(invocation, blocks);
  }

  private block(invocation: Invocation, blocks: OutgoingBlocks): Uint8Array {
    const { last, number, raw } = blocks.next();
    return encodeApdu({ type: "get-response-with-datablock", invocation, last, block: number, result: { raw } });
  }

  private abort(invocation: Invocation, block: number, error: number): Uint8Array {
    this.blocks = undefined;
    return encodeApdu({ type: "get-response-with-datablock", invocation, last: true, block, result: { error } });
  }
}

/** Tag, choice, invocation and the result's choice. */
const normalHeader = 4;
const listHeader = 3;
