/** The options of `anymeter decode` that say what the bytes do not: keys, and how an ambiguous telegram is to be taken. */
import { UsageError } from "../command.ts";
import { bytesOfLength, keyLengths } from "../hex-words.ts";

/** As the libraries take them. */
export interface ExplainOptions {
  readonly key?: Uint8Array;
  readonly authenticationKey?: Uint8Array;
  /** Of the sender. */
  readonly systemTitle?: Uint8Array;
  readonly direction?: "request" | "response";
  readonly framing?: "tcp" | "rtu";
  readonly link?: "wired" | "wireless";
  readonly map?: string;
  readonly database?: string;
}

interface ExplainOption {
  /** As written on the command line, without the dashes. */
  readonly word: string;
  /** What follows it: "HEX". */
  readonly sample: string;
  readonly summary: string;
  /** @throws Error with what is wrong with the text */
  readonly parse: (text: string) => unknown;
}

export const explainOptions: Readonly<Record<keyof ExplainOptions, ExplainOption>> = {
  key: {
    word: "key",
    sample: "HEX",
    summary: "key that opens ciphered content",
    parse: (text) => bytesOfLength(text, keyLengths),
  },
  authenticationKey: {
    word: "authentication-key",
    sample: "HEX",
    summary: "key that proves ciphered content",
    parse: (text) => bytesOfLength(text, keyLengths),
  },
  systemTitle: {
    word: "system-title",
    sample: "HEX",
    summary: "system title of the sender, when the telegram does not carry it",
    parse: (text) => bytesOfLength(text, [8]),
  },
  direction: {
    word: "direction",
    sample: "request|response",
    summary: "who sent it, when the bytes do not tell",
    parse: oneOf("request", "response"),
  },
  framing: { word: "framing", sample: "tcp|rtu", summary: "when the bytes do not tell", parse: oneOf("tcp", "rtu") },
  link: {
    word: "link",
    sample: "wired|wireless",
    summary: "when the bytes do not tell",
    parse: oneOf("wired", "wireless"),
  },
  map: { word: "map", sample: "NAME", summary: 'parameter map of the converter, such as "G0003"', parse: String },
  database: { word: "database", sample: "NAME", summary: "database that an answer is of", parse: String },
};

/**
 * Reads the options that were given, by their words on the command line.
 * @throws UsageError when one is not understood by the protocol, or its text is wrong
 */
export function readExplainOptions(
  given: Readonly<Record<string, unknown>>,
  protocol: { readonly name: string; readonly options: readonly (keyof ExplainOptions)[] },
): ExplainOptions {
  const read: Record<string, unknown> = {};
  for (const [name, { word, parse }] of Object.entries(explainOptions)) {
    const text = given[word];
    if (typeof text !== "string") continue;
    if (!protocol.options.includes(name as keyof ExplainOptions))
      throw new UsageError(`--${word} means nothing to ${protocol.name}`);
    try {
      read[name] = parse(text);
    } catch (error) {
      throw new UsageError(`--${word}: ${(error as Error).message}`);
    }
  }
  return read as ExplainOptions;
}

function oneOf(...choices: readonly string[]): (text: string) => string {
  return (text) => {
    if (choices.includes(text)) return text;
    throw new Error(`"${text}" is none of ${choices.join(", ")}`);
  };
}
