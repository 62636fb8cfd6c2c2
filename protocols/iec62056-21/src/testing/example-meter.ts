/** A meter for tests: a readout, registers, a clock behind a password, a load profile in blocks. */
import type { Command } from "../message/command.ts";
import type { ServerAnswer, ServerDevice, ServerDialogue } from "../session/server-device.ts";

export const exampleReadout =
  "F.F(00)\r\n0.0.0(87654321)\r\n1.8.0(000123.45*kWh)\r\n1.8.0*03(000100.00*kWh)(2601010000)\r\n";

export const examplePassword = "12345678";

export const profileBlocks = [
  "P.01(0260105001500)(00)(15)(1)(1.5)(kW)\r\n(0.001)\r\n",
  "(0.002)\r\n(0.003)\r\n",
  "(0.004)\r\n",
];

export class ExampleMeter implements ServerDevice {
  readonly identification = { manufacturer: "ANY", baudCharacter: "5", model: "Example" };
  readonly address = "87654321";
  /** Commands obeyed, in order. */
  readonly obeyed: string[] = [];
  readonly registers = new Map([
    ["1.8.0", "000123.45*kWh"],
    ["2.8.0", "000001.00*kWh"],
    ["0.9.1", "101415"],
  ]);

  readout(): string {
    return exampleReadout;
  }

  operand(): string {
    return "(00112233)";
  }

  command({ command, data = "" }: Command, dialogue: ServerDialogue): ServerAnswer {
    this.obeyed.push(`${command} ${data}`);
    const [, address = "", value = ""] = /^(.*?)\((.*)\)$/.exec(data) ?? [];
    switch (command) {
      case "P1":
        return this.#unlock(value === examplePassword, dialogue);
      case "P2":
        return this.#unlock(value === reversed(dialogue.operand), dialogue);
      case "R5":
        return this.#read(address);
      case "W5":
      case "E2":
        return dialogue.unlocked ? this.#write(address, value) : { type: "data", texts: ["(ER06)"] };
      default:
        return { type: "refuse" };
    }
  }

  #unlock(fits: boolean, dialogue: ServerDialogue): ServerAnswer {
    dialogue.unlocked = fits;
    return { type: fits ? "acknowledge" : "refuse" };
  }

  #read(address: string): ServerAnswer {
    if (address === "P.01") return { type: "data", texts: profileBlocks };
    const value = this.registers.get(address);
    return { type: "data", texts: [value === undefined ? `${address}(ERROR)` : `${address}(${value})`] };
  }

  #write(address: string, value: string): ServerAnswer {
    this.registers.set(address, value);
    return { type: "acknowledge" };
  }
}

/** The example's secure algorithm: the operand "(00112233)" backwards, without its brackets. */
export function reversed(operand: string): string {
  return [...operand.replace(/[()]/g, "")].reverse().join("");
}
