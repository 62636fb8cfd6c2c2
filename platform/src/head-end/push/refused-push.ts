import type { PushRefusal } from "./unknown-pushers.ts";

/** A push that is turned away. */
export class RefusedPush extends Error {
  readonly reason: PushRefusal;
  readonly detail: string | undefined;

  constructor(reason: PushRefusal, detail?: string) {
    super(detail ?? reason);
    this.reason = reason;
    this.detail = detail;
  }
}
