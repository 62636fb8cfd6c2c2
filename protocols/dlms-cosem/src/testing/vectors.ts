/**
 * Byte vectors for every decoder of the package. The judge is never this package's own output: each vector was printed
 * in the Green Book, captured from a meter, or written down field by field from the standard's definition, as its
 * `source` says; comments beside the bytes name the fields.
 */
import { bytesFromHex } from "@anymeter/sans-io";
import type { Data } from "../data/data.ts";
import type { Apdu } from "../xdlms/apdu.ts";
import { associationVectors } from "./vectors/association.ts";
import { dataVectors } from "./vectors/data.ts";
import { generalVectors } from "./vectors/general.ts";
import { notificationVectors } from "./vectors/notification.ts";
import { otherServiceVectors } from "./vectors/other-services.ts";
import { serviceVectors } from "./vectors/services.ts";

export interface Vector<Value> {
  readonly name: string;
  readonly source: string;
  readonly bytes: Uint8Array;
  readonly value: Value;
  /** False when this package writes the same value in another form. */
  readonly canonical: boolean;
}

export interface WrittenVector<Value> {
  readonly name: string;
  /** Default: written down field by field. */
  readonly source?: string;
  readonly hex: string | readonly string[];
  readonly value: Value;
  readonly canonical?: false;
}

/** One APDU each, every kind at least once. */
export const apduVectors: readonly Vector<Apdu>[] = [
  ...associationVectors,
  ...serviceVectors,
  ...otherServiceVectors,
  ...generalVectors,
  ...notificationVectors,
].map(fromWritten);

/** One value each, every type at least once. */
export const encodedDataVectors: readonly Vector<Data>[] = dataVectors.map(fromWritten);

/** The one vector of that name. */
export function apduVector(name: string): Vector<Apdu> {
  const vector = apduVectors.find((candidate) => candidate.name === name);
  if (vector === undefined) throw new Error(`there is no vector "${name}"`);
  return vector;
}

function fromWritten<Value>(written: WrittenVector<Value>): Vector<Value> {
  const { name, source = "written down field by field", hex, value, canonical = true } = written;
  return { name, source, bytes: bytesFromHex(typeof hex === "string" ? hex : hex.join("")), value, canonical };
}
