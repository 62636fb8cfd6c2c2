/** A gateway set up wrongly: what it should pass through it converts, or the other way round. Requests still reach the meter. */
import { encodeRtuFrame, encodeTcpFrame, type FramingName, type ModbusServer } from "@anymeter/modbus";
import type { Session } from "@anymeter/sans-io";

export class WrongFraming implements Session {
  readonly #server: ModbusServer;
  readonly #framing: FramingName;

  /** @param framing that of the server, in which answers do not arrive */
  constructor(server: ModbusServer, framing: FramingName) {
    this.#server = server;
    this.#framing = framing;
  }

  get patience(): number | undefined {
    return this.#server.patience;
  }

  get finished(): boolean {
    return this.#server.finished;
  }

  receive(bytes: Uint8Array): void {
    this.#server.receive(bytes);
  }

  timedOut(): void {
    this.#server.timedOut();
  }

  connectionLost(): void {
    this.#server.connectionLost();
  }

  takeOutput(): Uint8Array | undefined {
    const frame = this.#server.takeOutput();
    if (!frame) return undefined;
    if (this.#framing === "tcp") return encodeRtuFrame({ unit: frame[6]!, pdu: frame.subarray(7) });
    return encodeTcpFrame({ transactionId: 0, unit: frame[0]!, pdu: frame.subarray(1, -2) });
  }
}
