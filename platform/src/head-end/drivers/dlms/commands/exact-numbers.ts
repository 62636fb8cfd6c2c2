/** Numbers written in the type and scale in which the meter keeps them, without a float in between. */
import { type Data, integerRanges, scale } from "@anymeter/dlms-cosem";

/**
 * A number times ten to a power, as the whole number that a register holds; half up when digits are lost.
 * @param value 20.5
 * @param exponent 3 for kW to W, less the register's scaler
 */
export function wholeOf(value: number, exponent: number): { readonly whole: bigint; readonly exact: boolean } {
  const [digits = "0", fraction = ""] = scale(value, exponent).split(".");
  const exact = /^0*$/.test(fraction);
  const whole = BigInt(digits) + (!exact && fraction[0]! >= "5" ? 1n : 0n);
  return { whole, exact };
}

/** The number in the type of what the meter shows; undefined when that is no number, or too small a type. */
export function numberLike(shown: Data, value: bigint): Data | undefined {
  switch (shown.type) {
    case "long64":
    case "long64-unsigned":
      return { type: shown.type, value };
    case "float32":
    case "float64":
      return { type: shown.type, value: Number(value) };
    default: {
      if (!(shown.type in integerRanges)) return undefined;
      const type = shown.type as keyof typeof integerRanges;
      const [smallest, largest] = integerRanges[type];
      return value >= smallest && value <= largest ? { type, value: Number(value) } : undefined;
    }
  }
}

/** Whether data is that number, whatever its type. */
export function isNumber(data: Data, value: bigint): boolean {
  if (typeof data.value === "bigint") return data.value === value;
  return typeof data.value === "number" && data.value === Number(value);
}
