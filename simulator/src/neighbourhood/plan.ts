/** Who lives where and behind which meter: all of it from the seed, before anything runs. */
import { type CustomerKindName, customerKinds, drawCustomerKind, drawLoads } from "../loads/customers.ts";
import { identityOf, type MeterIdentity } from "../meters/dlms/identity.ts";
import { type MeterMake, makes } from "../meters/dlms/makes.ts";
import type { LineFaults } from "../meters/faults.ts";
import type { Feeder } from "../physics/feeder.ts";
import { between, seedFor } from "../random.ts";
import type { PipeSettings } from "../supply/pipe-uses.ts";
import type { SupplyAreaPlan } from "../supply/supply-area.ts";
import { drawFeeder } from "./feeder-plan.ts";
import type { OtherMeter, Trait } from "./others.ts";

export interface NeighbourhoodPlan {
  readonly areas: readonly SupplyAreaPlan[];
  readonly meters: readonly DlmsMeterPlan[];
  readonly others: readonly OtherMeterPlan[];
}

export interface DlmsMeterPlan {
  readonly number: number;
  readonly seed: number;
  readonly make: MeterMake;
  readonly identity: MeterIdentity;
  readonly customer: CustomerKindName;
  /** Indexes into the plan's areas, and into the area's services. */
  readonly area: number;
  readonly service: number;
  /** Milliseconds the clock is fast. */
  readonly clockError: number;
  readonly faults: LineFaults;
  /** The keys the utility was given are not the meter's. */
  readonly wrongKeyRegistered: boolean;
  /** It connects to the head-end, when there is one to connect to. */
  readonly dialsIn: boolean;
}

export interface OtherMeterPlan {
  readonly entry: OtherMeter;
  /** Its place in the table, and among the meters behind the same gateway. */
  readonly number: number;
  readonly position: number;
  readonly seed: number;
  /** Where its electricity comes from, or what its pipe is drawn from. */
  readonly supply: { readonly area: number; readonly service: number } | PipeSettings;
  /** Milliseconds the clock is fast. */
  readonly clockError: number;
}

/** `count` meters of DLMS and `others`, which change nothing for the former. */
export function planNeighbourhood(
  seed: number,
  count: number,
  slotMinutes: number,
  others: readonly OtherMeter[] = [],
): NeighbourhoodPlan {
  const weatherSeed = seedFor(seed, "weather");
  const households = Array.from({ length: count }, (_, number) => drawHousehold(seed, number));
  const areas: SupplyAreaPlan[] = [];
  for (let first = 0; first < count; first += metersInArea) {
    const members = households.slice(first, first + metersInArea);
    const name = areaName(areas.length);
    const areaSeed = seedFor(seedFor(seed, "area"), areas.length);
    const services = members.map(({ identity, make }) => ({ name: identity.serial, phases: make.phases }));
    const feeder = drawFeeder(name, areaSeed, services);
    areas.push({ name, seed: areaSeed, weatherSeed, slotMinutes, feeder, customers: drawCustomers(members, feeder) });
  }
  const meters = households.map((household, number): DlmsMeterPlan => {
    const trait = count >= traitsFrom ? traits.find(({ number: which }) => which === number) : undefined;
    return {
      ...household,
      area: Math.floor(number / metersInArea),
      service: number % metersInArea,
      clockError: trait?.clockError ?? drawnClockError(household.seed),
      faults: trait?.faults ?? {},
      wrongKeyRegistered: trait?.wrongKeyRegistered ?? false,
      dialsIn: trait?.dialsIn ?? false,
    };
  });
  return { areas, meters, others: planOthers(seed, others, areas, { weatherSeed, slotMinutes }) };
}

/** The electricity meters among them share a transformer of their own, which is added to the areas. */
function planOthers(
  seed: number,
  others: readonly OtherMeter[],
  areas: SupplyAreaPlan[],
  world: Pick<SupplyAreaPlan, "weatherSeed" | "slotMinutes">,
): OtherMeterPlan[] {
  const services: { customer: CustomerKindName; seed: number; name: string }[] = [];
  const onGateway = new Map<string, number>();
  const plans = others.map((entry, number): OtherMeterPlan => {
    const ownSeed = seedFor(seedFor(seed, "other"), number);
    const position = entry.gateway === undefined ? 0 : (onGateway.get(entry.gateway) ?? 0);
    if (entry.gateway !== undefined) onGateway.set(entry.gateway, position + 1);
    if ("electricity" in entry) services.push({ customer: entry.electricity, seed: ownSeed, name: `other ${number}` });
    const supply =
      "electricity" in entry
        ? { area: areas.length, service: services.length - 1 }
        : { ...world, seed: ownSeed, installedOn: installedOn(ownSeed) };
    const clockError = entry.trait?.clockError ?? drawnClockError(ownSeed);
    return { entry, number, position, seed: ownSeed, supply, clockError };
  });
  if (services.length > 0) {
    const name = areaName(areas.length);
    const areaSeed = seedFor(seedFor(seed, "area"), "others");
    const phased = services.map(({ name, customer }) => ({ name, phases: customerKinds[customer].phases }));
    const feeder = drawFeeder(name, areaSeed, phased);
    areas.push({ name, seed: areaSeed, ...world, feeder, customers: drawCustomers(services, feeder) });
  }
  return plans;
}

function drawCustomers(
  services: readonly { readonly customer: CustomerKindName; readonly seed: number }[],
  feeder: Feeder,
): SupplyAreaPlan["customers"] {
  return services.map(({ customer, seed }, service) => {
    const phase = feeder.services[service]!.phases.indexOf(true) as 0 | 1 | 2;
    return { loads: drawLoads(customer, seed, phase), installedOn: installedOn(seed) };
  });
}

function areaName(index: number): string {
  return `T${String(index + 1).padStart(2, "0")}`;
}

function drawnClockError(seed: number): number {
  return Math.round(between(seed, 3, -1_500, 1_500));
}

/** The meters that are not as the others. Numbers are chosen by make: sixty meters are dealt out make by make. */
const traits: readonly DlmsTrait[] = [
  { number: 6, faults: { resetAfter: 1 }, because: "an Aldermark whose modem resets the connection on every request" },
  { number: 7, clockError: 7 * 60_000, because: "a Borealis whose clock is seven minutes fast" },
  { number: 9, wrongKeyRegistered: true, because: "a Delphin whose keys were mixed up in the store" },
  { number: 12, dialsIn: true, because: "an Aldermark behind translated addresses, which only it can connect through" },
  { number: 15, dialsIn: true, because: "a Delphin that proves itself over the connection it opened" },
];

interface DlmsTrait extends Trait {
  readonly number: number;
  readonly wrongKeyRegistered?: boolean;
  readonly dialsIn?: boolean;
}

/** Smaller neighbourhoods are all healthy. */
const traitsFrom = 12;
const metersInArea = 20;

function drawHousehold(seed: number, number: number) {
  const make = dealtMakes[number % dealtMakes.length]!;
  const ownSeed = seedFor(seedFor(seed, "household"), number);
  return {
    number,
    seed: ownSeed,
    make,
    identity: identityOf(make, seed, number),
    customer: drawCustomerKind(seedFor(ownSeed, "customer"), make.phases),
  };
}

/** Makes in turn until each has had its share, so that any first few meters are of many makes; then those that come last. */
const dealtMakes: readonly MeterMake[] = deal();

function deal(): MeterMake[] {
  const inTurn = makes.filter(({ dealtLast }) => !dealtLast);
  const dealt: MeterMake[] = [];
  const rounds = Math.max(...inTurn.map(({ share }) => share));
  for (let round = 0; round < rounds; round++) dealt.push(...inTurn.filter(({ share }) => share > round));
  const last = makes.filter(({ dealtLast }) => dealtLast);
  return [...dealt, ...last.flatMap((make) => Array.from({ length: make.share }, () => make))];
}

/** A day between 2018 and 2021, in days since 1970. */
function installedOn(seed: number): number {
  return Math.floor(between(seed, 4, 17_532, 18_993));
}
