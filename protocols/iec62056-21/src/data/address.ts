/**
 * Addresses of data sets as OBIS identifiers (IEC 62056-61): full, `A-B:C.D.E*F`, or reduced to `C.D` or `C.D.E`, where
 * letters stand for the values of C that are no quantity. The standard lets a meter leave out what is self-evident.
 */

export interface ObisIdentifier {
  /** Medium; left out by most meters. */
  readonly a?: number;
  /** Channel. */
  readonly b?: number;
  readonly c: number;
  readonly d: number;
  readonly e?: number;
  /** A stored value: which one, counted up at each reset. */
  readonly f?: number;
  /** `*` values were stored by the meter itself, `&` values by a manual reset. */
  readonly storedBy?: "meter" | "hand";
}

/** The letters of C and D in reduced identifiers: IEC 62056-61 annex A. */
const lettersOf: Readonly<Record<string, number>> = { C: 96, F: 97, L: 98, P: 99 };

const identifier =
  /^(?:(\d{1,3})-)?(?:(\d{1,3}):)?(\d{1,3}|[CFLP])\.(\d{1,3}|[CFLP])(?:\.(\d{1,3}|[CFLP]))?(?:([*&])(\d{1,3}))?$/;

/** @returns the parts of an address; undefined when it is a maker's own and no OBIS identifier */
export function obisOf(address: string): ObisIdentifier | undefined {
  const match = identifier.exec(address);
  if (!match) return undefined;
  const [, a, b, c = "", d = "", e, mark, f] = match;
  const obis: ObisIdentifier = {
    ...(a !== undefined && { a: Number(a) }),
    ...(b !== undefined && { b: Number(b) }),
    c: fieldOf(c),
    d: fieldOf(d),
    ...(e !== undefined && { e: fieldOf(e) }),
    ...(f !== undefined && { f: Number(f), storedBy: mark === "&" ? "hand" : "meter" }),
  };
  return Object.values(obis).some((field) => typeof field === "number" && field > 255) ? undefined : obis;
}

/**
 * The full code of six groups as DLMS writes it: "1.8.0" is "1-0:1.8.0*255" of electricity. `F.F` and other identifiers of
 * C 96 to 99 are of medium 0 where the meter does not say.
 * @param medium A where the address has none and C is a quantity. Default 1, electricity
 */
export function fullObisCode({ a, b, c, d, e, f }: ObisIdentifier, medium = 1): string {
  const general = c === 0 && medium !== 1 ? medium : c >= 96 ? 0 : medium;
  return `${a ?? general}-${b ?? 0}:${c}.${d}.${e ?? 0}*${f ?? 255}`;
}

function fieldOf(text: string): number {
  return lettersOf[text] ?? Number(text);
}
