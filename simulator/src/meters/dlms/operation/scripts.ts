/** The meter's scripts (script tables, class 9): what they say they do, and what is done. */
import { type Data, integer, type Script, type ScriptReference } from "@anymeter/dlms-cosem";
import { scriptTables } from "./factory.ts";
import type { Operator } from "./load-switch.ts";

/** Who runs a script: somebody through the meter, or the limiter on its own account. */
export type ScriptRunner = Extract<Operator, "remote" | "local">;

export interface MeterScript {
  readonly identifier: number;
  readonly action: Script["actions"][number];
  readonly run: (at: number, by: ScriptRunner) => void;
}

export class Scripts {
  readonly tables: ReadonlyMap<string, readonly MeterScript[]>;

  constructor(tables: Readonly<Record<string, readonly MeterScript[]>>) {
    this.tables = new Map(Object.entries(tables));
  }

  has(reference: ScriptReference): boolean {
    return this.#find(reference) !== undefined;
  }

  /** Runs a script; one that is not there does nothing. @returns whether it is there */
  run(reference: ScriptReference, at: number, by: ScriptRunner): boolean {
    const script = this.#find(reference);
    script?.run(at, by);
    return script !== undefined;
  }

  #find({ scriptLogicalName, scriptSelector }: ScriptReference): MeterScript | undefined {
    return this.tables.get(scriptLogicalName)?.find(({ identifier }) => identifier === scriptSelector);
  }
}

export function methodAction(classId: number, logicalName: string, method: number, parameter: Data = integer(0)) {
  return { serviceId: executeMethod, classId, logicalName, index: method, parameter };
}

export function writeAction(classId: number, logicalName: string, attribute: number, parameter: Data) {
  return { serviceId: writeAttribute, classId, logicalName, index: attribute, parameter };
}

/** Whether a reference is to the script that opens the switch, or closes it. */
export function isDisconnectorScript(reference: ScriptReference, which: "open" | "close"): boolean {
  const { scriptLogicalName, scriptSelector } = reference;
  const inTable = scriptLogicalName === scriptTables.disconnector || scriptLogicalName === scriptTables.all;
  return inTable && scriptSelector === (which === "open" ? 1 : 2);
}

const writeAttribute = 1;
const executeMethod = 2;
