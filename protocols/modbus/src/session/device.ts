/** What a server serves: the registers and coils of one unit. */
import type { ExceptionCode } from "../pdu/exceptions.ts";

export type BitTable = "coils" | "discrete-inputs";
export type RegisterTable = "holding-registers" | "input-registers";

/** A device refuses with the code of an exception; what it does not serve at all it leaves out. */
export interface ModbusDevice {
  /** Two bytes for each register, or a refusal. The quantity is within the protocol's limits. */
  readRegisters?(table: RegisterTable, address: number, quantity: number): Uint8Array | ExceptionCode;
  readBits?(table: BitTable, address: number, quantity: number): readonly boolean[] | ExceptionCode;
  writeRegisters?(address: number, registers: Uint8Array): ExceptionCode | undefined;
  writeCoils?(address: number, coils: readonly boolean[]): ExceptionCode | undefined;
  readonly identification?: {
    /** 1, 2 or 3; 129, 130 or 131 where single objects can be asked for. */
    readonly conformity: number;
    readonly objects: ReadonlyMap<number, Uint8Array>;
  };
}
