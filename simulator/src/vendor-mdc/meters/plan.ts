/** Which meters a vendor sold, and to whom: all of it from the seed, before anything runs. */
import { type CustomerKindName, drawCustomerKind, drawLoads } from "../../loads/customers.ts";
import { drawFeeder } from "../../neighbourhood/feeder-plan.ts";
import { between, seedFor } from "../../random.ts";
import type { SupplyAreaPlan } from "../../supply/supply-area.ts";

/** What the vendor makes; the first four digits of a serial number tell which. */
export interface MeterModel {
  readonly serialPrefix: string;
  readonly phases: 1 | 3;
  /** UDIL's meter_type: 1 normal, 2 whole current, 3 CT operated. */
  readonly meterType: 1 | 2 | 3;
  readonly hasRelay: boolean;
}

export interface MeterPlan {
  readonly seed: number;
  readonly msn: string;
  readonly globalDeviceId: string;
  readonly model: MeterModel;
  readonly customer: CustomerKindName;
  /** Indexes into the plan's areas, and into the area's services. */
  readonly area: number;
  readonly service: number;
  /** Milliseconds the meter's clock is fast. */
  readonly clockError: number;
}

export interface VendorPlan {
  readonly areas: readonly SupplyAreaPlan[];
  readonly meters: readonly MeterPlan[];
}

/** Seeds below 90 have serial numbers of their own; so vendors of one platform never share one. */
export function planVendor(seed: number, count: number): VendorPlan {
  const weatherSeed = seedFor(seed, "weather");
  const meters = Array.from({ length: count }, (_, number) => drawMeter(seed, number));
  const areas: SupplyAreaPlan[] = [];
  for (let first = 0; first < count; first += metersInArea) {
    const members = meters.slice(first, first + metersInArea);
    const name = `feeder ${areas.length + 1}`;
    const areaSeed = seedFor(seedFor(seed, "area"), areas.length);
    const feeder = drawFeeder(
      name,
      areaSeed,
      members.map(({ msn, model }) => ({ name: msn, phases: model.phases })),
    );
    const customers = members.map(({ customer, seed: ownSeed }, service) => {
      const phase = feeder.services[service]!.phases.indexOf(true) as 0 | 1 | 2;
      return {
        loads: drawLoads(customer, ownSeed, phase),
        installedOn: Math.floor(between(ownSeed, 4, 18_600, 19_600)),
      };
    });
    areas.push({ name, seed: areaSeed, weatherSeed, slotMinutes, feeder, customers });
  }
  return { areas, meters };
}

function drawMeter(seed: number, number: number): MeterPlan {
  const model = dealt[number % dealt.length]!;
  const ownSeed = seedFor(seedFor(seed, "meter"), number);
  const msn = `${model.serialPrefix}${100_000 + (seed % 90) * 10_000 + number}`;
  return {
    seed: ownSeed,
    msn,
    // The habit of the utilities: the letter m and the serial number without its first two digits.
    globalDeviceId: `m${msn.slice(2)}`,
    model,
    customer: model.meterType === 3 ? "shop" : drawCustomerKind(seedFor(ownSeed, "customer"), model.phases),
    area: Math.floor(number / metersInArea),
    service: number % metersInArea,
    clockError: Math.round(between(ownSeed, 3, -1_500, 1_500)),
  };
}

/** Serial prefixes as a maker of the country has them. */
const singlePhase: MeterModel = { serialPrefix: "3697", phases: 1, meterType: 1, hasRelay: true };
const wholeCurrent: MeterModel = { serialPrefix: "3698", phases: 3, meterType: 2, hasRelay: true };
/** Behind current transformers: more current than a relay in the meter could switch. */
const transformerOperated: MeterModel = { serialPrefix: "3699", phases: 3, meterType: 3, hasRelay: false };

/** Models in turn, so that any first few meters are of several. */
const dealt: readonly MeterModel[] = [
  singlePhase,
  wholeCurrent,
  singlePhase,
  singlePhase,
  transformerOperated,
  singlePhase,
  wholeCurrent,
  singlePhase,
];

/** More than this and serial numbers of two seeds meet. */
export const mostMeters = 10_000;
const metersInArea = 20;
const slotMinutes = 15;
