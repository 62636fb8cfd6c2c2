/** Who lives where and behind which meter: all of it from the seed, before anything runs. */
import { type CustomerKindName, drawCustomerKind, drawLoads } from "../loads/customers.ts";
import type { MeterFaults } from "../meters/dlms/faults.ts";
import { identityOf, type MeterIdentity } from "../meters/dlms/identity.ts";
import { type MeterMake, makes } from "../meters/dlms/makes.ts";
import { between, seedFor } from "../random.ts";
import type { SupplyAreaPlan } from "../supply/supply-area.ts";
import { drawFeeder } from "./feeder-plan.ts";

export interface NeighbourhoodPlan {
  readonly areas: readonly SupplyAreaPlan[];
  readonly meters: readonly MeterPlan[];
}

export interface MeterPlan {
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
  readonly faults: MeterFaults;
  /** The keys the utility was given are not the meter's. */
  readonly wrongKeyRegistered: boolean;
}

export function planNeighbourhood(seed: number, count: number, slotMinutes: number): NeighbourhoodPlan {
  const weatherSeed = seedFor(seed, "weather");
  const households = Array.from({ length: count }, (_, number) => drawHousehold(seed, number));
  const areas: SupplyAreaPlan[] = [];
  for (let first = 0; first < count; first += metersInArea) {
    const members = households.slice(first, first + metersInArea);
    const name = `T${String(areas.length + 1).padStart(2, "0")}`;
    const areaSeed = seedFor(seedFor(seed, "area"), areas.length);
    const services = members.map(({ identity, make }) => ({ name: identity.serial, phases: make.phases }));
    const feeder = drawFeeder(name, areaSeed, services);
    const customers = members.map((household, service) => {
      const phase = feeder.services[service]!.phases.indexOf(true) as 0 | 1 | 2;
      return { loads: drawLoads(household.customer, household.seed, phase), installedOn: installedOn(household.seed) };
    });
    areas.push({ name, seed: areaSeed, weatherSeed, slotMinutes, feeder, customers });
  }
  const meters = households.map((household, number): MeterPlan => {
    const trait = count >= traitsFrom ? traits.find(({ number: which }) => which === number) : undefined;
    return {
      ...household,
      area: Math.floor(number / metersInArea),
      service: number % metersInArea,
      clockError: trait?.clockError ?? Math.round(between(household.seed, 3, -1_500, 1_500)),
      faults: trait?.faults ?? {},
      wrongKeyRegistered: trait?.wrongKeyRegistered ?? false,
    };
  });
  return { areas, meters };
}

/** The meters that are not as the others. Numbers are chosen by make: sixty meters are dealt out make by make. */
const traits: readonly Trait[] = [
  { number: 6, faults: { resetAfter: 1 }, because: "an Aldermark whose modem resets the connection on every request" },
  { number: 7, clockError: 7 * 60_000, because: "a Borealis whose clock is seven minutes fast" },
  { number: 9, wrongKeyRegistered: true, because: "a Delphin whose keys were mixed up in the store" },
];

interface Trait {
  readonly number: number;
  readonly clockError?: number;
  readonly faults?: MeterFaults;
  readonly wrongKeyRegistered?: boolean;
  readonly because: string;
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

/** Makes in turn until each has had its share, so that any first few meters are of many makes. */
const dealtMakes: readonly MeterMake[] = deal();

function deal(): MeterMake[] {
  const dealt: MeterMake[] = [];
  const rounds = Math.max(...makes.map(({ share }) => share));
  for (let round = 0; round < rounds; round++) dealt.push(...makes.filter(({ share }) => share > round));
  return dealt;
}

/** A day between 2018 and 2021, in days since 1970. */
function installedOn(seed: number): number {
  return Math.floor(between(seed, 4, 17_532, 18_993));
}
