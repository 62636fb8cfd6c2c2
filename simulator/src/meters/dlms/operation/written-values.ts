/** Attributes that were written into the meter, and what it came with where nothing was. */

export class WrittenValues {
  readonly #memory: { written: Readonly<Record<string, unknown>> };

  constructor(memory: { written: Readonly<Record<string, unknown>> }) {
    this.#memory = memory;
  }

  /** What was written to an attribute, or `factory`. The same object until it is written again. */
  read<Value>(attribute: string, factory: Value): Value {
    return Object.hasOwn(this.#memory.written, attribute) ? (this.#memory.written[attribute] as Value) : factory;
  }

  /** `value` is JSON. */
  write(attribute: string, value: unknown): void {
    this.#memory.written = { ...this.#memory.written, [attribute]: value };
  }

  /** Goes back to what the meter came with. */
  clear(attribute: string): void {
    const { [attribute]: _, ...others } = this.#memory.written;
    this.#memory.written = others;
  }
}

/** "71/0.0.17.0.0.255/4" */
export function attributeKey(classId: number, logicalName: string, attribute: number): string {
  return `${classId}/${logicalName}/${attribute}`;
}
