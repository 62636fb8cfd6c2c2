/** What the MDC answers to each service of its version. */
import {
  fixedZone,
  parseRequest,
  readHeaders,
  type ServiceName,
  services,
  type UdilCommand,
  type UdilRequest,
  type UdilTable,
  type UdilVersion,
  type Zone,
} from "@anymeter/udil";
import type { Clock } from "../clock.ts";
import type { Collector } from "../collection/collector.ts";
import { spoiledTexts } from "../collection/spoiled-rows.ts";
import type { HabitSwitches } from "../habits/habit-switches.ts";
import type { LocalTime } from "../local-time.ts";
import { refusal } from "../meters/obey.ts";
import type { Order } from "../meters/orders.ts";
import type { VendorMeter } from "../meters/vendor-meter.ts";
import { statusList } from "../transactions/status-rows.ts";
import type { Transaction } from "../transactions/transaction.ts";
import type { NewDevice, Transactions } from "../transactions/transactions.ts";
import { type Answer, type AnswerList, refusalAnswer } from "./answer.ts";
import { PrivateKeys } from "./private-keys.ts";

export interface ServiceSettings {
  readonly version: UdilVersion;
  readonly credentials: { readonly username: string; readonly password: string; readonly code: string };
  readonly clock: Clock;
  readonly offsetMinutes: number;
  readonly localTime: LocalTime;
  readonly habits: HabitSwitches;
  readonly collector: Collector;
  readonly transactions: Transactions;
  /** Those the MDC knows by their global_device_id. */
  readonly devices: () => ReadonlyMap<string, VendorMeter>;
  /** All that were ever made, by serial number. */
  readonly made: ReadonlyMap<string, VendorMeter>;
  /** A device has a new id. */
  readonly created: (meter: VendorMeter) => void;
  readonly visuals: (meter: VendorMeter) => string[];
  /** Lets everything happen that is due. */
  readonly advance: () => void;
}

export interface ServiceCall {
  readonly service: ServiceName;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

export class Services {
  readonly #settings: ServiceSettings;
  readonly #keys: PrivateKeys;
  readonly #zone: Zone;
  /** First answers, for requests that come again. */
  readonly #answers = new WeakMap<Transaction, Answer>();

  constructor(settings: ServiceSettings) {
    this.#settings = settings;
    this.#keys = new PrivateKeys(settings.habits);
    this.#zone = fixedZone(settings.offsetMinutes);
  }

  async answer(call: ServiceCall): Promise<Answer> {
    this.#settings.advance();
    const { service, headers } = call;
    if (service === "authorization_service") return this.#authorize(headers);
    const now = this.#settings.clock.now();
    let request: UdilRequest;
    try {
      request = this.#parse(call);
    } catch (error) {
      const { privatekey, transactionId } = readHeaders(headers);
      if (!this.#keys.use(privatekey, now)) return unauthorized;
      return refusalAnswer(400, (error as Error).message, transactionId);
    }
    if (!this.#keys.use(request.privatekey, now)) return unauthorized;
    const { strictRequests } = this.#settings.habits.current;
    if (strictRequests && request.notes.length > 0) return refusalAnswer(400, request.notes.join("; "));
    return this.#dispatch(request);
  }

  #parse({ service, headers, body }: ServiceCall): UdilRequest {
    const contentType = headers["content-type"];
    return parseRequest({
      service,
      headers,
      body,
      contentType: Array.isArray(contentType) ? contentType[0] : contentType,
      zone: this.#zone,
      version: this.#settings.version,
    });
  }

  #dispatch(request: UdilRequest): Answer | Promise<Answer> {
    switch (services[request.service].kind) {
      case "read":
        return this.#read(request, services[request.service].table!);
      case "status":
        return this.#status(request);
      case "cancel":
        return this.#cancel(request);
      default:
        return this.#order(request);
    }
  }

  #authorize(headers: ServiceCall["headers"]): Answer {
    const { credentials } = readHeaders(headers);
    const { username, password, code } = this.#settings.credentials;
    const known = credentials?.username === username && credentials.password === password && credentials.code === code;
    if (!known) return refusalAnswer(401, "username, password or code is wrong");
    const privatekey = this.#keys.make(this.#settings.clock.now());
    return {
      httpStatus: 200,
      fields: [
        ["status", "1"],
        ["privatekey", privatekey],
        ["message", "You are authenticated successfully. Private key will be valid for 30 Minutes"],
      ],
    };
  }

  #read(request: UdilRequest, table: UdilTable): Answer {
    const { collector, habits, version } = this.#settings;
    const meters = new Set<VendorMeter>();
    const refused: string[] = [];
    for (const id of request.ids) {
      const meter = this.#settings.devices().get(id);
      if (meter?.active) meters.add(meter);
      else refused.push(meter === undefined ? `${id} is not known` : `${id} is inactive`);
    }
    const form = collector.form(table);
    const by = habits.current.filtersByMeterTime ? "meter_datetime" : "db_datetime";
    const records =
      table === "VISL"
        ? [...meters].map((meter) => this.#settings.visuals(meter))
        : spoiledTexts(
            collector.tables.select(table, { meters, from: request.start, to: request.end, by }),
            form,
            habits,
          );
    const message = refused.length === 0 ? `${form.name} of ${meters.size} devices` : summary(refused);
    const data: AnswerList = { names: form.names, records, repeatedInXml: version !== "v1" };
    return {
      httpStatus: 200,
      fields: [
        ["status", "1"],
        ["message", message],
        ["data", data],
      ],
    };
  }

  #status({ transactionIds }: UdilRequest): Answer {
    const { transactions, collector, version, localTime, habits } = this.#settings;
    const found = transactionIds.map((id) => transactions.find(id)).filter((one) => one !== undefined);
    const [first = ""] = transactionIds;
    if (found.length === 0) {
      const status = habits.current.unknownTransactionIs404 ? 404 : 200;
      return refusalAnswer(status, `transaction ${first} is not known`, first);
    }
    const columns = collector.form("TRANSACTION_STATUS").names;
    const data = statusList(found, columns, { version, localTime, habits: habits.current });
    return {
      httpStatus: 200,
      fields: [
        ["status", "1"],
        ["transactionid", first],
        ["data", data],
        ["message", `status of ${found.length} of ${transactionIds.length} transactions`],
      ],
    };
  }

  #cancel({ transactionIds, ids }: UdilRequest): Answer {
    const { transactions, clock, devices } = this.#settings;
    const [id = ""] = transactionIds;
    const transaction = transactions.find(id);
    if (transaction === undefined) return refusalAnswer(200, `transaction ${id} is not known`, id);
    const outcomes = ids.map((globalDeviceId): DeviceOutcome => {
      const device = transaction.devices.find((one) => one.globalDeviceId === globalDeviceId);
      if (device === undefined) {
        const msn = devices().get(globalDeviceId)?.msn ?? "";
        return { globalDeviceId, msn, remark: `${globalDeviceId} is not part of the transaction` };
      }
      const problem = transactions.cancel(transaction, device, clock.now());
      return {
        globalDeviceId,
        msn: device.msn,
        remark: problem && `${globalDeviceId} cannot be cancelled: ${problem}`,
      };
    });
    return this.#commandAnswer(id, outcomes, "cancelled for devices with indv_status 1");
  }

  #order(request: UdilRequest): Answer | Promise<Answer> {
    const { transactions, habits, clock, version } = this.#settings;
    const [id = ""] = request.transactionIds;
    const digest = JSON.stringify([request.service, request.ids, request.identities, request.fields]);
    const known = transactions.find(id);
    if (known !== undefined) {
      if (known.digest !== digest || habits.current.refusesRepeatedTransactions)
        return refusalAnswer(400, `transaction ${id} has been used before`, id);
      return this.#firstAnswer(known);
    }
    const transaction = transactions.submit(
      {
        id,
        service: services[request.service].paths[version] ?? request.service,
        parameters: JSON.stringify(request.fields),
        digest,
        receivedAt: clock.now(),
      },
      this.#devicesOf(request),
    );
    // What the MDC does alone is done when it is answered.
    transactions.advance(clock.now());
    for (const { meter, order, state } of transaction.devices) {
      if (order?.name === "device_creation" && state === "succeeded") this.#settings.created(meter!);
    }
    const answer = this.#commandAnswer(
      id,
      transaction.devices.map(({ globalDeviceId, msn, state, remark }) => ({
        globalDeviceId,
        msn,
        remark: state === "refused" ? remark : undefined,
      })),
      `${transaction.service} accepted for devices with indv_status 1`,
    );
    this.#answers.set(transaction, answer);
    return this.#firstAnswer(transaction);
  }

  #firstAnswer(transaction: Transaction): Answer | Promise<Answer> {
    const [device] = transaction.devices;
    const waits = device?.order?.name === "on_demand_parameter_read" || transaction.service === "on_demand_data_read";
    return waits ? this.#readNow(transaction) : this.#answers.get(transaction)!;
  }

  /** v3: on-demand reads answer with their rows, unless that takes more than three minutes. */
  async #readNow(transaction: Transaction): Promise<Answer> {
    const { transactions, clock } = this.#settings;
    let stop = () => {};
    const tooLong = new Promise<void>((resolve) => {
      stop = clock.after(longestOnDemandRead, resolve);
    });
    await Promise.race([transactions.ended(transaction), tooLong]);
    stop();
    const device = transaction.devices[0]!;
    if (device.state === "open")
      return refusalAnswer(200, "time-out: the result will be in transaction_status", transaction.id);
    if (device.result === undefined) return refusalAnswer(200, device.remark, transaction.id);
    return {
      httpStatus: 200,
      fields: [
        ["status", "1"],
        ["transactionid", transaction.id],
        ["data", { ...device.result, repeatedInXml: true }],
        ["message", "data successfully sent"],
      ],
    };
  }

  #devicesOf(request: UdilRequest): NewDevice[] {
    const serials = new Map(request.identities?.map(({ dsn, global_device_id }) => [global_device_id, dsn]));
    return request.ids.map((globalDeviceId): NewDevice => {
      const serial = serials.get(globalDeviceId);
      const meter =
        serial === undefined ? this.#settings.devices().get(globalDeviceId) : this.#settings.made.get(serial);
      const msn = meter?.msn ?? serial ?? "";
      if (meter === undefined) {
        const remark = serial === undefined ? `${globalDeviceId} is not known` : `there is no meter ${serial}`;
        return { globalDeviceId, msn, meter: undefined, order: undefined, remark };
      }
      const { order, problem } = this.#orderOf(request);
      const remark = problem ?? this.#refusal(meter, order!, globalDeviceId);
      if (remark !== undefined) return { globalDeviceId, msn, meter, order: undefined, remark };
      return { globalDeviceId, msn, meter, order, remark: "" };
    });
  }

  #orderOf({ service, command, fields }: UdilRequest): { order?: Order; problem?: string } {
    const type = (fields.type ?? "").trim().toUpperCase();
    if (service === "parameterization_cancellation" || service === "on_demand_parameter_read")
      return { order: { name: service, parameters: { type } } };
    if (service === "update_device_metadata") {
      const number = (name: string) => Number(fields[name]);
      return {
        order: {
          name: service,
          parameters: {
            communication_mode: number("communication_mode"),
            bidirectional_device: number("bidirectional_device"),
            communication_type: number("communication_type"),
            communication_interval: number("communication_interval"),
            initial_communication_time: fields.initial_communication_time ?? "00:00:00",
          },
        },
      };
    }
    if (command === undefined || "problem" in command) return { problem: command?.problem ?? "not offered" };
    return { order: command };
  }

  #refusal(meter: VendorMeter, order: Order, globalDeviceId: string): string | undefined {
    const { version, habits, devices } = this.#settings;
    if (order.name === "device_creation") {
      const other = devices().get(globalDeviceId);
      if (other !== undefined && other !== meter) return `${globalDeviceId} is the id of meter ${other.msn}`;
      // 3.3: one time only; before, it may be repeated as an update.
      if (version === "v3.3" && devices().get(meter.globalDeviceId) === meter)
        return `meter ${meter.msn} has been created before`;
    }
    const interval = (order as UdilCommand).name === "meter_data_sampling" && order.parameters;
    if (version === "v1" && !habits.current.longSampling && interval && "sampling_interval" in interval)
      if (interval.sampling_interval > 59) return "sampling_interval must be from 1 to 59 minutes";
    return refusal(meter, order);
  }

  #commandAnswer(id: string, outcomes: readonly DeviceOutcome[], message: string): Answer {
    const { version } = this.#settings;
    const remarks = outcomes.flatMap(({ remark }) => remark ?? []);
    const withRemarks = version !== "v1";
    const data: AnswerList = {
      names: ["global_device_id", "msn", "indv_status", ...(withRemarks ? ["remarks"] : [])],
      records: outcomes.map(({ globalDeviceId, msn, remark }) => [
        globalDeviceId,
        msn,
        remark === undefined ? "1" : "0",
        ...(withRemarks ? [remark ?? ""] : []),
      ]),
    };
    return {
      httpStatus: 200,
      fields: [
        ["status", "1"],
        ["transactionid", id],
        ["data", data],
        ["message", remarks.length === 0 ? message : `${message}; ${summary(remarks)}`],
      ],
    };
  }
}

interface DeviceOutcome {
  readonly globalDeviceId: string;
  readonly msn: string;
  /** Why not; undefined = accepted. */
  readonly remark: string | undefined;
}

/** The first few of many sentences. */
function summary(sentences: readonly string[]): string {
  const more = sentences.length - mostSentences;
  return sentences.slice(0, mostSentences).join("; ") + (more > 0 ? `; and ${more} more` : "");
}

const unauthorized = refusalAnswer(401, "privatekey is missing, unknown or no longer valid");
const longestOnDemandRead = 180_000;
const mostSentences = 20;
