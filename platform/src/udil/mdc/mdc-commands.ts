import type { Commands } from "../../commands/commands.ts";

/** What this room asks of the pipeline of commands. */
export type MdcCommands = Pick<Commands, "submit" | "cancel" | "statusPages" | "onChanged">;
