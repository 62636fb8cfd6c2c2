/** The link layer of a meter: addresses, selection, frame count, telegrams in turn. What the meter says is handed in. */
import { controlInformationFields } from "../../application/control-information.ts";
import { accessDemand, controls, frameCountBit, primaryMessage } from "../../frames/control.ts";
import { addresses, encodeFrame, type MbusFrame } from "../../frames/frame.ts";
import { fitsFabricationNumber, fitsMask, maskOfSelection } from "../../link/selection.ts";
import { baudOfControlInformation } from "../../link/timing.ts";
import type { MbusSlave, SlaveAnswer } from "./bus.ts";

/** The application of a meter. */
export interface MbusDevice {
  /** Eight bytes, see `secondaryAddressBytes`; undefined for a meter without secondary address. */
  readonly secondaryAddress: Uint8Array | undefined;
  /** Four bytes BCD, least significant byte first, when the meter takes enhanced selections. */
  readonly fabricationNumber?: Uint8Array;
  /** Kept by the meter, so that it survives the session. */
  primaryAddress: number;
  /**
   * Application layers, from the CI field on, of all that the meter says, in order; each but the last says that more
   * follows. Called anew for each answer.
   * @param subcode of the last application reset
   */
  telegrams(context: TelegramContext): readonly Uint8Array[];
  /** The application layer of class 1 data; undefined when there is none. */
  alarm?(): Uint8Array | undefined;
  /** Records that were written (CI 51), CI field left out. False: the meter has no room for them now. */
  write?(records: Uint8Array): boolean;
}

export interface TelegramContext {
  readonly subcode: number | undefined;
  /** Counts the telegrams the meter sent, modulo 256; a repeated telegram keeps its own. */
  readonly accessNumber: number;
}

/** How this make of meter behaves where makers do not follow the standard. */
export interface SlaveHabits {
  /**
   * What becomes of a request: with a toggled frame count the next telegram, else the same again; always the next one; always
   * the same one, whatever the frame count says. Default "counted".
   */
  readonly frameCount?: "counted" | "always-next" | "always-same";
  /** SND_NKE is answered. Default true. */
  readonly answersReset?: boolean;
  /** Milliseconds until an answer begins. Default 0. */
  readonly delay?: number;
  /** Frames that are lost after power-up, because the meter wakes up by them. Default 0. */
  readonly lostFirstFrames?: number;
  /** The byte sent instead of E5. Default E5. */
  readonly acknowledgement?: number;
}

export class SlaveStation implements MbusSlave {
  readonly #device: MbusDevice;
  readonly #habits: SlaveHabits;
  #framesToLose: number;
  #selected = false;
  /** Frame count bits seen last, by service, of the own address and of 253. */
  readonly #counts = new Map<number, number>();
  readonly #selectedCounts = new Map<number, number>();
  #subcode: number | undefined;
  /** Index of the telegram sent last; -1 before the first. */
  #telegram = -1;
  #accessNumber = 0;

  constructor(device: MbusDevice, habits: SlaveHabits = {}) {
    this.#device = device;
    this.#habits = habits;
    this.#framesToLose = habits.lostFirstFrames ?? 0;
  }

  hear(frame: MbusFrame): SlaveAnswer | undefined {
    if (frame.type === "ack" || (frame.control & primaryMessage) === 0) return undefined;
    if (this.#framesToLose > 0) {
      this.#framesToLose--;
      return undefined;
    }
    const bytes = this.#answerTo(frame);
    if (bytes === undefined || frame.address === addresses.broadcast) return undefined;
    return { bytes, delay: this.#habits.delay ?? 0 };
  }

  #answerTo(frame: Exclude<MbusFrame, { type: "ack" }>): Uint8Array | undefined {
    const { address, control } = frame;
    const application = "application" in frame ? frame.application : undefined;
    if (application && address === addresses.selected) {
      const mask = maskOfSelection(application);
      if (mask) return this.#select(mask);
    }
    if (!this.#isFor(address)) return undefined;
    const service = control & ~frameCountBit;
    if (service === controls.sendNke) return this.#reset(address);
    if (service === controls.requestClass2) return this.#data(this.#isNew(address, control));
    if (service === controls.requestClass1) return this.#alarm();
    if (service === controls.sendUserData && application) {
      if (!this.#isNew(address, control)) return this.#acknowledge();
      return this.#take(application) ?? this.#refuse(address, control);
    }
    return undefined;
  }

  #isFor(address: number): boolean {
    if (address === addresses.selected) return this.#selected;
    if (address === addresses.allAnswer || address === addresses.broadcast) return true;
    return address === this.#device.primaryAddress;
  }

  #select(mask: Uint8Array): Uint8Array | undefined {
    const { secondaryAddress, fabricationNumber = noNumber } = this.#device;
    const fits = secondaryAddress && fitsMask(mask, secondaryAddress) && fitsFabricationNumber(mask, fabricationNumber);
    this.#selected = fits === true;
    if (!this.#selected) return undefined;
    this.#selectedCounts.clear();
    this.#telegram = -1;
    return this.#acknowledge();
  }

  #reset(address: number): Uint8Array | undefined {
    if (address === addresses.selected) {
      this.#selected = false;
      this.#selectedCounts.clear();
    } else this.#counts.clear();
    this.#telegram = -1;
    return this.#habits.answersReset === false ? undefined : this.#acknowledge();
  }

  #data(isNew: boolean): Uint8Array {
    const next = nextTelegram[this.#habits.frameCount ?? "counted"](isNew);
    if (next || this.#telegram < 0) {
      this.#telegram++;
      this.#accessNumber = (this.#accessNumber + 1) & 0xff;
    }
    const context = { subcode: this.#subcode, accessNumber: this.#accessNumber };
    const telegrams = this.#device.telegrams(context);
    // Behind the last telegram a meter begins anew.
    if (this.#telegram >= telegrams.length) this.#telegram = 0;
    return this.#respond(telegrams[this.#telegram]!);
  }

  #alarm(): Uint8Array {
    const alarm = this.#device.alarm?.();
    return alarm ? this.#respond(alarm) : this.#acknowledge();
  }

  /** @returns undefined when the meter does not take it */
  #take(application: Uint8Array): Uint8Array | undefined {
    const controlInformation = application[0]!;
    if (controlInformation === controlInformationFields.applicationReset) {
      this.#subcode = application[1];
      this.#telegram = -1;
    } else if (controlInformation === controlInformationFields.dataSend) {
      const records = application.subarray(1);
      // The acknowledgement still comes as from the old address: it has none.
      if (records.length === 3 && records[0] === 0x01 && records[1] === 0x7a) this.#device.primaryAddress = records[2]!;
      else if (this.#device.write?.(records) === false) return undefined;
    } else if (baudOfControlInformation(controlInformation) === undefined) return undefined;
    return this.#acknowledge();
  }

  /** A frame whose count is that of the last one is a retry. */
  #isNew(address: number, control: number): boolean {
    const counts = this.#countsOf(address);
    const service = control & ~frameCountBit;
    const count = control & frameCountBit;
    const isNew = counts.get(service) !== count;
    counts.set(service, count);
    return isNew;
  }

  #countsOf(address: number): Map<number, number> {
    return address === addresses.selected ? this.#selectedCounts : this.#counts;
  }

  #acknowledge(): Uint8Array {
    return Uint8Array.of(this.#habits.acknowledgement ?? 0xe5);
  }

  /** What was not taken is new when it comes again. */
  #refuse(address: number, control: number): Uint8Array {
    this.#countsOf(address).delete(control & ~frameCountBit);
    return encodeFrame({ type: "short", control: notAcknowledged, address: this.#device.primaryAddress });
  }

  #respond(application: Uint8Array): Uint8Array {
    const waiting = this.#device.alarm?.() !== undefined;
    return encodeFrame({
      type: application.length === 1 ? "control" : "long",
      control: controls.respond | (waiting ? accessDemand : 0),
      address: this.#device.primaryAddress,
      application,
    });
  }
}

const nextTelegram: Readonly<Record<NonNullable<SlaveHabits["frameCount"]>, (isNew: boolean) => boolean>> = {
  counted: (isNew) => isNew,
  "always-next": () => true,
  "always-same": () => false,
};

/** Digits that no mask but wildcards fits. */
const noNumber = Uint8Array.of(0xff, 0xff, 0xff, 0xff);
const notAcknowledged = 0x01;
