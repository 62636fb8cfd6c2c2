import type { UdilCommands } from "@anymeter/udil";

/** What is programmed into a meter besides what it measures by; instants are milliseconds UTC. */
export interface MeterParameters {
  readonly addresses?: UdilCommands["update_ip_port"];
  readonly opticalPort?: { readonly on: number; readonly off: number };
  readonly wakeUpNumbers?: readonly [string, string, string];
  readonly sim?: { readonly number: string; readonly id: string };
  /** Local: day of the month, and milliseconds after midnight. */
  readonly mdiReset: { readonly date: number; readonly time: number };
  /** Minutes between contacts of a meter that calls; undefined = always on. */
  readonly contactInterval: number | undefined;
  /** Milliseconds after midnight of the day's first contact. */
  readonly firstContact: number;
  readonly communicationMode: number;
  readonly bidirectional: boolean;
}

/** When each group of parameters was last programmed, by the code UDIL has for it. */
export type ProgrammedAt = Partial<
  Record<"auxr" | "dvtm" | "sanc" | "lsch" | "tiou" | "ippo" | "mdsm" | "oppo" | "wsim" | "mtst" | "dmdt", number>
>;
