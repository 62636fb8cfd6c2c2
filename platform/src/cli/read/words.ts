/** The words of `anymeter read`: which meter, how it is opened, what is asked. */
import { parseArgs } from "node:util";
import { defaultSettings } from "../../head-end/settings.ts";
import type { DeviceKeys } from "../../registry/security-keys.ts";
import type { ExecutionType } from "../../registry/task-calls.ts";
import { UsageError } from "../command.ts";
import { bytesOfLength, keyLengths } from "../hex-words.ts";
import { callFrom, checkedCall, pairsOf, settingsFrom } from "./checked-values.ts";
import type { LoneMeter } from "./lone-meter.ts";
import { type Call, type ReadProtocol, readProtocolOf, readProtocols, type SecretWord } from "./protocols.ts";

export interface ReadWords {
  readonly meter: LoneMeter;
  readonly calls: readonly Call[];
  /** Absent = JSON lines unless a person looks. */
  readonly format: "json" | "table" | undefined;
  readonly trace: boolean;
}

/** Secrets may come from the environment, where other users of the machine do not see them. */
export const secretVariables: Readonly<Record<SecretWord, string>> = {
  password: "ANYMETER_METER_PASSWORD",
  key: "ANYMETER_METER_KEY",
  "authentication-key": "ANYMETER_METER_AUTHENTICATION_KEY",
};

/** @throws UsageError that names the word */
export function readWords(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ReadWords {
  const { values, positionals } = parsedWords(words);
  const [address, ...surplus] = positionals;
  if (address === undefined) throw new UsageError("needs the address of a meter, such as tcp://10.1.2.3:4059");
  if (surplus.length > 0) throw new UsageError(`takes one address, but was also given "${surplus[0]}"`);
  const protocol = protocolFrom(values.protocol);
  const { declaration } = protocol;
  return {
    meter: {
      protocol,
      ...targetFrom(address, protocol),
      settings: settingsFrom(pairsOf("set", values.set ?? []), declaration.settings),
      keys: keysFrom(values, protocol, environment),
      timezone: timezoneFrom(values.timezone),
      timeoutMilliseconds: timeoutFrom(values.timeout),
      ...(values["device-address"] !== undefined && { deviceAddress: values["device-address"] }),
      ...(values["system-title"] !== undefined && { systemTitle: values["system-title"] }),
    },
    calls: callsFrom(values, protocol),
    format: formatFrom(values.format),
    trace: values.trace ?? false,
  };
}

type Values = ReturnType<typeof parsedWords>["values"];

function parsedWords(words: readonly string[]) {
  const shortcuts = readProtocols.flatMap((protocol) => protocol.shortcuts);
  const named = shortcuts.map(({ word, sample }) =>
    sample === undefined
      ? ([word, { type: "boolean" }] as const)
      : ([word, { type: "string", multiple: true }] as const),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { ...Object.fromEntries(named), ...options },
    });
    return { values: values as OptionValues & Readonly<Record<string, unknown>>, positionals };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

const options = {
  protocol: { type: "string" },
  call: { type: "string" },
  with: { type: "string", multiple: true },
  from: { type: "string" },
  to: { type: "string" },
  set: { type: "string", multiple: true },
  password: { type: "string" },
  key: { type: "string" },
  "authentication-key": { type: "string" },
  "system-title": { type: "string" },
  "device-address": { type: "string" },
  timezone: { type: "string" },
  timeout: { type: "string" },
  format: { type: "string" },
  trace: { type: "boolean" },
} as const;

type OptionValues = {
  readonly [Name in keyof typeof options]?: (typeof options)[Name] extends { readonly type: "boolean" }
    ? boolean
    : (typeof options)[Name] extends { readonly multiple: true }
      ? string[]
      : string;
};

function protocolFrom(name: string | undefined): ReadProtocol {
  const names = readProtocols.map((protocol) => protocol.name).join(", ");
  if (name === undefined) throw new UsageError(`needs --protocol, one of ${names}`);
  const protocol = readProtocolOf(name);
  if (protocol === undefined) throw new UsageError(`there is no protocol "${name}"; the protocols are ${names}`);
  return protocol;
}

function targetFrom(address: string, { name, port: usual }: ReadProtocol): { host: string; port: number } {
  const parts = /^tcp:\/\/(\[[0-9A-Fa-f:.]+\]|[^:/?#[\]]+)(?::(\d{1,5}))?\/?$/.exec(address);
  if (parts === null) throw new UsageError(`"${address}" is no address of the form tcp://host:port`);
  const port = parts[2] === undefined ? usual : Number(parts[2]);
  if (port === undefined) throw new UsageError(`${address} names no port, and ${name} has no usual one`);
  if (port < 1 || port > 65_535) throw new UsageError(`${address}: ports go from 1 to 65535`);
  return { host: parts[1]!.replace(/^\[|\]$/g, ""), port };
}

function keysFrom(
  values: Values,
  { name, secrets }: ReadProtocol,
  environment: Readonly<Record<string, string | undefined>>,
): DeviceKeys {
  const keys: Record<string, Uint8Array> = {};
  for (const [word, variable] of Object.entries(secretVariables) as [SecretWord, string][]) {
    const place = secrets[word];
    if (place === undefined && values[word] !== undefined) throw new UsageError(`--${word} means nothing to ${name}`);
    const text = values[word] ?? environment[variable];
    if (place !== undefined && text !== undefined) keys[place] = secretOf(word, text);
  }
  return keys;
}

function secretOf(word: SecretWord, text: string): Uint8Array {
  if (word === "password") return Uint8Array.from(Buffer.from(text, "latin1"));
  try {
    return bytesOfLength(text, keyLengths);
  } catch (error) {
    throw new UsageError(`--${word}: ${(error as Error).message}`);
  }
}

function callsFrom(values: Values, { name, declaration, shortcuts, usual }: ReadProtocol): readonly Call[] {
  const executionType = declaration.executionType as ExecutionType;
  const range = { ...(values.from && { from: values.from }), ...(values.to && { to: values.to }) };
  const calls = shortcuts.flatMap((shortcut) => {
    const given = values[shortcut.word];
    return given === undefined ? [] : shortcut.calls(given === true ? [] : (given as string[]), range);
  });
  const known = new Set(shortcuts.map(({ word }) => word));
  for (const { word } of readProtocols.flatMap((protocol) => protocol.shortcuts))
    if (values[word] !== undefined && !known.has(word)) throw new UsageError(`--${word} means nothing to ${name}`);
  const checked = calls.map((call) => checkedCall(call, executionType));
  if (values.call !== undefined) checked.push(callFrom(values.call, pairsOf("with", values.with ?? []), executionType));
  else if (values.with !== undefined) throw new UsageError("--with belongs to --call");
  if (checked.length > 0) return checked;
  if (usual !== undefined) return [usual];
  throw new UsageError(
    `says nothing to read; ${name} takes ${shortcuts.map(({ word }) => `--${word}`).join(", ")} or --call`,
  );
}

function timezoneFrom(timezone = "UTC"): string {
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
    return timezone;
  } catch {
    throw new UsageError(`--timezone: there is no zone "${timezone}"; write one such as Europe/Amsterdam`);
  }
}

function timeoutFrom(text?: string): number {
  if (text === undefined) return defaultSettings.session.idleTimeoutMilliseconds;
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 600)) throw new UsageError("--timeout is a number of seconds up to 600");
  return seconds * 1000;
}

function formatFrom(format: string | undefined): ReadWords["format"] {
  if (format === undefined || format === "json" || format === "table") return format;
  throw new UsageError(`--format is json or table, not "${format}"`);
}
