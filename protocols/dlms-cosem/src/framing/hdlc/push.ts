/**
 * Listens to a line on which meters push without a connection: UI frames of any sender, unasked, an APDU in one or
 * several of them. Some meters (Kaifa) push in I-frames instead, and to the address "no station"; that is taken as well.
 */
import { DlmsError } from "../../errors.ts";
import { describeHdlcAddress, type HdlcAddress } from "./address.ts";
import { Assembly } from "./assembly.ts";
import { frameKind } from "./control.ts";
import { HdlcParser } from "./parser.ts";

export interface HdlcPush {
  /** The meter. */
  readonly source: HdlcAddress;
  readonly destination: HdlcAddress;
  readonly apdu: Uint8Array;
}

/** Senders whose unfinished APDUs are kept at once; beyond it the oldest is given up. */
export const maximumPushSenders = 16;

export class HdlcPushReceiver {
  private readonly parser = new HdlcParser();
  private readonly assemblies = new Map<string, Assembly>();
  private readonly maximumApduLength: number | undefined;

  constructor(maximumApduLength?: number) {
    this.maximumApduLength = maximumApduLength;
  }

  push(bytes: Uint8Array): void {
    this.parser.push(bytes);
  }

  /** Bytes of what was begun and is not whole yet. */
  get pending(): number {
    let pending = this.parser.pending;
    for (const assembly of this.assemblies.values()) pending += assembly.pending;
    return pending;
  }

  /** A frame or an APDU was begun that is not whole yet; a lone flag begins nothing. */
  get incomplete(): boolean {
    return this.parser.pending > 1 || this.assemblies.size > 0;
  }

  /** The line fell silent: what looked like the beginning of a frame is none. Call `next` afterwards. */
  resynchronize(): void {
    this.parser.resynchronize();
  }

  /** The next whole APDU. What carries no information, or cannot be joined, is passed over. */
  next(): HdlcPush | undefined {
    for (let frame = this.parser.next(); frame !== undefined; frame = this.parser.next()) {
      const kind = frameKind(frame.control);
      if (kind !== "UI" && kind !== "I") continue;
      const { source, destination, information, segmented } = frame;
      const sender = `${describeHdlcAddress(source)} to ${describeHdlcAddress(destination)}`;
      const assembly = this.assemblyOf(sender);
      try {
        const apdu = assembly.add(information, segmented);
        if (!assembly.incomplete) this.assemblies.delete(sender);
        if (apdu !== undefined) return { source, destination, apdu };
      } catch (error) {
        if (!(error instanceof DlmsError)) throw error;
        this.assemblies.delete(sender);
      }
    }
    return undefined;
  }

  private assemblyOf(sender: string): Assembly {
    const known = this.assemblies.get(sender);
    if (known !== undefined) return known;
    const [oldest] = this.assemblies.keys();
    if (oldest !== undefined && this.assemblies.size === maximumPushSenders) this.assemblies.delete(oldest);
    const assembly = new Assembly(["command", "response"], this.maximumApduLength);
    this.assemblies.set(sender, assembly);
    return assembly;
  }
}
