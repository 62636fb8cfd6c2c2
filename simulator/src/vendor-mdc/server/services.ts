/** What the MDC answers to each service: who may ask, and its tables. Orders are in `transaction-services.ts`. */
import {
  parseRequest,
  readHeaders,
  type ServiceName,
  services,
  type UdilRequest,
  type UdilTable,
} from "@anymeter/udil";
import { spoiledTexts } from "../collection/spoiled-rows.ts";
import type { VendorMeter } from "../meters/vendor-meter.ts";
import { type Answer, type AnswerList, acceptance, refusalAnswer, summary } from "./answer.ts";
import { PrivateKeys } from "./private-keys.ts";
import type { ServiceWorld } from "./service-world.ts";
import { TransactionServices } from "./transaction-services.ts";

export interface ServiceCall {
  readonly service: ServiceName;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

export class Services {
  readonly #world: ServiceWorld;
  readonly #keys: PrivateKeys;
  readonly #transactions: TransactionServices;

  constructor(world: ServiceWorld) {
    this.#world = world;
    this.#keys = new PrivateKeys(world.habits);
    this.#transactions = new TransactionServices(world);
  }

  async answer(call: ServiceCall): Promise<Answer> {
    this.#world.advance();
    const { service, headers } = call;
    if (service === "authorization_service") return this.#authorize(headers);
    const now = this.#world.clock.now();
    let request: UdilRequest;
    try {
      request = this.#parse(call);
    } catch (error) {
      const { privatekey, transactionId } = readHeaders(headers);
      if (!this.#keys.use(privatekey, now)) return unauthorized;
      return refusalAnswer(400, (error as Error).message, transactionId);
    }
    if (!this.#keys.use(request.privatekey, now)) return unauthorized;
    const { strictRequests } = this.#world.habits.current;
    if (strictRequests && request.notes.length > 0) return refusalAnswer(400, request.notes.join("; "));
    const answer = this.#dispatch(request);
    this.#world.commit();
    return answer;
  }

  #parse({ service, headers, body }: ServiceCall): UdilRequest {
    const { zone, version } = this.#world;
    const found = headers["content-type"];
    const contentType = Array.isArray(found) ? found[0] : found;
    return parseRequest({ service, headers, body, contentType, zone, version });
  }

  #dispatch(request: UdilRequest): Answer | Promise<Answer> {
    switch (services[request.service].kind) {
      case "read":
        return this.#read(request, services[request.service].table!);
      case "status":
        return this.#transactions.status(request);
      case "cancel":
        return this.#transactions.cancel(request);
      default:
        return this.#transactions.order(request);
    }
  }

  #authorize(headers: ServiceCall["headers"]): Answer {
    const { credentials } = readHeaders(headers);
    const { username, password, code } = this.#world.credentials;
    const known = credentials?.username === username && credentials.password === password && credentials.code === code;
    if (!known) return refusalAnswer(401, "username, password or code is wrong");
    const privatekey = this.#keys.make(this.#world.clock.now());
    return acceptance(
      ["privatekey", privatekey],
      ["message", "You are authenticated successfully. Private key will be valid for 30 Minutes"],
    );
  }

  #read({ ids, start, end }: UdilRequest, table: UdilTable): Answer {
    const { collector, habits, visuals } = this.#world;
    const { meters, refused } = this.#metersOf(ids);
    const form = collector.form(table);
    const by = habits.current.filtersByMeterTime ? "meter_datetime" : "db_datetime";
    const records =
      table === "VISL"
        ? [...meters].map(visuals)
        : spoiledTexts(collector.tables.select(table, { meters, from: start, to: end, by }), form, habits);
    const message = refused.length === 0 ? `${form.name} of ${meters.size} devices` : summary(refused);
    const data: AnswerList = { names: form.names, records, repeatedInXml: this.#world.version !== "v1" };
    return acceptance(["message", message], ["data", data]);
  }

  /** An inactive meter is neither read nor served. */
  #metersOf(ids: readonly string[]): { meters: Set<VendorMeter>; refused: string[] } {
    const meters = new Set<VendorMeter>();
    const refused: string[] = [];
    for (const id of ids) {
      const meter = this.#world.devices().get(id);
      if (meter?.isRead) meters.add(meter);
      else refused.push(meter === undefined ? `${id} is not known` : `${id} is inactive`);
    }
    return { meters, refused };
  }
}

const unauthorized = refusalAnswer(401, "privatekey is missing, unknown or no longer valid");
