import { RunFailure } from "../head-end/causes.ts";
import type { Command } from "./command.ts";
import { failures, jsonLines, tables } from "./read/answers.ts";
import { contactLoneMeter } from "./read/lone-meter.ts";
import { readProtocols } from "./read/protocols.ts";
import { readWords, secretVariables } from "./read/words.ts";

const usage = `Usage: anymeter read tcp://host:port --protocol <protocol> [what to read] [how to talk]

Reads a meter once, with the drivers of the head-end and without any store. Prints JSON, a line for each value and one for
each call; a table when a person looks.

Protocols and what to read
${readProtocols.map(protocolLines).join("")}
  --from TIME, --to TIME     bounds of what is read by time, such as 2026-01-31T06:00:00+01:00
  --call NAME                a call by its name, as in tasks …
  --with NAME=VALUE          … with this argument; once for each

How to talk
  --set NAME=VALUE           a setting of the protocol, by its name in device types; once for each
  --password TEXT            password, code of the lock, or secret    (or ${secretVariables.password})
  --key HEX                  key that ciphers                         (or ${secretVariables.key})
  --authentication-key HEX   key that proves                          (or ${secretVariables["authentication-key"]})
  --system-title HEX         system title of the meter
  --device-address TEXT      IEC 62056-21 device address
  --timezone ZONE            zone of times that carry none, default UTC
  --timeout SECONDS          longest silence, default 30, Modbus 5
  --format json|table
  --trace                    show the bytes on standard error, secrets hidden

Exit code 0: all was read; 1: something failed, with its cause and what to do; 2: wrong words.`;

/** `anymeter read`: one session with one meter, by its address. */
export const read: Command = {
  usage,
  async run(words, { environment, stdout, stderr }) {
    const { meter, calls, format, trace } = readWords(words, environment);
    const contact = await stoppable((signal) =>
      contactLoneMeter(meter, calls, { signal, traceBytes: trace ? traceBytes : 0 }),
    );
    for (const line of contact.trace ?? []) stderr.write(`${line}\n`);
    const forPeople = format === undefined ? "isTTY" in stdout && stdout.isTTY === true : format === "table";
    stdout.write(forPeople ? tables(contact) : jsonLines(contact, calls));
    if (forPeople) stderr.write(failures(contact, calls));
    return contact.reports.length === calls.length && contact.reports.every(({ failure }) => !failure) ? 0 : 1;
  },
};

/** Ctrl-C ends the session, not the program: the meter is told goodbye and what was read is shown. */
async function stoppable<Result>(act: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const stop = new AbortController();
  const abort = () => stop.abort(new RunFailure("stopped"));
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, abort);
  try {
    return await act(stop.signal);
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, abort);
  }
}

function protocolLines({ name, shortcuts, usual, declaration, port }: (typeof readProtocols)[number]): string {
  const lines = shortcuts.map(({ word, sample, summary }) => [`--${word}${sample ? ` ${sample}` : ""}`, summary]);
  const rows = lines.map(([option, summary]) => `    ${option!.padEnd(24)} ${summary}\n`);
  const known = [...(port ? [`port ${port}`] : []), ...(usual ? [`${usual.name} when nothing is named`] : [])];
  const calls = wrapped(`calls: ${Object.keys(declaration.calls).join(", ")}`);
  return `  ${name}${known.length > 0 ? ` (${known.join("; ")})` : ""}\n${rows.join("")}${calls}`;
}

function wrapped(words: string): string {
  const lines = words.match(/.{1,110}(?: |$)/g) ?? [];
  return lines.map((line) => `    ${line.trimEnd()}\n`).join("");
}

const traceBytes = 1_048_576;
