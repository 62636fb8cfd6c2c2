/** A request of the client's owner from the day it is asked to its one outcome: a list of results, filled bit by bit. */
import type { ActionResult, GetDataResult, Invocation, SelectedAttribute } from "../../xdlms/apdu.ts";
import type { ConformanceBit } from "../../xdlms/conformance.ts";
import type { ClientEvent, RequestId } from "../events.ts";
import type { Assignment, MethodCall } from "../requests.ts";
import { actionExchange } from "./action.ts";
import type { Exchange, ExchangeLimits } from "./exchange.ts";
import { getExchange } from "./get.ts";
import { setExchange } from "./set.ts";

export interface OpenRequest {
  readonly id: RequestId;
  readonly service: "get" | "set" | "action";
  /** What the association must have agreed to. */
  readonly needs: ReadonlySet<ConformanceBit>;
  /** True when every element has its result. */
  readonly complete: boolean;
  /** The exchange for the elements that have no result yet, as many as the limits allow. */
  exchange(invocation: Invocation, limits: ExchangeLimits): Exchange<unknown>;
  take(results: readonly unknown[]): void;
  response(): ClientEvent;
}

export function openGet(id: RequestId, attributes: readonly SelectedAttribute[]): OpenRequest {
  const needs = new Set<ConformanceBit>(["get"]);
  for (const { attribute, selection } of attributes) {
    if (attribute === 0) needs.add("attribute0-with-get");
    if (selection !== undefined) needs.add("selective-access");
  }
  return new Request<SelectedAttribute, GetDataResult>(id, "get", needs, attributes, getExchange, (results) => ({
    type: "response",
    service: "get",
    id,
    results,
  }));
}

export function openSet(id: RequestId, assignments: readonly Assignment[]): OpenRequest {
  const needs = new Set<ConformanceBit>(["set"]);
  for (const { attribute } of assignments) {
    if (attribute.attribute === 0) needs.add("attribute0-with-set");
    if (attribute.selection !== undefined) needs.add("selective-access");
  }
  return new Request<Assignment, number>(id, "set", needs, assignments, setExchange, (results) => ({
    type: "response",
    service: "set",
    id,
    results,
  }));
}

export function openAction(id: RequestId, calls: readonly MethodCall[]): OpenRequest {
  const needs = new Set<ConformanceBit>(["action"]);
  return new Request<MethodCall, ActionResult>(id, "action", needs, calls, actionExchange, (results) => ({
    type: "response",
    service: "action",
    id,
    results,
  }));
}

type Plan<Element, Result> = (
  elements: readonly Element[],
  start: number,
  invocation: Invocation,
  limits: ExchangeLimits,
) => Exchange<Result>;

class Request<Element, Result> implements OpenRequest {
  readonly id: RequestId;
  readonly service: OpenRequest["service"];
  readonly needs: ReadonlySet<ConformanceBit>;
  private readonly elements: readonly Element[];
  private readonly results: Result[] = [];
  private readonly plan: Plan<Element, Result>;
  private readonly outcome: (results: Result[]) => ClientEvent;

  constructor(
    id: RequestId,
    service: OpenRequest["service"],
    needs: ReadonlySet<ConformanceBit>,
    elements: readonly Element[],
    plan: Plan<Element, Result>,
    outcome: (results: Result[]) => ClientEvent,
  ) {
    this.id = id;
    this.service = service;
    this.needs = needs;
    this.elements = elements;
    this.plan = plan;
    this.outcome = outcome;
  }

  get complete(): boolean {
    return this.results.length >= this.elements.length;
  }

  exchange(invocation: Invocation, limits: ExchangeLimits): Exchange<Result> {
    return this.plan(this.elements, this.results.length, invocation, limits);
  }

  take(results: readonly unknown[]): void {
    for (const result of results) this.results.push(result as Result);
  }

  response(): ClientEvent {
    return this.outcome(this.results);
  }
}
