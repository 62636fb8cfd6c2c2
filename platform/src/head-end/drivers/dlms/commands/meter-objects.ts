/** Objects of a meter as commands use them: typed values, named in the words of the standard when something is wrong. */
import {
  attributeDefinition,
  type Data,
  formatObis,
  interfaceClasses,
  methodDefinition,
  nameOfActionResult,
  nameOfDataAccessResult,
  type ValueCodec,
} from "@anymeter/dlms-cosem";
import { RunFailure } from "../../../causes.ts";
import { accessFailure, actionFailure } from "../failure-causes.ts";
import type { MeterSession } from "../meter-session.ts";

export interface MeterObject {
  readonly classId: number;
  readonly logicalName: string;
}

/** How a value is read from data: every codec of the library, or less. */
export type Reads<Value> = Pick<ValueCodec<Value>, "fromData">;

export class MeterObjects {
  readonly #session: MeterSession;
  readonly #changed: string[] = [];
  #inDoubt: string | undefined;

  constructor(session: MeterSession) {
    this.#session = session;
  }

  /** What was written and invoked so far: a sentence or two; empty = nothing. */
  get changes(): string {
    const times = Map.groupBy(this.#changed, (name) => name);
    const changed = [...times].map(([name, { length }]) => (length === 1 ? name : `${name} (${length} times)`));
    return [
      ...(this.#inDoubt === undefined ? [] : [`Whether it took ${this.#inDoubt} is not known.`]),
      ...(changed.length > 0 ? [`Already changed: ${changed.join("; ")}.`] : []),
    ].join(" ");
  }

  /** An attribute that must be there. @throws RunFailure `command_unsupported`, `command_refused` or `invalid_answer` */
  async value<Value>(object: MeterObject, attribute: number, codec: Reads<Value>): Promise<Value> {
    return (await this.values<{ value: Value }>(object, { value: [attribute, codec] })).value;
  }

  /** Several attributes with one request, by whatever names the caller has for them. @throws RunFailure as `value` */
  async values<Values extends object>(
    object: MeterObject,
    wanted: { readonly [Name in keyof Values]: readonly [attribute: number, codec: Reads<Values[Name]>] },
  ): Promise<Values> {
    const names = Object.entries<readonly [attribute: number, codec: Reads<unknown>]>(wanted);
    const results = await this.#session.get(names.map(([, [attribute]]) => ({ ...object, attribute })));
    const read = names.map(([name, [attribute, codec]], index) => {
      const result = results[index] ?? { error: otherReason };
      if ("data" in result) return [name, codec.fromData(result.data)];
      const place = attributeName(object, attribute);
      if (isMissing(result.error)) throw new RunFailure("command_unsupported", `The meter has no ${place}.`);
      throw accessFailure(place, result.error);
    });
    return Object.fromEntries(read) as Values;
  }

  /** undefined where the meter has no such attribute, or does not show it. */
  async valueIfThere<Value>(object: MeterObject, attribute: number, codec: Reads<Value>): Promise<Value | undefined> {
    const [result] = await this.#session.get([{ ...object, attribute }]);
    if (!result || !("data" in result)) return undefined;
    try {
      return codec.fromData(result.data);
    } catch {
      return undefined;
    }
  }

  /** @throws RunFailure when the meter refuses */
  async write(object: MeterObject, attribute: number, data: Data): Promise<void> {
    const name = attributeName(object, attribute);
    const result = await this.#change(name, () => this.#session.set({ attribute: { ...object, attribute }, data }));
    if (result !== success)
      throw refusal(result, accessFailure(name, result), `${name}: ${nameOfDataAccessResult(result)}.`);
    this.#changed.push(name);
  }

  /** @throws RunFailure when the meter refuses */
  async invoke(object: MeterObject, method: number, parameter: Data): Promise<void> {
    const name = methodName(object, method);
    const { result } = await this.#change(name, () => this.#session.act({ method: { ...object, method }, parameter }));
    if (result !== success)
      throw refusal(result, actionFailure(name, result), `${name}: ${nameOfActionResult(result)}.`);
    this.#changed.push(name);
  }

  /** What has no answer may have been done. */
  async #change<Answer>(name: string, ask: () => Promise<Answer>): Promise<Answer> {
    this.#inDoubt = name;
    const answer = await ask();
    this.#inDoubt = undefined;
    return answer;
  }
}

/** A value as the meter sends it. */
export const asData: Reads<Data> = { fromData: (data) => data };

/** "disconnect control 0-0:96.3.10" */
export function objectName({ classId, logicalName }: MeterObject): string {
  return `${interfaceClasses.get(classId)?.name ?? `class ${classId}`} ${formatObis(logicalName)}`;
}

function attributeName(object: MeterObject, attribute: number): string {
  const name = attributeDefinition(object.classId, attribute)?.name ?? `attribute ${attribute}`;
  return `${objectName(object)}, ${name}`;
}

function methodName(object: MeterObject, method: number): string {
  return `${objectName(object)}, ${methodDefinition(object.classId, method)?.name ?? `method ${method}`}`;
}

/** A meter that is busy is asked again later; whatever else it says to a change is its refusal. */
function refusal(result: number, failure: RunFailure, detail: string): RunFailure {
  return result === temporaryFailure ? failure : new RunFailure("command_refused", detail);
}

/** Object undefined, class inconsistent, object unavailable. */
export function isMissing(error: number): boolean {
  return error === 4 || error === 9 || error === 11;
}

const success = 0;
const temporaryFailure = 2;
const otherReason = 250;
