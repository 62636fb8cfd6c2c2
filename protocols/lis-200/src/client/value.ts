/** Answers to reads of single values: `2:302.0(1234.5678*m3)`. */
import { addressText, findAddress } from "../address/address.ts";
import { onlyRow } from "../archive/rows.ts";
import { unitText, valueText } from "../archive/text.ts";
import { refusalNumber } from "../refusals.ts";

export interface MeterValue {
  /** `2:302.0`; undefined where the meter did not repeat it. */
  readonly address: string | undefined;
  /** As the meter wrote it, without blanks around it: "1234.5678", "2021-03-01,06:00:00". */
  readonly text: string;
  /** "m3"; undefined where there is none. */
  readonly unit: string | undefined;
}

/** The value of an answer, or the number of its refusal; undefined when the text is neither. */
export function parseValueAnswer(text: string): MeterValue | number | undefined {
  const row = onlyRow(text);
  if (row?.length !== 1) return undefined;
  const content = valueText(row[0]!);
  const refusal = refusalNumber(content);
  if (refusal !== undefined) return refusal;
  const address = findAddress(text.slice(0, text.indexOf("(")).replace(/^[^\w]+/, ""));
  const star = content.lastIndexOf("*");
  return {
    address: address && addressText(address),
    text: star < 0 ? content : content.slice(0, star).trim(),
    unit: star < 0 ? undefined : unitText(content.slice(star + 1)) || undefined,
  };
}
