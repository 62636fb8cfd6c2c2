/**
 * Reads the rows of a profile in requests of bounded length, oldest first, in whichever way this meter takes a range.
 */
import {
  type CaptureObject,
  clockCaptureObject,
  type Data,
  DlmsError,
  decodeProfileRows,
  type ProfileRow,
  type ScalerUnit,
} from "@anymeter/dlms-cosem";
import { RunFailure } from "../../causes.ts";
import type { RememberedProfile } from "../profile-memory.ts";
import type { CallContext } from "./call.ts";
import { accessFailure, failureOf } from "./failure-causes.ts";
import { nameOf } from "./meter-session.ts";
import { numberIn, type ProfileLayout, readLayout } from "./profile-layout.ts";
import { type Range, type RangeForm, rangeForms, wholeBuffer } from "./range-forms.ts";

/** What a plan of columns must know to decode; made anew when the layout turns out to be another. */
export interface DecodingPlan {
  readonly scalerUnits: readonly (ScalerUnit | undefined)[];
}

export interface OpenProfile<Plan extends DecodingPlan> {
  /** undefined = never stored. */
  readonly remembered: RememberedProfile<ProfileLayout> | undefined;
  plan: Plan;
  layout: ProfileLayout;
}

export class ProfileReader<Plan extends DecodingPlan> {
  readonly #context: CallContext;
  /** "1.0.99.1.0.255" */
  readonly #logicalName: string;
  /** "1-0:99.1.0" */
  readonly #profile: string;
  readonly #plan: (layout: ProfileLayout) => Plan;
  #opened: OpenProfile<Plan> | undefined;
  #form: string | undefined;

  constructor(context: CallContext, logicalName: string, profile: string, plan: (layout: ProfileLayout) => Plan) {
    this.#context = context;
    this.#logicalName = logicalName;
    this.#profile = profile;
    this.#plan = plan;
  }

  /** Recalls the layout, or reads it from the meter. */
  async open(): Promise<OpenProfile<Plan>> {
    const { profiles, device, clock, limits } = this.#context;
    const remembered = await profiles.recall<ProfileLayout>(device.id, this.#profile);
    this.#form = remembered?.rangeForm;
    const oldest = clock.now() - limits.layoutMaxAgeDays * 86_400_000;
    const isFresh =
      remembered !== undefined && remembered.layoutReadAt > oldest && (await this.#keepsPeriod(remembered.layout));
    const layout = isFresh ? remembered.layout : await this.#learnLayout();
    this.#opened = { remembered, plan: this.#plan(layout), layout };
    return this.#opened;
  }

  /** Reads the layout anew: what is remembered does not fit. */
  async relearn(): Promise<void> {
    const opened = this.#opened!;
    opened.layout = await this.#learnLayout();
    opened.plan = this.#plan(opened.layout);
  }

  /** Where the period makes the times of rows, another one would make wrong ones: nothing in the rows would show it. */
  async #keepsPeriod({ capturePeriodSeconds }: ProfileLayout): Promise<boolean> {
    const { dlms, session } = this.#context;
    if (dlms.null_profile_clock === undefined) return true;
    const [shown] = await session.get([{ ...this.#buffer, attribute: capturePeriod }]);
    return (numberIn(shown) ?? capturePeriodSeconds) === capturePeriodSeconds;
  }

  /**
   * The rows of a range in the order of time.
   * @param from inclusive, milliseconds UTC; undefined = everything the meter keeps
   * @param to inclusive; undefined = up to now
   */
  async *rows(from: number | undefined, to: number | undefined): AsyncGenerator<readonly ProfileRow[]> {
    for (const range of await this.#requests(from, to)) {
      const buffer = await this.#fetch(range);
      const rows = await this.#decode(buffer);
      yield rows.filter((row) => isInside(row, from, to));
      // The meter turned every selection down and sent all it has: nothing is left to ask for.
      if (this.#form === wholeBuffer) return;
    }
  }

  /** The requests that make up the range; a single undefined = the whole buffer with one request. */
  async #requests(from: number | undefined, to: number | undefined): Promise<(Range | undefined)[]> {
    const { dlms, clock, limits } = this.#context;
    const { layout } = this.#opened!;
    if (dlms.selective_access === false || this.#form === wholeBuffer) return [undefined];
    // Meters' clocks may be ahead: what they recorded "tomorrow" belongs to the last request.
    const end = to ?? clock.now() + dayMilliseconds;
    const period = layout.capturePeriodSeconds * 1000;
    const step = period * limits.profileRowsPerRequest;
    const requests: Range[] = [];
    let start = from;
    if (start === undefined) {
      if (to === undefined && (period === 0 || !(await this.#isLong()))) return [undefined];
      start = earliest;
      if (period > 0) {
        // Rows are not older than this unless there are gaps: the first request takes in whatever is.
        const entries = await this.#entriesInUse();
        const oldest = Math.min(end, clock.now() - entries * period);
        if (oldest > start) requests.push({ from: start, to: oldest });
        start = Math.max(start, oldest);
      }
    }
    for (; period > 0 && end - start > step; start += step) requests.push({ from: start, to: start + step });
    if (end >= start) requests.push({ from: start, to: end });
    return requests;
  }

  async #isLong(): Promise<boolean> {
    return (await this.#entriesInUse()) > this.#context.limits.profileRowsPerRequest;
  }

  #entries: number | undefined;
  async #entriesInUse(): Promise<number> {
    const attribute = { classId: profileGeneric, logicalName: this.#logicalName, attribute: entriesInUse };
    this.#entries ??= numberIn((await this.#context.session.get([attribute]))[0]) ?? 0;
    return this.#entries;
  }

  async #fetch(range: Range | undefined): Promise<Data> {
    const { profiles, device } = this.#context;
    if (!range) return await this.#context.session.read(this.#buffer);
    const known = rangeForms.findIndex(({ name }) => name === this.#form);
    for (const form of rangeForms.slice(Math.max(known, 0))) {
      const buffer = await this.#tryForm(form, range);
      if (buffer === undefined) continue;
      if (this.#form !== form.name) {
        this.#form = form.name;
        await profiles.learnRangeForm(device.id, this.#profile, form.name);
      }
      return buffer;
    }
    throw new RunFailure("request_refused", `${nameOf(this.#buffer)}: no way to ask for a range is accepted.`);
  }

  /** undefined = the meter does not take this form. */
  async #tryForm(form: RangeForm, range: Range): Promise<Data | undefined> {
    const { offsets, dlms, session } = this.#context;
    const selection = form.select(range, {
      offsets,
      deviationSign: dlms.deviation_sign ?? "utc-minus-local",
      restrictingObject: this.#opened!.layout.columns.find(isClock) ?? clockCaptureObject,
    });
    const attribute = { ...this.#buffer, ...(selection && { selection }) };
    if (!selection) return await session.read(attribute);
    try {
      const [result] = await session.get([attribute]);
      if (result && "data" in result) return result.data;
      const error = result?.error ?? otherReason;
      if (refusalsOfSelection.has(error)) return undefined;
      throw accessFailure(nameOf(attribute), error);
    } catch (error) {
      // An exception-response to the selection alone leaves the association standing.
      if (error instanceof RunFailure && error.code === "request_refused" && !session.over) return undefined;
      throw error;
    }
  }

  async #decode(buffer: Data): Promise<ProfileRow[]> {
    try {
      const rows = this.#decodeBy(this.#opened!, buffer);
      if (this.#relearned || fitPeriod(rows, this.#opened!.layout)) return rows;
    } catch (error) {
      if (!(error instanceof DlmsError) || error.code !== "profile_row_invalid") throw failureOf(error);
    }
    // The rows do not have the remembered columns or period: the meter was given others since.
    await this.relearn();
    try {
      return this.#decodeBy(this.#opened!, buffer);
    } catch (error) {
      throw failureOf(error);
    }
  }

  #decodeBy({ layout, plan }: OpenProfile<Plan>, buffer: Data): ProfileRow[] {
    return decodeProfileRows(buffer, layout.columns, {
      capturePeriodSeconds: layout.capturePeriodSeconds,
      sortMethod: layout.sortMethod,
      order: "oldest-first",
      scalerUnits: plan.scalerUnits,
      epoch: this.#context.epoch,
    });
  }

  #relearned = false;
  async #learnLayout(): Promise<ProfileLayout> {
    this.#relearned = true;
    const { profiles, device, session, clock } = this.#context;
    const layout = await readLayout(session, this.#logicalName);
    await profiles.learnLayout(device.id, this.#profile, layout, clock.now());
    return layout;
  }

  get #buffer() {
    return { classId: profileGeneric, logicalName: this.#logicalName, attribute: 2 };
  }
}

const profileGeneric = 7;
const [capturePeriod, entriesInUse] = [4, 7];
const clockClass = 8;
const dayMilliseconds = 86_400_000;
/** No meter has rows from before; an earlier bound is refused by some. */
const earliest = Date.UTC(2000, 0, 1);
const otherReason = 250;
/**
 * Data-access-results with which meters turn a selection down rather than the object: type unmatched, scope of access
 * violated, other reason.
 */
const refusalsOfSelection: ReadonlySet<number> = new Set([12, 13, otherReason]);

function isClock({ classId, attribute }: CaptureObject): boolean {
  return classId === clockClass && attribute === 2;
}

/** Gaps and rows between come with the period; rows none of which follow each other by it have another one. */
function fitPeriod(rows: readonly ProfileRow[], { capturePeriodSeconds }: ProfileLayout): boolean {
  const times = rows.flatMap(({ epochMilliseconds }) => epochMilliseconds ?? []);
  if (capturePeriodSeconds === 0 || times.length < 3) return true;
  const period = capturePeriodSeconds * 1000;
  return times.some((time, index) => index > 0 && Math.abs(time - times[index - 1]! - period) < period / 10);
}

/** Rows without a time are kept: the caller names them. */
function isInside({ epochMilliseconds: time }: ProfileRow, from: number | undefined, to: number | undefined): boolean {
  return time === undefined || ((from === undefined || time >= from) && (to === undefined || time <= to));
}
