/** Services that order, ask how far an order has come, and cancel: section 3.4 and 3.5. */
import { createHash } from "node:crypto";
import { type DeviceIdentity, services, type UdilRequest } from "@anymeter/udil";
import { deviceMetadata } from "../meters/device-metadata.ts";
import { refusal } from "../meters/obey.ts";
import type { Order } from "../meters/orders.ts";
import type { VendorMeter } from "../meters/vendor-meter.ts";
import { statusList } from "../transactions/status-rows.ts";
import type { Transaction } from "../transactions/transaction.ts";
import type { NewDevice } from "../transactions/transactions.ts";
import { type Answer, type AnswerList, acceptance, refusalAnswer, summary } from "./answer.ts";
import type { ServiceWorld } from "./service-world.ts";

export class TransactionServices {
  readonly #world: ServiceWorld;

  constructor(world: ServiceWorld) {
    this.#world = world;
  }

  order(request: UdilRequest): Answer | Promise<Answer> {
    const { transactions, habits, clock, version } = this.#world;
    const [id = ""] = request.transactionIds;
    const digest = digestOf(request);
    const known = transactions.find(id);
    if (known !== undefined) {
      if (known.digest !== digest || habits.current.refusesRepeatedTransactions)
        return refusalAnswer(400, `transaction ${id} has been used before`, id);
      return this.#firstAnswer(known);
    }
    if (transactions.isFull(request.ids.length))
      return refusalAnswer(503, "too many orders are under way: send it again later", id);
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
      if (order?.name === "device_creation" && state === "succeeded") this.#world.created(meter!);
    }
    return this.#firstAnswer(transaction);
  }

  status({ transactionIds }: UdilRequest): Answer {
    const { transactions, collector, version, localTime, habits } = this.#world;
    const found = transactionIds.map((id) => transactions.find(id)).filter((one) => one !== undefined);
    const [first = ""] = transactionIds;
    if (found.length === 0) {
      const httpStatus = habits.current.unknownTransactionIs404 ? 404 : 200;
      return refusalAnswer(httpStatus, `transaction ${first} is not known`, first);
    }
    const columns = collector.form("TRANSACTION_STATUS").names;
    const data = statusList(found, columns, { version, localTime, habits: habits.current });
    const message = `status of ${found.length} of ${transactionIds.length} transactions`;
    return acceptance(["transactionid", first], ["data", data], ["message", message]);
  }

  cancel({ transactionIds, ids }: UdilRequest): Answer {
    const { transactions, clock, devices } = this.#world;
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
      const remark = problem === undefined ? undefined : `${globalDeviceId} cannot be cancelled: ${problem}`;
      return { globalDeviceId, msn: device.msn, remark };
    });
    return this.#deviceAnswer(id, outcomes, "cancelled for devices with indv_status 1");
  }

  /** The same whenever it is asked for: what was refused stays refused, whatever becomes of the others. */
  #firstAnswer(transaction: Transaction): Answer | Promise<Answer> {
    if (synchronous.has(transaction.service)) return this.#readNow(transaction);
    const outcomes = transaction.devices.map(({ globalDeviceId, msn, state, remark }) => ({
      ...{ globalDeviceId, msn },
      remark: state === "refused" ? remark : undefined,
    }));
    return this.#deviceAnswer(
      transaction.id,
      outcomes,
      `${transaction.service} accepted for devices with indv_status 1`,
    );
  }

  /** v3: on-demand reads answer with their rows, unless that takes more than three minutes. */
  async #readNow(transaction: Transaction): Promise<Answer> {
    const { transactions, clock } = this.#world;
    let stop = () => {};
    const tooLong = new Promise<void>((resolve) => {
      stop = clock.after(longestOnDemandRead, resolve);
    });
    await Promise.race([transactions.ended(transaction), tooLong]);
    stop();
    const { state, result, remark } = transaction.devices[0]!;
    if (state === "open")
      return refusalAnswer(200, "time-out: the result will be in transaction_status", transaction.id);
    if (result === undefined) return refusalAnswer(200, remark, transaction.id);
    const data = { ...result, repeatedInXml: true };
    return acceptance(["transactionid", transaction.id], ["data", data], ["message", "data successfully sent"]);
  }

  #devicesOf(request: UdilRequest): NewDevice[] {
    const { devices, made } = this.#world;
    const { identities = [] } = request;
    const serials = new Map(identities.map(({ dsn, global_device_id }) => [global_device_id, dsn]));
    const ambiguous = ambiguities(identities);
    const wish = orderOf(request);
    return request.ids.map((globalDeviceId): NewDevice => {
      const serial = serials.get(globalDeviceId);
      const meter = serial === undefined ? devices().get(globalDeviceId) : made.get(serial);
      const known = { globalDeviceId, msn: meter?.msn ?? serial ?? "" };
      if (meter === undefined) {
        const remark = serial === undefined ? `${globalDeviceId} is not known` : `there is no meter ${serial}`;
        return { ...known, meter, order: undefined, remark };
      }
      const remark =
        "problem" in wish
          ? wish.problem
          : (ambiguous.get(globalDeviceId) ?? this.#refusal(meter, wish.order, globalDeviceId));
      if (remark !== undefined || "problem" in wish) return { ...known, meter, order: undefined, remark: remark ?? "" };
      return { ...known, meter, order: wish.order, remark: "" };
    });
  }

  #refusal(meter: VendorMeter, order: Order, globalDeviceId: string): string | undefined {
    const { version, habits, devices } = this.#world;
    if (order.name === "device_creation") {
      const other = devices().get(globalDeviceId);
      if (other !== undefined && other !== meter) return `${globalDeviceId} is the id of meter ${other.msn}`;
      // 3.3: one time only; before, it may be repeated as an update.
      if (version === "v3.3" && meter.state.inService) return `meter ${meter.msn} has been created before`;
    }
    if (order.name === "meter_data_sampling" && version === "v1" && !habits.current.longSampling)
      if (order.parameters.sampling_interval > 59) return "sampling_interval must be from 1 to 59 minutes";
    return refusal(meter, order);
  }

  #deviceAnswer(id: string, outcomes: readonly DeviceOutcome[], message: string): Answer {
    const remarks = outcomes.flatMap(({ remark }) => remark ?? []);
    const names = ["global_device_id", "msn", "indv_status", "remarks"];
    const records = outcomes.map(({ globalDeviceId, msn, remark }) => [
      ...[globalDeviceId, msn, remark === undefined ? "1" : "0", remark ?? ""],
    ]);
    // v1 has no remarks: its reasons stand in the message.
    const columns = this.#world.version === "v1" ? 3 : 4;
    const data: AnswerList = {
      names: names.slice(0, columns),
      records: records.map((record) => record.slice(0, columns)),
    };
    const whole = remarks.length === 0 ? message : `${message}; ${summary(remarks)}`;
    return acceptance(["transactionid", id], ["data", data], ["message", whole]);
  }
}

interface DeviceOutcome {
  readonly globalDeviceId: string;
  readonly msn: string;
  /** Why not; undefined = accepted. */
  readonly remark: string | undefined;
}

/** What a request orders. Services that only v3 has are no commands of the library; their fields are read here. */
function orderOf({ service, command, fields }: UdilRequest): { order: Order } | { problem: string } {
  const type = (fields.type ?? "").trim().toUpperCase();
  if (service === "on_demand_parameter_read") return { order: { name: service, parameters: { type } } };
  if (service === "update_device_metadata") {
    const parameters = deviceMetadata(fields);
    return typeof parameters === "string" ? { problem: parameters } : { order: { name: service, parameters } };
  }
  if (command === undefined) return { problem: `${service} orders nothing` };
  return "problem" in command ? command : { order: command };
}

/** Ids of devices to be created that contradict others of their request, with what is wrong. */
function ambiguities(identities: readonly DeviceIdentity[]): ReadonlyMap<string, string> {
  const problems = new Map<string, string>();
  for (const [dsn, same] of Map.groupBy(identities, (identity) => identity.dsn)) {
    const ids = new Set(same.map(({ global_device_id }) => global_device_id));
    if (ids.size > 1) for (const id of ids) problems.set(id, `meter ${dsn} is given several ids`);
  }
  for (const [id, same] of Map.groupBy(identities, (identity) => identity.global_device_id))
    if (new Set(same.map(({ dsn }) => dsn)).size > 1) problems.set(id, `${id} is given to several meters`);
  return problems;
}

/** What makes another request the same one. */
function digestOf({ service, ids, identities, fields }: UdilRequest): string {
  return createHash("sha256")
    .update(JSON.stringify([service, ids, identities, fields]))
    .digest("base64url");
}

const synchronous: ReadonlySet<string> = new Set(["on_demand_data_read", "on_demand_parameter_read"]);
const longestOnDemandRead = 180_000;
