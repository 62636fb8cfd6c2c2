/**
 * How values and archive columns map to series: by the address of the value, `2:302.0`, or by the name that the settings
 * give it. A column of an archive is the value whose source address (V.4) it names; further columns of the same source, such
 * as a month's peak, are told apart by a number: `2:302.0#2`.
 */
import { type ArchiveColumn, type ArchiveLayout, canonicalAddress } from "@anymeter/lis-200";
import type { CompleteLis200Settings } from "../../../registry/protocols/lis-200.ts";

/** Names a value's series may have, the preferred one first. */
export function namesOfAddress(address: string, settings: CompleteLis200Settings): readonly string[] {
  const alias = aliasesOf(settings).get(address);
  return alias === undefined ? [address] : [alias, address];
}

/** Names of the series of each column that measures, by its position; columns without a source have none. */
export function namesOfColumns(
  { columns }: ArchiveLayout,
  settings: CompleteLis200Settings,
): ReadonlyMap<number, readonly string[]> {
  const seen = new Map<string, number>();
  const names = new Map<number, readonly string[]>();
  for (const { position, role, source } of columns as readonly ArchiveColumn[]) {
    if (role !== "value" || source === undefined) continue;
    const count = (seen.get(source) ?? 0) + 1;
    seen.set(source, count);
    const suffix = count === 1 ? "" : `#${count}`;
    names.set(
      position,
      namesOfAddress(source, settings).map((name) => `${name}${suffix}`),
    );
  }
  return names;
}

const aliases = new WeakMap<object, ReadonlyMap<string, string>>();

/** Operators may write addresses with leading zeros; they are compared without. */
function aliasesOf({ series_names: names = {} }: CompleteLis200Settings): ReadonlyMap<string, string> {
  const known = aliases.get(names);
  if (known) return known;
  const made = new Map(Object.entries(names).map(([address, name]) => [canonicalAddress(address), name]));
  aliases.set(names, made);
  return made;
}
