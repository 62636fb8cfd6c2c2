/** The way into a session: wake-up, sign-on, option, PASS both ways. */
import { commonError, joinBytes, type Routine } from "@anymeter/sans-io";
import { iFlagError } from "../errors.ts";
import { awake, lineFeed, optionTelegram, pass, signOn, slash, wakeUpLength } from "../frames/control.ts";
import { checkChecksum } from "../frames/frame.ts";
import { ask, awaitQuiet, isTransient, junkLimit } from "./answers.ts";
import { type ClientSettings, repeats } from "./client-options.ts";

export interface Identification {
  /** Three letters of the maker: "ACT", "ITR". */
  readonly manufacturer: string;
  /** The character that names a speed; over TCP it means nothing. */
  readonly baudCharacter: string;
  /** The model: "MINICOR200". */
  readonly name: string;
}

/** Wake-ups before a converter is taken for absent. */
const wakeUps = 3;
const longestIdentification = 64;

/**
 * Everything from the wake-up to the ACK after PASS; damaged or lost steps are begun anew, three times.
 * @throws ProtocolError `no_answer`, `identification_invalid`, `password_refused`, `checksum_wrong`, `junk_too_long`
 */
export function* signOnRoutine(settings: ClientSettings): Routine<Identification> {
  for (let tries = 1; ; tries++) {
    if (settings.wakeUp) yield* wakeUp(settings);
    try {
      return yield* handshake(settings);
    } catch (error) {
      if (tries === repeats || !isTransient(error)) throw error;
      yield* awaitQuiet(settings);
    }
  }
}

/**
 * @param offset where the text begins, for the error
 * @throws ProtocolError `identification_invalid`
 */
export function decodeIdentification(text: string, offset?: number): Identification {
  const parts = /^\/([A-Za-z]{3})([!-~])([^\r\n]*)\r\n$/.exec(text);
  if (!parts) {
    const shown = text
      .trim()
      .replace(/[^ -~]/g, ".")
      .slice(0, longestIdentification);
    throw iFlagError("identification_invalid", { text: shown, offset });
  }
  return { manufacturer: parts[1]!, baudCharacter: parts[2]!, name: parts[3]! };
}

function* wakeUp({ wakeUpPatience }: ClientSettings): Routine<void> {
  let noise = 0;
  for (let tries = 0; tries < wakeUps; tries++) {
    let heard = 0;
    let incoming = yield { send: new Uint8Array(wakeUpLength), patience: wakeUpPatience };
    while (incoming !== "silence") {
      const nulls = incoming.reduce((count, byte) => count + (byte === 0 ? 1 : 0), 0);
      heard += nulls;
      noise += incoming.length - nulls;
      if (heard >= awake.length) return;
      if (noise > junkLimit) throw iFlagError("junk_too_long", { limit: junkLimit, request: "wake-up" });
      incoming = yield { patience: wakeUpPatience };
    }
  }
  if (noise > 0)
    throw iFlagError("answer_unexpected", { request: "wake-up", found: `${noise} bytes of something else` });
  throw commonError("no_answer", { waitedFor: "wake-up", milliseconds: wakeUps * wakeUpPatience });
}

function* handshake(settings: ClientSettings): Routine<Identification> {
  const line = yield* bytesFrom(signOn, slash, "sign-on", settings, (bytes) => {
    const end = bytes.indexOf(lineFeed) + 1;
    return end > 0 ? bytes.subarray(0, end) : undefined;
  });
  const identification = decodeIdentification(String.fromCharCode(...line));
  const option = optionTelegram(identification.baudCharacter);
  const password = yield* bytesFrom(option, pass[0]!, "option", settings, (bytes) =>
    bytes.length >= pass.length ? bytes.subarray(0, pass.length) : undefined,
  );
  checkChecksum(password, 0, pass.length - 2, "password");
  const answer = yield* ask(password, "password", settings);
  if (answer.type === "nak") throw iFlagError("password_refused", {});
  if (answer.type === "frame") throw iFlagError("answer_unexpected", { request: "password", found: "a frame" });
  return identification;
}

/** Sends, and takes what comes from a first byte on until `whole` has found the end of it. */
function* bytesFrom(
  send: Uint8Array,
  first: number,
  request: string,
  { answerPatience }: ClientSettings,
  whole: (bytes: Uint8Array) => Uint8Array | undefined,
): Routine<Uint8Array> {
  let bytes: Uint8Array = new Uint8Array(0);
  let junk = 0;
  let incoming = yield { send, patience: answerPatience };
  for (;;) {
    if (incoming === "silence") throw commonError("no_answer", { waitedFor: request, milliseconds: answerPatience });
    bytes = joinBytes([bytes, incoming]);
    const start = bytes.indexOf(first);
    junk += start < 0 ? bytes.length : start;
    bytes = bytes.subarray(start < 0 ? bytes.length : start);
    const found = whole(bytes);
    if (junk > 4 * longestIdentification || (found ?? bytes).length > longestIdentification) {
      throw iFlagError("junk_too_long", { limit: 4 * longestIdentification, request });
    }
    if (found) return found;
    incoming = yield { patience: answerPatience };
  }
}
