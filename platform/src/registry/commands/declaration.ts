/**
 * What can be asked of a meter beside reading it on schedule: names and parameters of commands. The pipeline, the API's
 * documentation, the drivers and both roles of UDIL read this table; its names are UDIL's, in their newest form.
 */
import type { TObject } from "typebox";

export interface CommandDeclaration {
  readonly title: string;
  readonly description: string;
  /** Instants are ISO 8601 and, without an offset, of the meter's zone; times of day and dates are the meter's own. */
  readonly parameters: TObject;
  /** What a schema cannot say, per meter or not: a sentence about parameters that cannot be, or undefined. */
  readonly check?: (parameters: never) => string | undefined;
  /**
   * Who carries it out: the meter itself, or the platform, which sends the meter nothing. Of a meter that a vendor's MDC has,
   * that MDC is told as well.
   */
  readonly carriedOutBy: "meter" | "platform";
  /** Customers may lose their supply by it. */
  readonly interruptsSupply: boolean;
}
