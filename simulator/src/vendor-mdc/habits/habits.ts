/**
 * What vendors' MDCs do that UDIL does not say, each a switch with the reason it is here. Counts mean "every so many":
 * 3 spoils the third, the sixth … answer, row or command, counted from the moment the switch is set.
 */
import { countUpTo, type FaultCheck, milliseconds, oneOf, yesOrNo } from "../../meters/faults.ts";

export interface HabitDeclaration<Value = unknown> {
  readonly check: FaultCheck;
  readonly because: string;
  /** Of the type only. */
  readonly value?: Value;
}

const habit = <Value>(check: FaultCheck, because: string): HabitDeclaration<Value> => ({ check, because });
const whether = (because: string) => habit<boolean>(yesOrNo, because);
const number = (check: FaultCheck, because: string) => habit<number>(check, because);
const everySoMany = (what: string, because: string) => number(countUpTo(1_000_000, what, 1), because);

export const habits = {
  // answers as a whole
  latency: number(milliseconds, "servers with too many meters answer late"),
  htmlErrorPage: everySoMany("answers", "a proxy in front answers 502 with a page of its own while the MDC restarts"),
  htmlInPlaceOfData: everySoMany(
    "answers",
    "a web application shows its sign-in page, with status 200, where JSON was asked for",
  ),
  serverError: everySoMany("answers", "an exception nobody caught: 500 and a stack trace"),
  halfBody: everySoMany("answers", "writers that fail in the middle of a table close the answer properly all the same"),
  cutConnection: everySoMany("answers", "a process that is killed leaves half a transfer"),
  brokenXml: everySoMany("XML answers", "XML put together by hand forgets to close and to escape"),

  // how values are written: the register of inconsistencies in UDIL's own examples
  repeatedData: whether("v3 prints repeated data elements where v1 has data/element"),
  letterForDigit: whether("the examples show the letter I for the digit 1 in status"),
  unquotedNumbers: whether("half of the examples print status without quotes"),
  curlyQuotes: whether("bodies made from the document's text carry its typographic quotes"),
  equalsSign: whether('the examples print msn="…" inside JSON objects'),
  trailingCommas: whether("the printed on-demand example ends a list with a comma"),
  zeroDates: whether("MySQL's 0000-00-00 00:00:00 stands for no date, also in the examples"),
  capitalStatus: whether("section 3.5 writes Status in one place"),
  aliases: whether("examples say read_datetime for mdc_read_datetime, meter_datetime in events, indiv_status"),
  quotedIds: whether("ids that went through two JSON writers keep their quotes, and blanks behind"),

  // rows
  rowsWithoutKeys: everySoMany("rows", "joins on a device table that lacks the device leave no id"),
  foreignRows: everySoMany(
    "rows",
    "an MDC that serves several utilities filters by what it was asked only in some services",
  ),
  duplicateRows: everySoMany("rows", "a table without the key the document demands"),
  mostRows: number(countUpTo(1_000_000, "rows", 1), "a limit in the query that the answer does not mention"),
  filtersByMeterTime: whether(
    "the document does not say which time a read's start and end are of: db_datetime unless this is set",
  ),
  duplicateStamps: whether("a batch of rows is stamped once: many have one db_datetime"),
  lateRows: everySoMany("rows", "meters out of reach deliver hours later, stamped when they do"),
  backdatedRows: everySoMany(
    "rows",
    "late rows stamped with the time at which they should have come: behind any cursor",
  ),
  lostRows: everySoMany("rows", "holes that only an on-demand read fills from the meter's memory"),
  unknownEventCodes: everySoMany("events", "each maker has events beyond the lists"),
  wrongClocks: everySoMany("meters", "clocks an hour fast, or ten years behind, from the start until they are set"),
  mdcClockError: number(
    { expected: "milliseconds, 14 hours at most either way", accepts: (value) => isOffset(value) },
    "servers without time synchronization, or of a wrong time zone, stamp db_datetime, and set meters, by their own clock",
  ),

  // keys and transactions
  keyLifetime: number(
    countUpTo(86_400, "seconds"),
    "keys die before their thirty minutes when the process restarts or somebody else signs in",
  ),
  keyUses: number(countUpTo(1_000_000, "requests", 1), "keys that are good for so many requests"),
  onDemandDelay: number(milliseconds, "an on-demand read takes up to five and a half minutes"),
  failedCommands: everySoMany("commands", "the meter did not confirm"),
  backfilledStamps: whether("MDCs that know levels 2 and 5 only invent the times between: a second apart, or missing"),
  earlyResponseData: whether("the printed example has all its rows at level 4"),
  unknownTransactionIs404: whether("nothing is said of an unknown transaction; some answer 404"),
  refusesRepeatedTransactions: whether("some answer 400 to a transaction id they have seen, even with the same body"),
  longSampling: whether("v1 ends at 59 minutes, and meters are sampled every hour all the same"),
  strictRequests: whether("servers that take the document's form of a request and no other"),
  missingService: habit<"transaction_cancel" | "reads">(
    oneOf("transaction_cancel", "reads"),
    "no address is printed for these: some MDCs do not have them",
  ),
} satisfies Readonly<Record<string, HabitDeclaration>>;

export type HabitName = keyof typeof habits;

/** Values of those that are set. */
export type HabitValues = {
  readonly [Name in HabitName]?: (typeof habits)[Name] extends HabitDeclaration<infer Value> ? Value : never;
};

function isOffset(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(value as number) <= 14 * 3_600_000;
}
