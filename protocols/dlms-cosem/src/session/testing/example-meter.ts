/** A small meter for the tests of this folder: a clock, two registers, a profile, and an object that takes anything. */

import { Random } from "@anymeter/sans-io/testing";
import { dataToBytes } from "../../data/codec.ts";
import type { Data } from "../../data/data.ts";
import type { LinkSettings } from "../../framing/link.ts";
import { countFrom } from "../../security/invocation-counter.ts";
import type { MethodDescriptor, SelectedAttribute } from "../../xdlms/apdu.ts";
import type {
  ActionAnswer,
  GetAnswer,
  ServerAssociation,
  ServerDevice,
  ServerHabits,
  ServerSecurity,
} from "../device.ts";
import { defaultConformance } from "../settings.ts";

export const meterSystemTitle = Uint8Array.from([0x41, 0x4e, 0x59, 1, 2, 3, 4, 5]);
export const clientSystemTitle = Uint8Array.from([0x43, 0x4c, 0x49, 0, 0, 0, 0, 1]);

export const clock: SelectedAttribute = { classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2 };
export const energy: SelectedAttribute = { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2 };
export const energyUnit: SelectedAttribute = { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 3 };
export const profile: SelectedAttribute = { classId: 7, logicalName: "1.0.99.1.0.255", attribute: 2 };
export const unknownObject: SelectedAttribute = { classId: 1, logicalName: "9.9.9.9.9.9", attribute: 2 };
export const notebook: SelectedAttribute = { classId: 1, logicalName: "0.0.96.1.9.255", attribute: 2 };
/** Method 1 returns its parameter; method 2 has no return value. */
export const echo: MethodDescriptor = { classId: 9, logicalName: "0.0.10.0.0.255", method: 1 };
export const quiet: MethodDescriptor = { classId: 9, logicalName: "0.0.10.0.0.255", method: 2 };

export const clockData: Data = {
  type: "octet-string",
  value: Uint8Array.from([0x07, 0xea, 11, 20, 5, 21, 45, 0, 0, 0xff, 0xc4, 0]),
};
export const energyData: Data = { type: "double-long-unsigned", value: 123_456 };
export const energyUnitData: Data = {
  type: "structure",
  value: [
    { type: "integer", value: 0 },
    { type: "enum", value: 30 },
  ],
};

/** `rows` rows of clock, status and three registers. */
export function profileRows(rows: number): Data {
  return {
    type: "array",
    value: Array.from({ length: rows }, (_, row) => ({
      type: "structure" as const,
      value: [
        clockData,
        { type: "unsigned" as const, value: row & 0xff },
        { type: "double-long-unsigned" as const, value: 1000 + row },
        { type: "double-long-unsigned" as const, value: 2000 + row },
        { type: "double-long-unsigned" as const, value: 3000 + row },
      ],
    })),
  };
}

/** Answers to the objects above; what is set in the notebook is read back from it. */
export class ExampleMeter implements ServerDevice {
  readonly systemTitle = meterSystemTitle;
  readonly link: LinkSettings;
  readonly associations: readonly ServerAssociation[];
  readonly habits: ServerHabits;
  /** What the callbacks were asked, for tests to look at. */
  readonly asked: string[] = [];
  notes: Data = { type: "null-data", value: null };
  private readonly source = new Random(1);

  constructor(link: LinkSettings, associations: readonly ServerAssociation[], habits: ServerHabits = {}) {
    this.link = link;
    this.associations = associations;
    this.habits = habits;
  }

  get(attribute: SelectedAttribute): GetAnswer {
    const name = `${attribute.logicalName}/${attribute.attribute}`;
    this.asked.push(`get ${name}`);
    switch (name) {
      case "0.0.1.0.0.255/2":
        return { data: clockData };
      case "1.0.1.8.0.255/2":
        return { data: energyData };
      case "1.0.1.8.0.255/3":
        return { encoded: dataToBytes(energyUnitData) };
      case "1.0.99.1.0.255/2":
        return { encoded: dataToBytes(profileRows(attribute.selection === undefined ? 20 : 3)) };
      case "0.0.96.1.9.255/2":
        return { data: this.notes };
      default:
        return { error: 4 };
    }
  }

  set(attribute: SelectedAttribute, data: Data): number {
    this.asked.push(`set ${attribute.logicalName}/${attribute.attribute}`);
    if (attribute.logicalName !== notebook.logicalName) return 3;
    this.notes = data;
    return 0;
  }

  action(method: MethodDescriptor, parameter: Data | undefined): ActionAnswer {
    this.asked.push(`action ${method.logicalName}/${method.method}`);
    if (method.logicalName !== echo.logicalName) return { result: 4 };
    if (method.method === 2) return { result: 0 };
    return { result: 0, returned: { data: parameter ?? { type: "null-data", value: null } } };
  }

  random(length: number): Uint8Array {
    return this.source.bytes(length);
  }
}

/** Keys of the tests: every byte tells which key it is. */
export function testKeys(suite: 0 | 1 | 2): { unicastEncryption: Uint8Array; authentication: Uint8Array } {
  const length = suite === 2 ? 32 : 16;
  return { unicastEncryption: new Uint8Array(length).fill(0xe0), authentication: new Uint8Array(length).fill(0xa0) };
}

export function serverSecurity(
  suite: 0 | 1 | 2,
  policy: { readonly authenticated: boolean; readonly encrypted: boolean },
): ServerSecurity {
  return { suite, keys: testKeys(suite), policy, counter: countFrom(1), lastClientCounter: -1 };
}

export const publicAssociation: ServerAssociation = {
  name: "public",
  clientSap: 16,
  mechanism: "none",
  conformance: defaultConformance,
  maxReceivePduSize: 0,
};
