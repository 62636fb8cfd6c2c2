/** ACTION as a server (Green Book, clause 9.3.8): methods of the device, with blocks in both directions. */
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { dataFromBytes } from "../../data/codec.ts";
import type { Data } from "../../data/data.ts";
import { DlmsError } from "../../errors.ts";
import { actionResults } from "../../xdlms/access-results.ts";
import type { ActionRequest, DataBlock, Invocation, MethodDescriptor } from "../../xdlms/apdu.ts";
import { encodeApdu } from "../../xdlms/codec.ts";
import { dataListFromBytes } from "../../xdlms/results.ts";
import { serviceTags } from "../../xdlms/tags.ts";
import type { ActionAnswer } from "../device.ts";
import { JoinedBlocks } from "../joined-blocks.ts";
import { blockOverhead, OutgoingBlocks } from "../outgoing-blocks.ts";
import { sessionLimits } from "../settings.ts";
import { beginResponse, listRefusal, type ServerAccess, usesServiceBlocks, writeActionAnswer } from "./access.ts";
import { notSupported } from "./exceptions.ts";

export class ActionService {
  private readonly access: ServerAccess;
  /** A long request or a long answer under way; any other action-request ends it. */
  private incoming: LongAction | undefined;
  private outgoing: OutgoingBlocks | undefined;

  constructor(access: ServerAccess) {
    this.access = access;
  }

  /** The answer to an action-request, encoded. */
  answer(request: ActionRequest): Uint8Array {
    const { invocation } = request;
    if (request.type === "action-request-next-pblock") return this.nextOut(invocation, request.block);
    if (request.type === "action-request-with-pblock") return this.nextIn(invocation, request.block);
    this.incoming = undefined;
    this.outgoing = undefined;
    if (!this.access.conformance.has("action")) return encodeApdu(notSupported);
    switch (request.type) {
      case "action-request-normal":
        return this.respond(invocation, this.call(request.method, request.parameter));
      case "action-request-with-list":
        return (
          this.refusedList(invocation, request.methods) ??
          this.respondWithList(invocation, this.callAll(request.methods, request.parameters))
        );
      case "action-request-with-first-pblock":
        return this.firstIn(invocation, [request.method], false, request.block);
      case "action-request-with-list-and-first-pblock":
        return (
          this.refusedList(invocation, request.methods) ??
          this.firstIn(invocation, request.methods, true, request.block)
        );
    }
  }

  private respond(invocation: Invocation, answer: ActionAnswer): Uint8Array {
    const bytes = new ByteWriter();
    writeActionAnswer(bytes, answer);
    return this.send(invocation, 1, bytes.finish());
  }

  private respondWithList(invocation: Invocation, answers: readonly ActionAnswer[]): Uint8Array {
    const bytes = new ByteWriter();
    bytes.writeLength(answers.length);
    for (const answer of answers) writeActionAnswer(bytes, answer);
    return this.send(invocation, 3, bytes.finish());
  }

  private send(invocation: Invocation, choice: number, bytes: Uint8Array): Uint8Array {
    const length = responseHeader + bytes.length;
    const { channel } = this.access;
    if (length > channel.room && usesServiceBlocks(this.access, "block-transfer-with-action")) {
      this.outgoing = new OutgoingBlocks(bytes, channel.room - blockOverhead);
      return encodeApdu({ type: "action-response-with-pblock", invocation, block: this.outgoing.next() });
    }
    const response = beginResponse(serviceTags["action-response"].plain, choice, invocation, length);
    response.write(bytes);
    return response.finish();
  }

  private nextOut(invocation: Invocation, received: number): Uint8Array {
    const { outgoing } = this;
    if (outgoing === undefined || outgoing.finished) {
      return this.end(invocation, actionResults["no-long-action-in-progress"]);
    }
    if (received !== outgoing.number) return this.end(invocation, actionResults["long-action-aborted"]);
    return encodeApdu({ type: "action-response-with-pblock", invocation, block: outgoing.next() });
  }

  private firstIn(
    invocation: Invocation,
    methods: readonly MethodDescriptor[],
    list: boolean,
    block: DataBlock,
  ): Uint8Array {
    if (!this.access.conformance.has("block-transfer-with-action")) return encodeApdu(notSupported);
    this.incoming = { methods, list, joined: new JoinedBlocks(sessionLimits.maxRequestSize) };
    return this.nextIn(invocation, block);
  }

  private nextIn(invocation: Invocation, { number, raw, last }: DataBlock): Uint8Array {
    const { incoming } = this;
    if (incoming === undefined) return this.end(invocation, actionResults["no-long-action-in-progress"]);
    try {
      incoming.joined.append(number, raw);
      if (!last) return encodeApdu({ type: "action-response-next-pblock", invocation, block: number });
      return this.finish(invocation, incoming);
    } catch (error) {
      if (!(error instanceof DlmsError)) throw error;
      return this.end(invocation, resultOf(error));
    }
  }

  private finish(invocation: Invocation, { methods, list, joined }: LongAction): Uint8Array {
    this.incoming = undefined;
    const bytes = joined.bytes();
    if (list) return this.respondWithList(invocation, this.callAll(methods, dataListFromBytes(bytes)));
    return this.respond(invocation, this.call(methods[0]!, dataFromBytes(bytes)));
  }

  private end(invocation: Invocation, result: number): Uint8Array {
    this.incoming = undefined;
    this.outgoing = undefined;
    return encodeApdu({ type: "action-response-normal", invocation, response: { result } });
  }

  private refusedList(invocation: Invocation, methods: readonly MethodDescriptor[]): Uint8Array | undefined {
    const refusal = listRefusal(this.access, methods.length, () => ({
      type: "action-response-normal",
      invocation,
      response: { result: actionResults["other-reason"] },
    }));
    return refusal && encodeApdu(refusal);
  }

  /** In a list every method has a parameter; null-data stands for none. */
  private callAll(methods: readonly MethodDescriptor[], parameters: readonly Data[]): ActionAnswer[] {
    return methods.map((method, index) => {
      const parameter = parameters[index];
      return this.call(method, parameter?.type === "null-data" ? undefined : parameter);
    });
  }

  private call(method: MethodDescriptor, parameter: Data | undefined): ActionAnswer {
    const { device, association } = this.access;
    return device.action(method, parameter, association);
  }
}

interface LongAction {
  readonly methods: readonly MethodDescriptor[];
  readonly list: boolean;
  readonly joined: JoinedBlocks;
}

function resultOf({ code }: DlmsError): number {
  const numbering = code === "block_number_unexpected" || code === "blocks_too_long";
  return numbering ? actionResults["long-action-aborted"] : actionResults["type-unmatched"];
}

/** Tag, choice and invocation. */
const responseHeader = 3;
