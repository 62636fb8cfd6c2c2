/**
 * What vendors' MDCs do that UDIL does not say, each a switch with the reason it is here. Counts mean "every so many":
 * 3 spoils the third, the sixth … answer, row or command, counted from the moment the switch is set.
 */
import { countUpTo, type FaultCheck, milliseconds, oneOf, yesOrNo } from "../../meters/faults.ts";

export interface HabitDeclaration {
  readonly check: FaultCheck;
  readonly because: string;
}

const everySoMany = (what: string) => countUpTo(1_000_000, what, 1);

export const habits = {
  // answers as a whole
  latency: { check: milliseconds, because: "servers with too many meters answer late" },
  htmlErrorPage: {
    check: everySoMany("answers"),
    because: "a proxy in front answers 502 with a page of its own while the MDC restarts",
  },
  htmlInPlaceOfData: {
    check: everySoMany("answers"),
    because: "a web application shows its sign-in page, with status 200, where JSON was asked for",
  },
  serverError: { check: everySoMany("answers"), because: "an exception nobody caught: 500 and a stack trace" },
  halfBody: {
    check: everySoMany("answers"),
    because: "writers that fail in the middle of a table close the answer properly all the same",
  },
  cutConnection: { check: everySoMany("answers"), because: "a process that is killed leaves half a transfer" },
  brokenXml: { check: everySoMany("XML answers"), because: "XML put together by hand forgets to close and to escape" },

  // how values are written: the register of inconsistencies in UDIL's own examples
  repeatedData: { check: yesOrNo, because: "v3 prints repeated data elements where v1 has data/element" },
  letterForDigit: { check: yesOrNo, because: "the examples show the letter I for the digit 1 in status" },
  unquotedNumbers: { check: yesOrNo, because: "half of the examples print status without quotes" },
  curlyQuotes: { check: yesOrNo, because: "bodies made from the document's text carry its typographic quotes" },
  equalsSign: { check: yesOrNo, because: 'the examples print msn="…" inside JSON objects' },
  trailingCommas: { check: yesOrNo, because: "the printed on-demand example ends a list with a comma" },
  zeroDates: { check: yesOrNo, because: "MySQL's 0000-00-00 00:00:00 stands for no date, also in the examples" },
  capitalStatus: { check: yesOrNo, because: "section 3.5 writes Status in one place" },
  aliases: {
    check: yesOrNo,
    because: "examples say read_datetime for mdc_read_datetime, meter_datetime in events, indiv_status",
  },
  quotedIds: { check: yesOrNo, because: "ids that went through two JSON writers keep their quotes, and blanks behind" },

  // rows
  rowsWithoutKeys: { check: everySoMany("rows"), because: "joins on a device table that lacks the device leave no id" },
  foreignRows: {
    check: everySoMany("rows"),
    because: "an MDC that serves several utilities filters by what it was asked only in some services",
  },
  duplicateRows: { check: everySoMany("rows"), because: "a table without the key the document demands" },
  mostRows: {
    check: countUpTo(1_000_000, "rows", 1),
    because: "a limit in the query that the answer does not mention",
  },
  filtersByMeterTime: {
    check: yesOrNo,
    because: "the document does not say which time a read's start and end are of: db_datetime unless this is set",
  },
  duplicateStamps: { check: yesOrNo, because: "a batch of rows is stamped once: many have one db_datetime" },
  lateRows: { check: everySoMany("rows"), because: "meters out of reach deliver hours later, stamped when they do" },
  backdatedRows: {
    check: everySoMany("rows"),
    because: "late rows stamped with the time at which they should have come: behind any cursor",
  },
  lostRows: { check: everySoMany("rows"), because: "holes that only an on-demand read fills from the meter's memory" },
  unknownEventCodes: { check: everySoMany("events"), because: "each maker has events beyond the lists" },
  wrongClocks: {
    check: everySoMany("meters"),
    because: "clocks an hour fast, or standing in 2016, until they are set",
  },
  mdcClockError: {
    check: { expected: "milliseconds from -3,600,000 to 3,600,000", accepts: (value) => isOffset(value) },
    because: "servers without time synchronization stamp db_datetime, and set meters, by their own clock",
  },

  // keys and transactions
  keyLifetime: {
    check: countUpTo(86_400, "seconds"),
    because: "keys die before their thirty minutes when the process restarts or somebody else signs in",
  },
  keyUses: { check: countUpTo(1_000_000, "requests", 1), because: "keys that are good for so many requests" },
  onDemandDelay: { check: milliseconds, because: "an on-demand read takes up to five and a half minutes" },
  failedCommands: { check: everySoMany("commands"), because: "the meter did not confirm" },
  backfilledStamps: {
    check: yesOrNo,
    because: "MDCs that know levels 2 and 5 only invent the times between: a second apart, or missing",
  },
  earlyResponseData: { check: yesOrNo, because: "the printed example has all its rows at level 4" },
  unknownTransactionIs404: { check: yesOrNo, because: "nothing is said of an unknown transaction; some answer 404" },
  refusesRepeatedTransactions: {
    check: yesOrNo,
    because: "some answer 400 to a transaction id they have seen, even with the same body",
  },
  longSampling: { check: yesOrNo, because: "v1 ends at 59 minutes, and meters are sampled every hour all the same" },
  strictRequests: { check: yesOrNo, because: "servers that take the document's form of a request and no other" },
  missingService: {
    check: oneOf("transaction_cancel", "reads"),
    because: "no address is printed for these: some MDCs do not have them",
  },
} as const satisfies Readonly<Record<string, HabitDeclaration>>;

export type HabitName = keyof typeof habits;

/** Values of those that are set. */
export interface HabitValues {
  readonly latency?: number;
  readonly htmlErrorPage?: number;
  readonly htmlInPlaceOfData?: number;
  readonly serverError?: number;
  readonly halfBody?: number;
  readonly cutConnection?: number;
  readonly brokenXml?: number;
  readonly repeatedData?: boolean;
  readonly letterForDigit?: boolean;
  readonly unquotedNumbers?: boolean;
  readonly curlyQuotes?: boolean;
  readonly equalsSign?: boolean;
  readonly trailingCommas?: boolean;
  readonly zeroDates?: boolean;
  readonly capitalStatus?: boolean;
  readonly aliases?: boolean;
  readonly quotedIds?: boolean;
  readonly rowsWithoutKeys?: number;
  readonly foreignRows?: number;
  readonly duplicateRows?: number;
  readonly mostRows?: number;
  readonly filtersByMeterTime?: boolean;
  readonly duplicateStamps?: boolean;
  readonly lateRows?: number;
  readonly backdatedRows?: number;
  readonly lostRows?: number;
  readonly unknownEventCodes?: number;
  readonly wrongClocks?: number;
  readonly mdcClockError?: number;
  readonly keyLifetime?: number;
  readonly keyUses?: number;
  readonly onDemandDelay?: number;
  readonly failedCommands?: number;
  readonly backfilledStamps?: boolean;
  readonly earlyResponseData?: boolean;
  readonly unknownTransactionIs404?: boolean;
  readonly refusesRepeatedTransactions?: boolean;
  readonly longSampling?: boolean;
  readonly strictRequests?: boolean;
  readonly missingService?: "transaction_cancel" | "reads";
}

function isOffset(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(value as number) <= 3_600_000;
}
