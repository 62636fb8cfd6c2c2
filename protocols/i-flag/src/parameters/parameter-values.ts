/** The values of an answer to a request for parameters: one behind the other in the order asked, without ids. */
import { iFlagError } from "../errors.ts";
import { decodeValue, type Value, valueTypes } from "../values/value-types.ts";
import { parametersText } from "./parameter-id.ts";
import type { ParameterAddress } from "./parameter-maps.ts";

/** @throws ProtocolError `answer_length_wrong` */
export function decodeParameters(
  parameters: readonly ParameterAddress[],
  data: Uint8Array,
): readonly (Value | undefined)[] {
  const expected = parameters.reduce((sum, { type }) => sum + valueTypes[type].length, 0);
  if (data.length !== expected) {
    const what = parametersText(parameters.map(({ id }) => id));
    throw iFlagError("answer_length_wrong", { found: data.length, what, expected });
  }
  let at = 0;
  return parameters.map(({ type }) => {
    const value = decodeValue(type, data, at);
    at += valueTypes[type].length;
    return value;
  });
}
