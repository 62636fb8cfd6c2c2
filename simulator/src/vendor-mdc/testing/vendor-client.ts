/** An MDC on a fake clock with a client that trusts its certificate. */
import { request } from "node:https";
import type { VendorMdcDescription, VendorMdcOptions } from "../options.ts";
import { startVendorMdc, type VendorMdc } from "../vendor-mdc.ts";
import { FakeClock } from "./fake-clock.ts";
import { monday } from "./meters.ts";

export interface VendorAnswer {
  readonly httpStatus: number;
  readonly contentType: string;
  readonly text: string;
  /** Parsed; undefined when it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: bodies of several shapes; the tests say what they expect.
  readonly json: any;
}

export class VendorClient {
  readonly description: VendorMdcDescription;
  privatekey = "";
  #transactions = 0;

  constructor(description: VendorMdcDescription) {
    this.description = description;
  }

  get ids(): string[] {
    return this.description.meters.map(({ global_device_id }) => global_device_id);
  }

  async authorize(): Promise<this> {
    const { username, password, code } = this.description;
    const headers = { username, password, code, accept: "application/json" };
    this.privatekey = (await this.post("authorization_service", {}, headers)).json.privatekey;
    return this;
  }

  /** A form with ids as JSON text. */
  service(service: string, ids: readonly string[], form: Record<string, string> = {}, headers = {}) {
    return this.post(service, { global_device_id: JSON.stringify(ids), ...form }, headers);
  }

  /** Orders with a transaction of its own. */
  async order(service: string, ids: readonly string[], form: Record<string, string> = {}) {
    const transactionid = `t${++this.#transactions}`;
    const timed = { request_datetime: "2026-03-02 05:00:00", ...form };
    return { transactionid, answer: await this.service(service, ids, timed, { transactionid }) };
  }

  // biome-ignore lint/suspicious/noExplicitAny: as the body has them.
  async status(transactionid: string): Promise<any[]> {
    return (await this.post("transaction_status", {}, { transactionid })).json.data;
  }

  post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<VendorAnswer> {
    const { url, certificate } = this.description;
    const options = {
      method: "POST",
      ca: certificate,
      headers: { privatekey: this.privatekey, "content-type": "application/x-www-form-urlencoded", ...headers },
    };
    return new Promise((resolve, reject) => {
      const sent = request(`${url}/${path}`, options, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.once("error", reject);
        response.once("end", () =>
          resolve({
            httpStatus: response.statusCode!,
            contentType: response.headers["content-type"] ?? "",
            text,
            json: parsed(text),
          }),
        );
      });
      sent.once("error", reject);
      sent.end(new URLSearchParams(form).toString());
    });
  }
}

export interface VendorScene {
  readonly clock: FakeClock;
  readonly vendor: VendorMdc;
  readonly client: VendorClient;
}

/** Three meters, two of them in service, at 05:00 in Pakistan on a Monday; commands take no time unless told otherwise. */
export async function startVendor(options: VendorMdcOptions = {}): Promise<VendorScene> {
  const clock = new FakeClock(monday);
  const vendor = await startVendorMdc({
    ...{ seed: 7, meters: 2, stock: 1, historyDays: 1, pace: 0, readDelay: [1_000, 2_000], clock },
    ...options,
  });
  return { clock, vendor, client: await new VendorClient(vendor.description).authorize() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
