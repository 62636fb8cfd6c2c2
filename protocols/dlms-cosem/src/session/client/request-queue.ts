/**
 * The requests of a client, one in flight at a time: each is cut into exchanges that fit the meter's PDU size and lists,
 * and ends in one outcome. Answers are matched by invocation id; a meter that refuses lists is asked one by one.
 */
import { DlmsError, dlmsError } from "../../errors.ts";
import type { Apdu, Invocation } from "../../xdlms/apdu.ts";
import { encodeApdu } from "../../xdlms/codec.ts";
import type { Conformance } from "../../xdlms/conformance.ts";
import type { ApduChannel } from "../apdu-channel.ts";
import type { ClientEvent, NegotiatedContext } from "../events.ts";
import { exceptionReason, exceptionState } from "../refusals.ts";
import { type ClientSettings, type ListRefusal, sessionDefaults, sessionLimits } from "../settings.ts";
import type { Exchange, ExchangeLimits, Step } from "./exchange.ts";
import type { OpenRequest } from "./open-request.ts";

export class RequestQueue {
  private readonly settings: ClientSettings;
  private readonly channel: ApduChannel;
  private readonly report: (event: ClientEvent) => void;
  private readonly requests: OpenRequest[] = [];
  private negotiated: NegotiatedContext | undefined;
  private exchange: Exchange<unknown> | undefined;
  private invokeId = 0;
  private listsRefused = false;

  constructor(settings: ClientSettings, channel: ApduChannel, report: (event: ClientEvent) => void) {
    this.settings = settings;
    this.channel = channel;
    this.report = report;
  }

  get empty(): boolean {
    return this.requests.length === 0;
  }

  /** True while an answer is due. */
  get inFlight(): boolean {
    return this.exchange !== undefined;
  }

  get waitedFor(): string {
    const request = this.requests[0];
    return request === undefined ? "request" : `${request.service} request ${request.id}`;
  }

  add(request: OpenRequest): void {
    if (this.requests.length >= sessionLimits.maxQueuedRequests) {
      const error = dlmsError("request_queue_full", { limit: sessionLimits.maxQueuedRequests });
      this.report({ type: "request-failed", id: request.id, error });
      return;
    }
    this.requests.push(request);
  }

  /** The association stands: requests may flow. */
  start(negotiated: NegotiatedContext): void {
    this.negotiated = negotiated;
  }

  /** Sends the next request when none is in flight. Errors of our own making end that request alone. */
  proceed(): void {
    while (this.exchange === undefined && this.requests.length > 0 && this.negotiated !== undefined) {
      const request = this.requests[0]!;
      if (request.complete) {
        this.requests.shift();
        this.report(request.response());
      } else {
        this.begin(request, this.negotiated);
      }
    }
  }

  /** Takes an answer of the meter. Returns false when nobody waits for it. */
  answer(apdu: Apdu): boolean {
    if (this.exchange === undefined || !("invocation" in apdu) || apdu.invocation.invokeId !== this.invokeId)
      return false;
    this.attempt((exchange) => this.follow(exchange.answer(apdu)));
    return true;
  }

  /** The meter refuses what is in flight as a whole, or its answer is unusable: the list is given up, or the request. */
  refuse(error: DlmsError, how: ListRefusal): void {
    const request = this.requests[0];
    const exchange = this.exchange;
    if (request === undefined || exchange === undefined) return;
    if (exchange.count > 1 && this.fallsBack(request, how, error)) {
      this.listsRefused = true;
      this.exchange = undefined;
      return;
    }
    this.failFirst(error);
  }

  /** True when silence of the meter would only end a list, not the session. */
  get survivesSilence(): boolean {
    const fallback = this.settings.listFallback ?? sessionDefaults.listFallback;
    return this.requests[0]?.service === "get" && (this.exchange?.count ?? 1) > 1 && fallback.includes("silence");
  }

  /** The end: every request gets this error. */
  failAll(error: DlmsError): void {
    this.exchange = undefined;
    for (const { id } of this.requests.splice(0)) this.report({ type: "request-failed", id, error });
  }

  private begin(request: OpenRequest, { conformance }: NegotiatedContext): void {
    const missing = [...request.needs].filter((service) => !conformance.has(service));
    if (missing.length > 0) {
      this.failFirst(dlmsError("conformance_missing", { service: missing.join(", ") }));
      return;
    }
    this.channel.beginExchange();
    this.attempt(() => {
      this.exchange = request.exchange(this.nextInvocation(conformance), this.limitsFor(request.service, conformance));
      this.channel.send(encodeApdu(this.exchange.first));
    });
  }

  private follow(step: Step<unknown>): void {
    switch (step.type) {
      case "send":
        this.channel.beginExchange();
        this.channel.send(encodeApdu(step.apdu));
        return;
      case "done":
        if (this.isListRefusal(step.results)) {
          this.refuse(
            dlmsError("result_count_mismatch", { received: 1, expected: step.results.length }),
            "every-element",
          );
          return;
        }
        this.exchange = undefined;
        this.requests[0]?.take(step.results);
        return;
      case "list-refused":
        this.refuse(step.error, step.how);
        return;
    }
  }

  private attempt(step: (exchange: Exchange<unknown>) => void): void {
    try {
      step(this.exchange!);
    } catch (error) {
      if (!(error instanceof DlmsError)) throw error;
      if (this.exchange === undefined) this.failFirst(error);
      else this.refuse(error, "malformed");
    }
  }

  private failFirst(error: DlmsError): void {
    this.exchange = undefined;
    const request = this.requests.shift();
    if (request !== undefined) this.report({ type: "request-failed", id: request.id, error });
  }

  /** Reading twice harms nobody; writing and acting is repeated only when the meter said that it did not do it. */
  private fallsBack(request: OpenRequest, how: ListRefusal, error: DlmsError): boolean {
    if (error.fault === "caller") return false;
    const fallback = this.settings.listFallback ?? sessionDefaults.listFallback;
    if (!fallback.includes(how)) return false;
    return request.service === "get" || (how === "exception" && saysNotSupported(error));
  }

  private isListRefusal(results: readonly unknown[]): boolean {
    const fallback = this.settings.listFallback ?? sessionDefaults.listFallback;
    if (results.length < 2 || this.requests[0]?.service !== "get" || !fallback.includes("every-element")) return false;
    const errors = new Set(results.map((result) => (result as { readonly error?: number }).error));
    return errors.size === 1 && !errors.has(undefined);
  }

  private limitsFor(service: OpenRequest["service"], conformance: Conformance): ExchangeLimits {
    const { maxListSize = sessionDefaults.maxListSize, generalBlockTransfer } = this.settings;
    const generalPreferred = this.channel.generalBlocksAgreed && generalBlockTransfer?.preferred === true;
    const lists = conformance.has("multiple-references") && !this.listsRefused;
    return {
      maxApdu: this.channel.room,
      maxList: lists ? Math.max(1, maxListSize) : 1,
      blocks: conformance.has(`block-transfer-with-${service}`) && !generalPreferred,
      maxResponseSize: this.channel.maxJoinedSize,
    };
  }

  private nextInvocation(conformance: Conformance): Invocation {
    this.invokeId = (this.invokeId + 1) & 0x0f;
    return { invokeId: this.invokeId, confirmed: true, highPriority: conformance.has("priority-management") };
  }
}

function saysNotSupported({ code, details }: DlmsError): boolean {
  return (
    code === "service_refused" &&
    (details.state === exceptionState.serviceUnknown || details.serviceError === exceptionReason.serviceNotSupported)
  );
}
