/** What the schemas of parameters cannot say: sentences about parameters that cannot be, or undefined. */

type Slab = { readonly action_time: string };

/** Both without an offset are of one clock and compare as text; with one and without one nothing is known here. */
function comesAfter(later: string, earlier: string): boolean | undefined {
  const [a, b] = [instantOf(earlier), instantOf(later)];
  if (a.hasOffset !== b.hasOffset || Number.isNaN(a.value) || Number.isNaN(b.value)) return undefined;
  return b.value > a.value;
}

function instantOf(text: string): { readonly value: number; readonly hasOffset: boolean } {
  const offset = /(Z|[+-]\d{2}:?\d{2})$/.exec(text.slice(10))?.[0];
  const bare = offset === undefined ? text : text.slice(0, -offset.length);
  const time = bare.length === 10 ? `${bare}T00:00:00` : bare.replace(" ", "T");
  const colon = offset === undefined || offset === "Z" ? "Z" : `${offset.slice(0, 3)}:${offset.slice(-2)}`;
  return { value: Date.parse(`${time}${colon}`), hasOffset: offset !== undefined };
}

/** The first name that a list has twice. */
function repeated(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}

function ascending(times: readonly string[]): boolean {
  const full = times.map((time) => (time.length === 5 ? `${time}:00` : time));
  return full.every((time, index) => index === 0 || time > full[index - 1]!);
}

/** A schedule of load shedding: dates in order, times of the day in order and each once. */
export function checkLoadShedding(parameters: {
  readonly start_datetime: string;
  readonly end_datetime: string;
  readonly load_shedding_slabs: readonly Slab[];
}): string | undefined {
  if (comesAfter(parameters.end_datetime, parameters.start_datetime) === false)
    return "end_datetime must lie after start_datetime.";
  if (!ascending(parameters.load_shedding_slabs.map(({ action_time }) => action_time)))
    return "load_shedding_slabs: the action_times must be in order, each once.";
  return undefined;
}

/** A calendar: every name once, and no name that is nowhere explained. */
export function checkTimeOfUse(parameters: {
  readonly day_profile: readonly {
    readonly name: string;
    readonly tariff_slabs: readonly { readonly start: string }[];
  }[];
  readonly week_profile: readonly { readonly name: string; readonly weekly_day_profile: readonly string[] }[];
  readonly season_profile: readonly {
    readonly name: string;
    readonly week_profile_name: string;
    readonly start_date: string;
  }[];
  readonly holiday_profile?: readonly { readonly date: string; readonly day_profile_name: string }[] | undefined;
}): string | undefined {
  const {
    day_profile: days,
    week_profile: weeks,
    season_profile: seasons,
    holiday_profile: holidays = [],
  } = parameters;
  const lists = { day_profile: days, week_profile: weeks, season_profile: seasons };
  for (const [field, list] of Object.entries(lists)) {
    const twice = repeated(list.map(({ name }) => name));
    if (twice !== undefined) return `${field}: the name "${twice}" is there twice.`;
  }
  for (const { name, tariff_slabs: slabs } of days)
    if (!ascending(slabs.map(({ start }) => start)))
      return `day_profile: the tariff_slabs of "${name}" must be in order of their start, each once.`;
  const known = (names: readonly { readonly name: string }[], name: string) => names.some((one) => one.name === name);
  for (const { name, weekly_day_profile } of weeks) {
    const missing = weekly_day_profile.find((day) => !known(days, day));
    if (missing !== undefined) return `week_profile: "${name}" names the day profile "${missing}", which is not there.`;
  }
  for (const { name, week_profile_name: week } of seasons)
    if (!known(weeks, week)) return `season_profile: "${name}" names the week profile "${week}", which is not there.`;
  const start = repeated(seasons.map(({ start_date }) => start_date));
  if (start !== undefined) return `season_profile: two seasons start on ${start}.`;
  for (const { date, day_profile_name: day } of holidays)
    if (!known(days, day)) return `holiday_profile: ${date} names the day profile "${day}", which is not there.`;
  return undefined;
}

/** A window of the optical port; on and off at once closes it now. */
export function checkOpticalPort(parameters: {
  readonly optical_port_on_datetime: string;
  readonly optical_port_off_datetime: string;
}): string | undefined {
  const { optical_port_on_datetime: on, optical_port_off_datetime: off } = parameters;
  return comesAfter(on, off) ? "optical_port_off_datetime must not lie before optical_port_on_datetime." : undefined;
}

/** A range of rows. */
export function checkOnDemandRead(parameters: {
  readonly start_datetime?: string | undefined;
  readonly end_datetime?: string | undefined;
}): string | undefined {
  const { start_datetime: start, end_datetime: end } = parameters;
  if (start === undefined || end === undefined) return undefined;
  return comesAfter(start, end) ? "end_datetime must not lie before start_datetime." : undefined;
}
