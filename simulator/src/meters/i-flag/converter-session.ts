/** A converter's session with one reader, with what its faults make of its answers. */
import { type AnswerKind, answerFrame, type IFlagDevice, IFlagServer, type ServerOptions } from "@anymeter/i-flag";
import { type FaultSwitches, isTurn } from "../faults.ts";

/** What can be wrong with the converter, beside its line. */
export type IFlagFaults = {
  /** One frame in so many has a wrong checksum. */
  readonly wrongChecksumsEvery?: number | undefined;
  /** One acknowledgement of a frame in so many is not heard. */
  readonly lostAcknowledgementsEvery?: number | undefined;
  /** One frame of a database in so many carries the number of a later one. */
  readonly disorderedFramesEvery?: number | undefined;
  /** Somebody switched the write protection on: nothing can be written. */
  readonly writeProtected?: boolean | undefined;
};

export class ConverterSession extends IFlagServer {
  readonly #faults: FaultSwitches<IFlagFaults>;
  #frames = 0;
  #databaseFrames = 0;
  #acknowledgements = 0;

  constructor(device: IFlagDevice, options: ServerOptions, faults: FaultSwitches<IFlagFaults>) {
    super(device, options);
    this.#faults = faults;
  }

  protected override leaving(answer: Uint8Array, kind: AnswerKind): Uint8Array {
    const { wrongChecksumsEvery, disorderedFramesEvery } = this.#faults.current;
    if (kind !== "values" && kind !== "database frame") return answer;
    if (kind === "database frame" && isTurn(++this.#databaseFrames, disorderedFramesEvery)) return renumbered(answer);
    return isTurn(++this.#frames, wrongChecksumsEvery) ? answer.with(-1, answer.at(-1)! ^ 1) : answer;
  }

  protected override hearsAcknowledgement(): boolean {
    return !isTurn(++this.#acknowledgements, this.#faults.current.lostAcknowledgementsEvery);
  }
}

/** The frame with a number two too high, and a checksum that fits. */
function renumbered(frame: Uint8Array): Uint8Array {
  const data = frame.slice(2, -3);
  data[0] = data[0]! + 2;
  return answerFrame(data);
}
