/** How peers differ within one version: settings of a peer, each with what it is for. */
import type { ServiceName } from "./services/services.ts";

export interface PeerSwitches {
  /** Scalar form values in double quotes, as section 4 prints them and some servers demand. Default: bare. */
  readonly quoted?: boolean;
  /** Bodies as multipart/form-data instead of application/x-www-form-urlencoded. */
  readonly multipart?: boolean;
  /** In front of the service's name, such as "/udil". Default: none. */
  readonly basePath?: string;
  /** Paths of services the document prints no address for (reads, transaction_cancel), where a peer has its own. */
  readonly paths?: Partial<Record<ServiceName, string>>;
  /**
   * What a peer of v1 means by `active_energy_tl` and its like in LOAD_PROFILE_DATA, which name no direction: the sum of
   * both (default), or import.
   */
  readonly loadProfileEnergy?: "abs" | "pos";
  /** `0000-00-00 00:00:00` for a time that is not known, as v1's examples have it. Default: empty. */
  readonly zeroDates?: boolean;
  /** event_counter in the event rows of v1, whose table lacks it and whose example has it. */
  readonly eventCounter?: boolean;
  /**
   * Events to a peer of v1 with the codes of v1's own list, coarser than those they have (113 for 133, phase failure of L2).
   * Events of one second may then share a key of v1, (meter, time, code), and differ in their descriptions alone. Default: each
   * event has its own code, as v1 leaves its list open.
   */
  readonly coarseEventCodes?: boolean;
  /** Sampling intervals above 59 minutes to a peer of v1 (60 and 480 are in use). Default: refused. */
  readonly longSampling?: boolean;
}
