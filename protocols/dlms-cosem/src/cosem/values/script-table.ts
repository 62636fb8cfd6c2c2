/** Script table (class 9; Blue Book, clause 4.5.2), and how other objects name one of its scripts. */
import type { Data } from "../../data/data.ts";
import { any, arrayOf, enumerated, integer, logicalName, longUnsigned, structureOf, valuesOf } from "./value-codec.ts";

/** One script of a table. */
export interface ScriptReference {
  /** Logical name of the script table. */
  readonly scriptLogicalName: string;
  /** Identifier of the script; 0 = none. */
  readonly scriptSelector: number;
}

export interface Script {
  /** 1 and more. */
  readonly scriptIdentifier: number;
  readonly actions: readonly ScriptAction[];
}

export interface ScriptAction {
  /** 1 write attribute, 2 execute method. */
  readonly serviceId: number;
  readonly classId: number;
  readonly logicalName: string;
  /** Of the attribute or method. */
  readonly index: number;
  readonly parameter: Data;
}

/** An attribute of an object, as limiters and register monitors name what they watch. */
export interface ValueReference {
  readonly classId: number;
  readonly logicalName: string;
  readonly attributeIndex: number;
}

export const scriptReference = structureOf<ScriptReference>({
  scriptLogicalName: logicalName,
  scriptSelector: longUnsigned,
});

export const valueReference = structureOf<ValueReference>({
  classId: longUnsigned,
  logicalName,
  attributeIndex: integer,
});

const scriptAction = structureOf<ScriptAction>({
  serviceId: enumerated,
  classId: longUnsigned,
  logicalName,
  index: integer,
  parameter: any,
});

export const scriptTableValues = valuesOf({
  scripts: arrayOf(structureOf<Script>({ scriptIdentifier: longUnsigned, actions: arrayOf(scriptAction) })),
  /** Method 1: the identifier. */
  execute: longUnsigned,
});
