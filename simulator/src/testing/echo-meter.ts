/** The smallest meter that fits the mould: answers a line of text with its serial number. Tests of the mould use it. */
import type { Session } from "@anymeter/sans-io";
import { FaultSwitches, yesOrNo } from "../meters/faults.ts";
import type {
  MeterMemoryCell,
  MeterRegistration,
  SimulatedMeter,
  SimulatedMeterOptions,
} from "../meters/simulated-meter.ts";

/** `deaf`: does not answer. */
type EchoFaults = { readonly deaf?: boolean | undefined };

export function makeEchoMeter(options: SimulatedMeterOptions): EchoMeter {
  return new EchoMeter(options);
}

export class EchoMeter implements SimulatedMeter {
  readonly protocol = "modbus";
  readonly timezone = "UTC";
  readonly identity;
  readonly registration: MeterRegistration;
  readonly faults = new FaultSwitches<EchoFaults>();
  readonly ownFaults = { deaf: yesOrNo };
  readonly options: SimulatedMeterOptions;
  readonly state: { reboots: number };
  readonly #memory: MeterMemoryCell;

  constructor(options: SimulatedMeterOptions) {
    const serial = `ECH${String(options.number).padStart(6, "0")}`;
    this.options = options;
    this.#memory = options.memory(serial);
    this.state = this.#memory.state({ reboots: 0 });
    this.identity = { serial, make: "Echo", model: options.model, firmware: "1.0" };
    this.registration = {
      settings: { framing: "tcp" },
      ownSettings: { unit: options.position + 1 },
      secrets: { iec62056_21_password: "00000001" },
      series: [{ name: "echo", unit: "", description: "What was said" }],
      description: "Echo",
      reading: {
        group: "Echo meters",
        tasks: [
          {
            ...{ name: "Echo", description: "Says something.", schedule: "hourly", run_offset_seconds: 0 },
            ...{ task_call: "read_registers", task_kwargs: { series: ["echo"] } },
            first: { task_call: "read_registers", task_kwargs: { series: ["echo", "past"] } },
          },
        ],
      },
    };
  }

  get clockTime(): number {
    return this.options.now();
  }

  logPower(event: "power-down" | "power-up"): void {
    if (event === "power-up") this.state.reboots++;
    this.#memory.remember("now");
  }

  newSession(onLine: readonly SimulatedMeter[]): Session {
    return new EchoSession(onLine.filter((meter) => meter instanceof EchoMeter));
  }
}

/** "2\n" is answered by the meter at position 2. After 30 ms of silence the session says "?" and is over. */
class EchoSession implements Session {
  readonly patience = 30;
  finished = false;
  readonly #meters: readonly EchoMeter[];
  readonly #output: Uint8Array[] = [Buffer.from("hello\n")];
  #text = "";

  constructor(meters: readonly EchoMeter[]) {
    this.#meters = meters;
  }

  receive(bytes: Uint8Array): void {
    this.#text += Buffer.from(bytes).toString("latin1");
    for (let end = this.#text.indexOf("\n"); end >= 0; end = this.#text.indexOf("\n")) {
      const meter = this.#meters[Number(this.#text.slice(0, end))];
      this.#text = this.#text.slice(end + 1);
      if (meter && !meter.faults.current.deaf) this.#output.push(Buffer.from(`${meter.identity.serial}\n`));
    }
  }

  takeOutput(): Uint8Array | undefined {
    return this.#output.shift();
  }

  timedOut(): void {
    this.#output.push(Buffer.from("?"));
    this.finished = true;
  }

  connectionLost(): void {
    this.finished = true;
  }
}
