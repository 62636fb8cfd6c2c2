/** The three services of an association in force. */
import type { ActionRequest, Apdu, GetRequest, SetRequest } from "../../xdlms/apdu.ts";
import { encodeApdu } from "../../xdlms/codec.ts";
import type { ServerAccess } from "./access.ts";
import { ActionService } from "./action.ts";
import { GetService } from "./get.ts";
import { SetService } from "./set.ts";

export class Services {
  private readonly get: GetService;
  private readonly set: SetService;
  private readonly action: ActionService;

  constructor(access: ServerAccess) {
    this.get = new GetService(access);
    this.set = new SetService(access);
    this.action = new ActionService(access);
  }

  /** The answer to a request, encoded; null to one that wants none, undefined to what is no request. */
  answer(apdu: Apdu): Uint8Array | null | undefined {
    switch (apdu.type) {
      case "get-request-normal":
      case "get-request-next":
      case "get-request-with-list":
        return this.get.answer(apdu);
      case "set-request-normal":
      case "set-request-first-datablock":
      case "set-request-datablock":
      case "set-request-with-list":
      case "set-request-with-list-first-datablock":
        return ifConfirmed(apdu, encodeApdu(this.set.answer(apdu)));
      case "action-request-normal":
      case "action-request-next-pblock":
      case "action-request-with-list":
      case "action-request-with-first-pblock":
      case "action-request-with-list-and-first-pblock":
      case "action-request-with-pblock":
        return ifConfirmed(apdu, this.action.answer(apdu));
      default:
        return undefined;
    }
  }
}

function ifConfirmed({ invocation }: GetRequest | SetRequest | ActionRequest, answer: Uint8Array): Uint8Array | null {
  return invocation.confirmed ? answer : null;
}
