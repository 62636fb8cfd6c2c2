/** Requests to read and write parameters, and answers with their values. */
import { type Explainer, jsonOf } from "@anymeter/sans-io";
import { lengthOfId, parametersText } from "../parameters/parameter-id.ts";
import {
  compressibilityFormulas,
  mapParameter,
  type ParameterAddress,
  type ParameterMap,
  parameterMapOf,
  parameterMaps,
  parameterNamed,
  pulseWeightParameter,
} from "../parameters/parameter-maps.ts";
import { decodeParameters } from "../parameters/parameter-values.ts";
import { decodeReadParameters, decodeWriteParameters } from "../requests/parameter-requests.ts";
import { decodeValue, type Value, valueTypes } from "../values/value-types.ts";
import {
  type Conversation,
  dataReader,
  type ExplainedTelegram,
  type FramePlace,
  frameParts,
  withUnit,
} from "./telegram.ts";

export function explainReadRequest(bytes: Uint8Array, place: FramePlace, told: Conversation): ExplainedTelegram {
  const ids = decodeReadParameters(dataReader(bytes, place));
  told.asked = { type: "parameters", ids };
  const parts = frameParts(
    bytes,
    place,
    (explainer) => explainer.upTo(place.start + 2, "request: read parameters"),
    (explainer) => {
      let at = place.dataStart;
      for (const id of ids) {
        at += lengthOfId(id);
        explainer.upTo(at, nameOf(id, told.map), { value: id });
      }
    },
  );
  const summary = `request to read ${parametersText(ids)}`;
  return { end: place.end, summary, parts, decoded: { telegram: "read-parameters", ids } };
}

export function explainWriteRequest(bytes: Uint8Array, place: FramePlace, told: Conversation): ExplainedTelegram {
  const map = (told.map ? [told.map] : parameterMaps).find((each) => fitsWrites(each, place.data));
  const typeOf = (id: number) => namedAddress(map, id)?.address.type;
  const writes = map ? decodeWriteParameters(dataReader(bytes, place), (id) => lengthIn(map, id)) : [];
  told.asked = undefined;
  const decoded = writes.map(({ id, bytes: value }) => ({ id, value: jsonOf(decodeValue(typeOf(id)!, value)) }));
  const parts = frameParts(
    bytes,
    place,
    (explainer) => explainer.upTo(place.start + 2, "request: write parameters"),
    (explainer) => {
      let at = place.dataStart;
      writes.forEach(({ id, bytes: value }, index) => {
        at += lengthOfId(id);
        explainer.upTo(at, nameOf(id, map), { value: id });
        at += value.length;
        explainer.upTo(at, `its value, ${valueTypes[typeOf(id)!].meaning}`, { value: decoded[index]!.value });
      });
      explainer.upTo(
        place.dataStart + place.data.length,
        "parameter ids and values; where one ends, only the converter's parameter map tells",
      );
    },
  );
  const summary =
    writes.length > 0
      ? `request to write ${parametersText(writes.map(({ id }) => id))}`
      : "request to write parameters";
  return { end: place.end, summary, parts, decoded: { telegram: "write-parameters", writes: decoded } };
}

/** @returns undefined when the values cannot be told apart */
export function explainValues(
  bytes: Uint8Array,
  place: FramePlace,
  ids: readonly number[],
  told: Conversation,
): ExplainedTelegram | undefined {
  const candidates = told.map ? [told.map] : parameterMaps;
  const map = candidates.find((each) => fits(each, ids, place.data.length));
  if (!map) return undefined;
  const parameters = ids.map((id) => namedAddress(map, id)!.address);
  const values = decodeParameters(parameters, place.data);
  remember(told, ids, values);
  const parts = frameParts(
    bytes,
    place,
    () => {},
    (explainer) => explainEach(explainer, place.dataStart, parameters, values, map),
  );
  const decoded = parameters.map(({ id }, index) => ({
    id,
    ...(namedAddress(map, id) && { name: namedAddress(map, id)!.name }),
    value: jsonOf(values[index]),
  }));
  const guessed = told.map ? "" : ` (read by the parameter map ${map.id}, whose lengths fit)`;
  const summary = `values of ${parametersText(ids)}${guessed}`;
  return { end: place.end, summary, parts, decoded: { telegram: "values", values: decoded } };
}

function explainEach(
  explainer: Explainer,
  dataStart: number,
  parameters: readonly ParameterAddress[],
  values: readonly (Value | undefined)[],
  map: ParameterMap,
): void {
  let at = dataStart;
  parameters.forEach(({ id, type }, index) => {
    at += valueTypes[type].length;
    const name = namedAddress(map, id)?.name;
    const unit = name === undefined ? "" : (parameterNamed(name)?.unit ?? "");
    const value = values[index];
    const shown = value === undefined ? "no value" : withUnit(jsonOf(value), unit);
    const formula = name === "compressibility_formula" ? compressibilityFormulas[Number(value)] : undefined;
    explainer.upTo(at, `${nameOf(id, map)}, ${valueTypes[type].meaning}`, {
      value: formula === undefined ? shown : `${shown} (${formula})`,
    });
  });
}

/** What is learned of the converter by its own answers. */
function remember(told: Conversation, ids: readonly number[], values: readonly (Value | undefined)[]): void {
  const textOf = (id: number) => values[ids.indexOf(id)] as string | undefined;
  const named = textOf(mapParameter.id);
  if (named !== undefined && told.map === undefined) told.map = knownMap(named);
  told.pulseWeight = textOf(pulseWeightParameter.id) ?? told.pulseWeight;
}

function knownMap(text: string): ParameterMap | undefined {
  try {
    return parameterMapOf(text);
  } catch {
    return undefined;
  }
}

function fits(map: ParameterMap, ids: readonly number[], length: number): boolean {
  const lengths = ids.map((id) => lengthIn(map, id));
  return lengths.reduce<number>((sum, each) => sum + (each ?? Number.NaN), 0) === length;
}

/** Whether the map knows how long every value is. */
function fitsWrites(map: ParameterMap, data: Uint8Array): boolean {
  try {
    decodeWriteParameters(data, (id) => lengthIn(map, id));
    return true;
  } catch {
    return false;
  }
}

function lengthIn(map: ParameterMap | undefined, id: number): number | undefined {
  const found = namedAddress(map, id);
  return found && valueTypes[found.address.type].length;
}

function nameOf(id: number, map: ParameterMap | undefined): string {
  const found = namedAddress(map, id) ?? sameEverywhere(id);
  const meaning = found && parameterNamed(found.name)?.meaning;
  return meaning === undefined ? `parameter ${id}` : `parameter ${id}: ${meaning}`;
}

function sameEverywhere(id: number): { readonly name: string } | undefined {
  const everywhere = [mapParameter.id, pulseWeightParameter.id].includes(id);
  return everywhere ? namedAddress(parameterMaps[0], id) : undefined;
}

function namedAddress(
  map: ParameterMap | undefined,
  id: number,
): { readonly name: string; readonly address: ParameterAddress } | undefined {
  if (!map) return undefined;
  const found = Object.entries(map.addresses).find(([, address]) => address.id === id);
  return found && { name: found[0], address: found[1] };
}
