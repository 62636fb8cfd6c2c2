/**
 * A bus of meters behind one gateway. Every meter hears every frame; what several of them answer at once is laid over each
 * other as on the wire: a slave sends a 0 by drawing more current, so a 0 of any of them wins over a 1 of the others.
 */
import type { MbusFrame } from "../../frames/frame.ts";

/** One meter on the wire. */
export interface MbusSlave {
  /** What the meter puts on the wire after a frame; undefined when it stays silent. */
  hear(frame: MbusFrame): SlaveAnswer | undefined;
}

export interface SlaveAnswer {
  readonly bytes: Uint8Array;
  /** Milliseconds until it begins. Default 0. */
  readonly delay?: number;
}

export class MbusBus {
  readonly #slaves: readonly MbusSlave[];

  constructor(slaves: readonly MbusSlave[]) {
    this.#slaves = slaves;
  }

  /** What comes back over the bus, in order of time; answers with the same delay collide. */
  transmit(frame: MbusFrame): readonly Required<SlaveAnswer>[] {
    const answers = new Map<number, Uint8Array[]>();
    for (const slave of this.#slaves) {
      const answer = slave.hear(frame);
      if (answer === undefined) continue;
      const { bytes, delay = 0 } = answer;
      const others = answers.get(delay);
      if (others) others.push(bytes);
      else answers.set(delay, [bytes]);
    }
    if (answers.size === 0) return noAnswer;
    return [...answers]
      .map(([delay, together]) => ({ delay, bytes: together.length === 1 ? together[0]! : overlaid(together) }))
      .sort((one, other) => one.delay - other.delay);
  }
}

/** The slaves' clocks drift apart: short answers of several look like one, behind their first bytes they blur. */
function overlaid(answers: readonly Uint8Array[]): Uint8Array {
  const length = Math.max(...answers.map((answer) => answer.length));
  return Uint8Array.from({ length }, (_, index) =>
    answers.reduce((wire, answer, slave) => wire & late(answer, index, index < bytesInStep ? 0 : slave % 8), 0xff),
  );
}

/** The byte at an index of an answer that is some bits late; an idle line is all ones. */
function late(answer: Uint8Array, index: number, bits: number): number {
  const own = answer[index] ?? 0xff;
  const before = answer[index - 1] ?? 0xff;
  return ((own << bits) | (before >> (8 - bits))) & 0xff;
}

const bytesInStep = 4;
const noAnswer: readonly Required<SlaveAnswer>[] = [];
