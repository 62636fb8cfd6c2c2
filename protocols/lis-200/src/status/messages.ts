/**
 * Status words. On the line a status is the list of its message numbers, `13;15;16`; message n is bit n − 1, so that list
 * is the word D000. `0` or nothing = no message.
 */
import { lis200Error } from "../errors.ts";

/** The message numbers in a status text, ascending. @throws ProtocolError `status_invalid` */
export function parseStatus(text: string): readonly number[] {
  const messages = findStatus(text);
  if (!messages) throw lis200Error("status_invalid", { text });
  return messages;
}

/** The messages a text lists; undefined when it is no status. */
export function findStatus(text: string): readonly number[] | undefined {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed === "0") return none;
  const messages = trimmed.split(";").map((part) => (/^\s*\d{1,2}\s*$/.test(part) ? Number(part) : Number.NaN));
  if (messages.length > 16 || messages.some((message) => !(message >= 1 && message <= 16))) {
    return undefined;
  }
  return [...new Set(messages)].sort((one, other) => one - other);
}

const none: readonly number[] = [];

/** As a meter writes it: `13;15;16`, and `0` for none. */
export function statusText(messages: readonly number[]): string {
  return messages.length === 0 ? "0" : messages.join(";");
}

/** [13, 15, 16] → 0xD000 */
export function wordOfMessages(messages: readonly number[]): number {
  return messages.reduce((word, message) => word | (1 << (message - 1)), 0);
}

/** 0xD000 → [13, 15, 16] */
export function messagesOfWord(word: number): readonly number[] {
  return messageNumbers.filter((message) => (word & (1 << (message - 1))) !== 0);
}

const messageNumbers = Array.from({ length: 16 }, (_, index) => index + 1);

export type Severity = "alarm" | "warning" | "report" | "information";

/** How much a message matters goes by its number (DL210 manual, 3.3.9; EK280 application manual, 10). */
export function severityOf(message: number): Severity {
  if (message <= 2) return "alarm";
  if (message <= 8) return "warning";
  return message <= 14 ? "report" : "information";
}

/** Messages of the system status StSy that all devices share; those of the other status words depend on the model. */
export const systemMessages: Readonly<Record<number, string>> = {
  1: "restart",
  3: "data restored",
  4: "power fault",
  7: "software error",
  8: "settings error",
  9: "battery low",
  11: "clock not set",
  13: "data transfer running",
  15: "battery operation",
  16: "summer time",
};

/** The system message by which a row tells that its time is summer time. */
export const summerTimeMessage = 16;

/** "battery low", or "message 5" for one without a common meaning. */
export function systemMessageName(message: number): string {
  return systemMessages[message] ?? `message ${message}`;
}
