/** Explains what a selection looks for (EN 13757-3, clause 11). */
import { type Explainer, hexFromByte } from "@anymeter/sans-io";
import { mediumName } from "../application/medium.ts";
import { digitsOf } from "../records/binary-coded-decimal.ts";
import { manufacturerName } from "../records/manufacturer.ts";

/** Identification, manufacturer, version, medium, and in an enhanced selection one more record. */
export function explainSelection(explainer: Explainer, base: number, content: Uint8Array): void {
  const end = base + content.length;
  if (content.length < 8) return explainer.upTo(end, "selection, cut short");
  const code = content[4]! | (content[5]! << 8);
  const [version, medium] = [content[6]!, content[7]!];
  explainer.upTo(base + 4, "identification, F for any digit", { value: digitsOf(content, 0, 4) });
  explainer.upTo(base + 6, "manufacturer", { value: code === 0xffff ? "any" : manufacturerName(code) });
  explainer.upTo(base + 7, "version", { value: version === 0xff ? "any" : version });
  explainer.upTo(base + 8, "device type", {
    value: medium === 0xff ? "any" : `${mediumName(medium)} (${hexFromByte(medium)})`,
  });
  explainer.upTo(end, "record that the meter must have, such as its fabrication number");
}
