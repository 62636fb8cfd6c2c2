import { open } from "node:fs/promises";
import { parseArgs } from "node:util";
import { bytesFromHex, explanationText, ProtocolError } from "@anymeter/sans-io";
import { type Command, type Terminal, UsageError } from "./command.ts";
import { boundedLines } from "./decode/bounded-lines.ts";
import { bytesFromEscapedText } from "./decode/escapes.ts";
import { type ExplainOptions, explainOptions, readExplainOptions } from "./decode/options.ts";
import { type DecodedProtocol, decodedProtocolOf, decodedProtocols, type Explain } from "./decode/protocols.ts";

const usage = `Usage: anymeter decode <protocol> [HEX] [options]

Explains every byte of a telegram: offset, length, meaning and value, as one JSON object. Without HEX it reads one telegram
after another from standard input, a line of hexadecimal digits each, and answers each with one line of JSON. What is no telegram
is answered with {"error":{"code","message","offset"}}.

Protocols
${list(decodedProtocols.map(({ name, summary }) => [name, summary]))}
Options
${list([
  ["--explain", "text for people instead of JSON"],
  ["--text TEXT", "the telegram as text, for protocols that are text: \\r, \\n and \\x02 stand for their bytes"],
  ["--file FILE", "the telegram as the bytes of a file"],
  ...Object.values(explainOptions).map(({ word, sample, summary }) => [`--${word} ${sample}`, summary] as const),
])}
Exit code 0: all was explained; 1: something was no telegram; 2: wrong words.`;

/** `anymeter decode`: what a telegram says, byte by byte. */
export const decode: Command = {
  usage,
  async run(words, terminal) {
    const { protocol, options, source, forPeople } = parse(words);
    const explain = await protocol.load();
    const answer = (bytes: () => Uint8Array) => explained(explain, options, forPeople, bytes);
    if (source.from === "input") return decodeLines(terminal, answer);
    const read = source.from === "file" ? await readTelegram(source.path) : source.read;
    const { text, isError } = answer(read);
    terminal.stdout.write(text);
    return isError ? 1 : 0;
  },
};

interface Answer {
  readonly text: string;
  readonly isError: boolean;
}

function explained(explain: Explain, options: ExplainOptions, forPeople: boolean, read: () => Uint8Array): Answer {
  try {
    const bytes = read();
    const explanation = explain(bytes, options);
    const text = forPeople ? explanationText(explanation, bytes) : `${JSON.stringify(explanation)}\n`;
    return { text, isError: false };
  } catch (error) {
    return failed(error, forPeople);
  }
}

/** What nobody foresaw is told as well: the next line is not its fault. */
function failed(error: unknown, forPeople: boolean): Answer {
  const { message } = error as Error;
  const code = error instanceof ProtocolError ? error.code : "internal_error";
  const offset = error instanceof ProtocolError ? (error.offset ?? null) : null;
  const text = forPeople ? `${message}\n` : `${JSON.stringify({ error: { code, message, offset } })}\n`;
  return { text, isError: true };
}

/** Answers line by line, no faster than the answers are taken. */
async function decodeLines({ stdin, stdout }: Terminal, answer: (bytes: () => Uint8Array) => Answer): Promise<number> {
  let code = 0;
  for await (const line of boundedLines(stdin, longestLine)) {
    const { text, isError } = answer(() => {
      if (line === "too-long") throw new ProtocolError("line_too_long", lineTooLong, { limit: longestLine });
      return bytesFromHex(line);
    });
    if (isError) code = 1;
    if (!stdout.write(text)) await new Promise((resolve) => stdout.once("drain", resolve));
  }
  return code;
}

const lineTooLong = { fault: "caller", message: "The line has more than {limit} characters." } as const;

async function readTelegram(path: string): Promise<() => Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > longestTelegram) throw new Error(`${path} has ${size} bytes; a telegram has at most ${longestTelegram}`);
    const bytes = Uint8Array.from(await file.readFile());
    return () => bytes;
  } finally {
    await file.close();
  }
}

type Source =
  | { readonly from: "words"; readonly read: () => Uint8Array }
  | { readonly from: "file"; readonly path: string }
  | { readonly from: "input" };

function parse(words: readonly string[]) {
  const { values, positionals } = parsedWords(words);
  const [name, ...hex] = positionals;
  if (name === undefined) throw new UsageError("needs a protocol");
  const protocol = decodedProtocolOf(name);
  if (protocol === undefined) throw new UsageError(`there is no protocol "${name}"`);
  return {
    protocol,
    options: readExplainOptions(values, protocol),
    forPeople: values.explain === true,
    source: sourceOf(
      protocol,
      hex.length === 0 ? undefined : hex.join(""),
      values.text as string | undefined,
      values.file as string | undefined,
    ),
  };
}

function parsedWords(words: readonly string[]) {
  const named = Object.values(explainOptions).map(({ word }) => [word, { type: "string" }] as const);
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        ...Object.fromEntries(named),
        explain: { type: "boolean" },
        text: { type: "string" },
        file: { type: "string" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function sourceOf({ name, isText }: DecodedProtocol, hex?: string, text?: string, path?: string): Source {
  if ([hex, text, path].filter((given) => given !== undefined).length > 1)
    throw new UsageError("takes one of HEX, --text and --file");
  if (path !== undefined) return { from: "file", path };
  if (text === undefined)
    return hex === undefined ? { from: "input" } : { from: "words", read: () => bytesFromHex(hex) };
  if (!isText) throw new UsageError(`--text is for protocols that are text; telegrams of ${name} are bytes`);
  try {
    const bytes = bytesFromEscapedText(text);
    return { from: "words", read: () => bytes };
  } catch (error) {
    throw new UsageError(`--text: ${(error as Error).message}`);
  }
}

function list(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join("");
}

/** Hexadecimal digits and blanks of the longest telegram there is, with room to spare. */
const longestLine = 1_048_576;
const longestTelegram = longestLine / 2;
