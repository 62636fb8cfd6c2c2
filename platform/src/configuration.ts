/**
 * The operator's contract: every setting is an environment variable whose name is fixed. Read once, at the top of the
 * program; rooms receive values, never the environment.
 */
import { isIP } from "node:net";
import { resolve } from "node:path";

export interface Configuration {
  /** Everything that persists: stores, keys, certificate. Mode 0700. */
  readonly dataDirectory: string;
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly port: number; readonly certificateFile?: string; readonly keyFile?: string };
  /**
   * Where meters push and dial in (DLMS over TCP and UDP). A port that nobody asked for by name may be taken by another
   * program: then the platform starts without it, and says so.
   */
  readonly dlmsPush: { readonly host: string; readonly port: number; readonly mustListen: boolean };
  /** Addresses and networks of proxies in front of the platform, whose word about who asks is taken. Default: none. */
  readonly trustedProxies: readonly string[];
  /** UDIL's services are answered over HTTP too: something in front of the platform speaks TLS. */
  readonly udilOverPlainHttp: boolean;
  /** PostgreSQL 15+; absent = PGlite below the data directory. */
  readonly databaseUrl?: string;
  /** ClickHouse 24+; absent = chDB below the data directory. */
  readonly clickhouseUrl?: string;
  readonly clickhouseCluster?: string;
  readonly roles: ReadonlySet<Role>;
  readonly administrator: { readonly username: string; readonly password?: string; readonly token?: string };
  readonly jwtLifetimeSeconds: number;
  readonly pageSize: number;
  readonly stagedRetentionDays: number;
  readonly masterKeyFile: string;
  /** IANA zone of meter configs that name none. */
  readonly defaultMeterTimezone: string;
  readonly logLevel: LogLevel;
}

export const roles = ["api", "head-end", "analytics"] as const;
export type Role = (typeof roles)[number];

const logLevels = ["trace", "debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Thrown with every wrong setting named, so that one look mends them all. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration has ${problems.length === 1 ? "a mistake" : "mistakes"}:\n  ${problems.join("\n  ")}`);
    this.problems = problems;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings named in docs/operate.md.
 * @throws ConfigurationError naming each setting that is wrong and what it takes
 */
export function readConfiguration(environment: Environment, workingDirectory = process.cwd()): Configuration {
  const reader = new SettingReader(environment);
  const dataDirectory = resolve(workingDirectory, reader.text("ANYMETER_DATA") ?? "data");
  const path = (name: string) => {
    const value = reader.text(name);
    return value === undefined ? undefined : resolve(workingDirectory, value);
  };
  const configuration: Configuration = {
    dataDirectory,
    host: reader.text("ANYMETER_HOST") ?? "127.0.0.1",
    port: reader.integer("ANYMETER_PORT", 8080, 0, 65_535),
    tls: {
      port: reader.integer("ANYMETER_TLS_PORT", 8443, 0, 65_535),
      ...optional("certificateFile", path("ANYMETER_TLS_CERT")),
      ...optional("keyFile", path("ANYMETER_TLS_KEY")),
    },
    dlmsPush: {
      host: reader.text("ANYMETER_DLMS_PUSH_HOST") ?? reader.text("ANYMETER_HOST") ?? "127.0.0.1",
      port: reader.integer("ANYMETER_DLMS_PUSH_PORT", dlmsPort, 0, 65_535),
      mustListen: reader.text("ANYMETER_DLMS_PUSH_PORT") !== undefined,
    },
    trustedProxies: reader.addresses("ANYMETER_TRUSTED_PROXIES"),
    udilOverPlainHttp: reader.oneOf("ANYMETER_UDIL_PLAIN_HTTP", ["no", "yes"], "no") === "yes",
    ...optional("databaseUrl", reader.url("ANYMETER_DATABASE_URL", ["postgres:", "postgresql:"])),
    ...optional("clickhouseUrl", reader.url("ANYMETER_CLICKHOUSE_URL", ["http:", "https:"])),
    ...optional("clickhouseCluster", reader.matching("ANYMETER_CLICKHOUSE_CLUSTER", /^[A-Za-z_][A-Za-z0-9_-]*$/)),
    roles: reader.set("ANYMETER_ROLES", roles),
    administrator: {
      username: reader.text("ANYMETER_ADMIN_USERNAME") ?? "admin",
      ...optional("password", reader.text("ANYMETER_ADMIN_PASSWORD")),
      ...optional("token", reader.matching("ANYMETER_ADMIN_TOKEN", /^[0-9a-fA-F]{40}$/, "40 hexadecimal digits")),
    },
    jwtLifetimeSeconds: reader.integer("ANYMETER_JWT_LIFETIME_SECONDS", 1200, 10, 86_400),
    pageSize: reader.integer("ANYMETER_PAGE_SIZE", 100, 1, 10_000),
    stagedRetentionDays: reader.integer("ANYMETER_STAGED_RETENTION_DAYS", 30, 1, 3650),
    masterKeyFile: path("ANYMETER_MASTER_KEY_FILE") ?? resolve(dataDirectory, "master.key"),
    defaultMeterTimezone: reader.timezone("ANYMETER_METER_TIMEZONE", "UTC"),
    logLevel: reader.oneOf("ANYMETER_LOG_LEVEL", logLevels, "info"),
  };
  const { certificateFile, keyFile } = configuration.tls;
  if ((certificateFile === undefined) !== (keyFile === undefined)) {
    reader.problems.push("ANYMETER_TLS_CERT and ANYMETER_TLS_KEY belong together: set both or neither");
  }
  if (configuration.clickhouseCluster !== undefined && configuration.clickhouseUrl === undefined) {
    reader.problems.push("ANYMETER_CLICKHOUSE_CLUSTER needs ANYMETER_CLICKHOUSE_URL: embedded chDB has no cluster");
  }
  const everything = configuration.roles.size === roles.length;
  if (!everything && (configuration.databaseUrl === undefined || configuration.clickhouseUrl === undefined)) {
    reader.problems.push(
      "ANYMETER_ROLES splits the work over processes, which embedded stores cannot share: set ANYMETER_DATABASE_URL and ANYMETER_CLICKHOUSE_URL",
    );
  }
  if (reader.problems.length > 0) throw new ConfigurationError(reader.problems);
  return configuration;
}

/** IANA's port of DLMS/COSEM, TCP and UDP. */
const dlmsPort = 4059;

class SettingReader {
  readonly problems: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** An empty variable counts as unset: that is what `NAME= command` and empty compose entries mean. */
  text(name: string): string | undefined {
    const value = this.#environment[name]?.trim();
    return value === "" ? undefined : value;
  }

  integer(name: string, fallback: number, minimum: number, maximum: number): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
    this.problems.push(`${name} is "${text}", but takes a whole number from ${minimum} to ${maximum}`);
    return fallback;
  }

  matching(name: string, pattern: RegExp, meaning = String(pattern)): string | undefined {
    const text = this.text(name);
    if (text === undefined || pattern.test(text)) return text;
    // The value may be a secret, so it is not repeated.
    this.problems.push(`${name} does not have its form: ${meaning}`);
    return undefined;
  }

  url(name: string, protocols: readonly string[]): string | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return text;
    this.problems.push(`${name} is not an address that begins with ${protocols.map((p) => `${p}//`).join(" or ")}`);
    return undefined;
  }

  oneOf<const T extends string>(name: string, values: readonly T[], fallback: T): T {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const found = values.find((value) => value === text);
    if (found === undefined) this.problems.push(`${name} is "${text}", but takes one of: ${values.join(", ")}`);
    return found ?? fallback;
  }

  set<const T extends string>(name: string, values: readonly T[]): ReadonlySet<T> {
    const text = this.text(name);
    if (text === undefined) return new Set(values);
    const chosen = text.split(",").map((part) => part.trim());
    const unknown = chosen.filter((part) => !values.some((value) => value === part));
    if (unknown.length > 0) this.problems.push(`${name} names ${unknown.join(", ")}, but takes: ${values.join(", ")}`);
    return new Set(values.filter((value) => chosen.includes(value)));
  }

  /** A list of IP addresses and networks (10.0.0.0/8), separated by commas. */
  addresses(name: string): readonly string[] {
    const parts =
      this.text(name)
        ?.split(",")
        .map((part) => part.trim()) ?? [];
    const wrong = parts.filter((part) => !isAddressOrNetwork(part));
    if (wrong.length > 0) {
      this.problems.push(`${name} names "${wrong.join('", "')}", but takes addresses and networks such as 10.0.0.0/8`);
    }
    return parts;
  }

  timezone(name: string, fallback: string): string {
    const text = this.text(name);
    if (text === undefined) return fallback;
    try {
      new Intl.DateTimeFormat("en", { timeZone: text });
      return text;
    } catch {
      this.problems.push(`${name} is "${text}", which is no name of the tz database such as Europe/Stockholm`);
      return fallback;
    }
  }
}

function isAddressOrNetwork(text: string): boolean {
  const [address = "", prefix, ...more] = text.split("/");
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  return (
    bits > 0 && more.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
  );
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
