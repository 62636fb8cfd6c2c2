/** The meter all DLMS benchmarks read, and the client that reads it: HLS-GMAC, suite 0, every APDU ciphered. */
import { randomBytes } from "node:crypto";
import {
  type ClientSettings,
  countFrom,
  type Data,
  dataToBytes,
  defaultConformance,
  fullProtection,
  type LinkSettings,
  largestInvocationCounter,
  type SelectedAttribute,
  type ServerAssociation,
  type ServerDevice,
} from "@anymeter/dlms-cosem";

export const link: LinkSettings = { framing: "wrapper", client: 1, server: 1 };
export const keys = {
  unicastEncryption: new Uint8Array(16).fill(0xe0),
  authentication: new Uint8Array(16).fill(0xa0),
};

/** Of the meter. */
export const systemTitle = "ANY00001";

export const register: SelectedAttribute = { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2 };
/** A day of a load profile by range: 96 rows of clock, status and three registers. */
export const dayOfProfile: SelectedAttribute = {
  classId: 7,
  logicalName: "1.0.99.1.0.255",
  attribute: 2,
  selection: {
    selector: 1,
    parameter: { type: "structure", value: [clockColumn(), quarter(0), quarter(95), allColumns()] },
  },
};
export const profileRows = 96;

/** A meter of its own for each connection would only cost memory: the counters are the association's. */
export function benchmarkMeter(): ServerDevice {
  const day = dataToBytes({ type: "array", value: Array.from({ length: profileRows }, (_, row) => profileRow(row)) });
  const profile: Readonly<Record<number, Uint8Array>> = {
    2: day,
    3: dataToBytes(captureObjects()),
    4: dataToBytes({ type: "double-long-unsigned", value: 900 }),
    5: dataToBytes({ type: "enum", value: 1 }),
  };
  const energy: Readonly<Record<number, Uint8Array>> = {
    2: dataToBytes({ type: "double-long-unsigned", value: 1_234_567 }),
    3: dataToBytes(wattHours()),
  };
  return {
    systemTitle: Uint8Array.from(Buffer.from(systemTitle)),
    link,
    associations: [association()],
    get: ({ classId, attribute }) => {
      const encoded = (classId === 7 ? profile : energy)[attribute];
      return encoded === undefined ? { error: objectUndefined } : { encoded };
    },
    set: () => readWriteDenied,
    action: () => ({ result: readWriteDenied }),
    random: randomBytes,
  };
}

/** `firstCounter`: the invocation counters of all clients of one meter have to rise. */
export function benchmarkClient(firstCounter: number): ClientSettings {
  return {
    link,
    authentication: { mechanism: "gmac" },
    security: {
      suite: 0,
      systemTitle: Uint8Array.from(Buffer.from("CLIENT01")),
      keys,
      counter: countFrom(firstCounter),
      policy: fullProtection,
    },
    random: randomBytes,
  };
}

/**
 * All connections share one association of one meter, so counters of concurrent clients arrive in any order. Each
 * session still checks its own; what is not kept is the last one over all sessions.
 */
function association(): ServerAssociation {
  return {
    name: "management",
    clientSap: 1,
    mechanism: "gmac",
    conformance: defaultConformance,
    maxReceivePduSize: 0,
    security: {
      suite: 0,
      keys,
      policy: fullProtection,
      counter: countFrom(0, largestInvocationCounter),
      get lastClientCounter() {
        return -1;
      },
      set lastClientCounter(_counter: number) {},
    },
  };
}

function profileRow(row: number): Data {
  return {
    type: "structure",
    value: [
      quarter(row),
      { type: "unsigned", value: 0 },
      { type: "double-long-unsigned", value: 1_000_000 + 37 * row },
      { type: "double-long-unsigned", value: 2_000_000 + 11 * row },
      { type: "double-long-unsigned", value: 3_000_000 + 5 * row },
    ],
  };
}

function quarter(row: number): Data {
  const [hour, minute] = [Math.floor(row / 4), (row % 4) * 15];
  return { type: "octet-string", value: Uint8Array.of(0x07, 0xea, 11, 20, 5, hour, minute, 0, 0, 0xff, 0xc4, 0) };
}

/** OBIS names of the registers the profile captures, in Wh. */
export const capturedRegisters = ["1-0:1.8.0", "1-0:2.8.0", "1-0:3.8.0"] as const;

function captureObjects(): Data {
  const registers = capturedRegisters.map((_, index) => captureObject(3, 1, 0, index + 1, 8, 0, 255));
  return { type: "array", value: [clockColumn(), captureObject(1, 0, 0, 96, 10, 1, 255), ...registers] };
}

function clockColumn(): Data {
  return captureObject(8, 0, 0, 1, 0, 0, 255);
}

/** Attribute 2 of an object. */
function captureObject(classId: number, ...logicalName: readonly number[]): Data {
  return {
    type: "structure",
    value: [
      { type: "long-unsigned", value: classId },
      { type: "octet-string", value: Uint8Array.from(logicalName) },
      { type: "integer", value: 2 },
      { type: "long-unsigned", value: 0 },
    ],
  };
}

/** Scaler 0, unit 30. */
function wattHours(): Data {
  return {
    type: "structure",
    value: [
      { type: "integer", value: 0 },
      { type: "enum", value: 30 },
    ],
  };
}

function allColumns(): Data {
  return { type: "array", value: [] };
}

const readWriteDenied = 3;
const objectUndefined = 4;
