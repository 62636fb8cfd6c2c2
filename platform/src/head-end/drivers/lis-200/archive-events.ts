/** Rows that were written because something happened become events of the meter. */
import { eventText, statusText, summerTimeMessage, systemMessageName } from "@anymeter/lis-200";
import { eventLimits, type MeterSystemEvent } from "../../../events/event-writer.ts";
import type { ContactedDevice } from "../driver.ts";
import type { TimedRow } from "./row-times.ts";

export function eventOf(
  { row, instant }: TimedRow,
  archive: number,
  { organizationNumber, number: deviceNumber }: ContactedDevice,
): MeterSystemEvent {
  const { event, globalNumber, statuses, values } = row;
  const told = event ? eventText(event.number) : "unknown";
  const states = statuses
    .filter(({ messages }) => messages.some((message) => message !== summerTimeMessage))
    .map(({ column, messages }) => `${column.header} ${statusWords(column.header, messages)}`);
  const measured = values.map(({ column, text }) => `${column.header} ${text}${column.unit ? ` ${column.unit}` : ""}`);
  return {
    ...{ organizationNumber, deviceNumber, timestamp: instant },
    title: `Archive event ${told}`,
    content: [`archive ${archive}`, `row ${globalNumber ?? "?"}`, `event ${told}`, ...states, ...measured]
      .join(", ")
      .slice(0, eventLimits.contentCharacters),
  };
}

/** Messages of the system status have names; those of the others depend on the model. */
function statusWords(header: string, messages: readonly number[]): string {
  return /sy/i.test(header) ? messages.map(systemMessageName).join(" and ") : statusText(messages);
}
