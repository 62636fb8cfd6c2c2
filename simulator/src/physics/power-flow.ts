/**
 * Radial power flow by backward/forward sweep (Shirmohammadi et al., 1988) in phase-to-neutral complex voltages.
 *
 * Along a segment phase p loses `Zphase·Ip + Zneutral·(Ia+Ib+Ic)`. Line segments are swept; a service drop with its load
 * is solved exactly in each sweep (Millman's theorem gives the shift of the neutral), because a sweep alone diverges
 * when a bad neutral has more ohms than the load behind it. Loads take the demanded power whatever the voltage, between
 * 0.7 and 1.3 of nominal; outside they act as the impedance they have at that bound, as real appliances nearly do.
 * Behind a neutral that is all but gone they are plain impedances and inverters are off (EN 50549 has them trip): constant
 * powers in series between the phases have no stable solution, in a model as little as in a house.
 */
import { type Feeder, nominalVolts } from "./feeder.ts";

export class PowerFlow {
  /** Volts at the meter, phases a, b, c of service 0, then service 1 …; 0 where the phase is not connected. */
  readonly volts: Float64Array;
  /** Amperes through the meter, in the same order. */
  readonly amperes: Float64Array;
  /** Sweeps the last solution took. */
  sweeps = 0;

  readonly #parents: Int32Array;
  /** Phase resistance and reactance, neutral resistance and reactance of each node's segment. */
  readonly #segments: Float64Array;
  readonly #nodeVolts: Float64Array;
  readonly #nodeAmperes: Float64Array;
  readonly #serviceNodes: Int32Array;
  readonly #drops: Float64Array;
  readonly #connected: Uint8Array;
  readonly #squaredVolts: Float64Array;

  constructor(feeder: Feeder) {
    const nodes = feeder.nodes.length;
    const services = feeder.services.length;
    this.#parents = Int32Array.from(feeder.nodes, (node) => node.parent);
    this.#segments = new Float64Array(nodes * 4);
    this.#nodeVolts = new Float64Array(nodes * 6);
    this.#nodeAmperes = new Float64Array(nodes * 6);
    this.#serviceNodes = Int32Array.from(feeder.services, (service) => service.node);
    this.#drops = new Float64Array(services * 4);
    this.#connected = new Uint8Array(services * 3);
    this.#squaredVolts = new Float64Array(services * 3);
    this.volts = new Float64Array(services * 3);
    this.amperes = new Float64Array(services * 3);
    feeder.nodes.forEach((node, index) => {
      if (node.parent >= index) throw new RangeError(`feeder node ${node.name} must come after its parent`);
      const { phase, neutral } = node.impedance;
      this.#segments.set([phase.resistance, phase.reactance, neutral.resistance, neutral.reactance], index * 4);
    });
    feeder.services.forEach((service, index) => {
      const { phase, neutral } = service.impedance;
      this.#drops.set([phase.resistance, phase.reactance, neutral.resistance, neutral.reactance], index * 4);
      this.#connected.set(
        service.phases.map((connected) => (connected ? 1 : 0)),
        index * 3,
      );
    });
  }

  /**
   * Solves one instant. `source` holds the source's three phase-to-neutral magnitudes in volts (120° apart); `demand`
   * watts and vars of phases a, b, c for each service (import positive); `jointOhms` what faults add to a, b, c and
   * neutral of each drop. Results are in `volts` and `amperes` until the next call. Throws when the network cannot
   * carry the demand.
   */
  solve(source: ArrayLike<number>, demand: Float64Array, jointOhms: Float64Array): void {
    this.#squaredVolts.fill(nominalVolts * nominalVolts);
    this.#nodeAmperes.fill(0);
    this.#forward(source);
    for (this.sweeps = 1; this.sweeps <= sweepLimit; this.sweeps++) {
      const change = this.#backward(demand, jointOhms);
      this.#forward(source);
      // The first sweep compares with a guess, which may happen to be right before any current has flowed.
      if (this.sweeps > 1 && change < toleranceSquaredVolts) return;
    }
    throw new Error(
      `the feeder has no solution within ${sweepLimit} sweeps: its demand is more than its lines can carry`,
    );
  }

  /** Currents from the loads to the source. Returns the largest change of a meter's squared voltage. */
  #backward(demand: Float64Array, jointOhms: Float64Array): number {
    this.#nodeAmperes.fill(0);
    let change = 0;
    for (let service = 0; service < this.#serviceNodes.length; service++) {
      change = Math.max(change, this.#solveDrop(service, demand, jointOhms));
    }
    for (let node = this.#parents.length - 1; node >= 0; node--) {
      const parent = this.#parents[node]!;
      if (parent < 0) continue;
      for (let part = 0; part < 6; part++) this.#nodeAmperes[parent * 6 + part]! += this.#nodeAmperes[node * 6 + part]!;
    }
    return change;
  }

  /** Voltages from the source to the junctions. */
  #forward(source: ArrayLike<number>): void {
    const volts = this.#nodeVolts;
    const amperes = this.#nodeAmperes;
    for (let node = 0; node < this.#parents.length; node++) {
      const parent = this.#parents[node]!;
      const at = node * 6;
      const resistance = this.#segments[node * 4]!;
      const reactance = this.#segments[node * 4 + 1]!;
      const neutralResistance = this.#segments[node * 4 + 2]!;
      const neutralReactance = this.#segments[node * 4 + 3]!;
      const neutralReal = amperes[at]! + amperes[at + 2]! + amperes[at + 4]!;
      const neutralImaginary = amperes[at + 1]! + amperes[at + 3]! + amperes[at + 5]!;
      const shiftReal = neutralResistance * neutralReal - neutralReactance * neutralImaginary;
      const shiftImaginary = neutralResistance * neutralImaginary + neutralReactance * neutralReal;
      for (let phase = 0; phase < 3; phase++) {
        const real = at + phase * 2;
        const imaginary = real + 1;
        const fromReal = parent < 0 ? source[phase]! * phaseReal[phase]! : volts[parent * 6 + phase * 2]!;
        const fromImaginary = parent < 0 ? source[phase]! * phaseImaginary[phase]! : volts[parent * 6 + phase * 2 + 1]!;
        volts[real] = fromReal - resistance * amperes[real]! + reactance * amperes[imaginary]! - shiftReal;
        volts[imaginary] =
          fromImaginary - resistance * amperes[imaginary]! - reactance * amperes[real]! - shiftImaginary;
      }
    }
  }

  /** One drop and its load, exact for the junction voltage at hand and the load's admittance at its last voltage. */
  #solveDrop(service: number, demand: Float64Array, jointOhms: Float64Array): number {
    const node = this.#serviceNodes[service]! * 6;
    const drop = service * 4;
    const reactance = this.#drops[drop + 1]!;
    const neutralResistance = this.#drops[drop + 2]! + jointOhms[drop + 3]!;
    const neutralReactance = this.#drops[drop + 3]!;
    const floats = jointOhms[drop + 3]! > floatingNeutralOhms;

    // y = Y / (1 + Z·Y): the admittance from the junction to the far neutral through line and load.
    let sumReal = 0;
    let sumImaginary = 0;
    let drivenReal = 0;
    let drivenImaginary = 0;
    for (let phase = 0; phase < 3; phase++) {
      branchReal[phase] = 0;
      branchImaginary[phase] = 0;
      if (this.#connected[service * 3 + phase] === 0) continue;
      const resistance = this.#drops[drop]! + jointOhms[drop + phase]!;
      const squared = floats ? nominalVolts * nominalVolts : this.#squaredVolts[service * 3 + phase]!;
      const watts = demand[service * 6 + phase * 2]!;
      const isTripped = floats && watts < 0;
      const loadReal = isTripped ? 0 : watts / squared;
      const loadImaginary = isTripped ? 0 : -demand[service * 6 + phase * 2 + 1]! / squared;
      const denominatorReal = 1 + resistance * loadReal - reactance * loadImaginary;
      const denominatorImaginary = resistance * loadImaginary + reactance * loadReal;
      const scale = 1 / (denominatorReal * denominatorReal + denominatorImaginary * denominatorImaginary);
      const real = (loadReal * denominatorReal + loadImaginary * denominatorImaginary) * scale;
      const imaginary = (loadImaginary * denominatorReal - loadReal * denominatorImaginary) * scale;
      branchReal[phase] = real;
      branchImaginary[phase] = imaginary;
      sumReal += real;
      sumImaginary += imaginary;
      const junctionReal = this.#nodeVolts[node + phase * 2]!;
      const junctionImaginary = this.#nodeVolts[node + phase * 2 + 1]!;
      drivenReal += junctionReal * real - junctionImaginary * imaginary;
      drivenImaginary += junctionReal * imaginary + junctionImaginary * real;
    }

    // U = Zn·ΣE·y / (1 + Zn·Σy): how far the meter's neutral is from the junction's.
    const numeratorReal = neutralResistance * drivenReal - neutralReactance * drivenImaginary;
    const numeratorImaginary = neutralResistance * drivenImaginary + neutralReactance * drivenReal;
    const dividerReal = 1 + neutralResistance * sumReal - neutralReactance * sumImaginary;
    const dividerImaginary = neutralResistance * sumImaginary + neutralReactance * sumReal;
    const dividerScale = 1 / (dividerReal * dividerReal + dividerImaginary * dividerImaginary);
    const shiftReal = (numeratorReal * dividerReal + numeratorImaginary * dividerImaginary) * dividerScale;
    const shiftImaginary = (numeratorImaginary * dividerReal - numeratorReal * dividerImaginary) * dividerScale;

    let change = 0;
    for (let phase = 0; phase < 3; phase++) {
      const at = service * 3 + phase;
      if (this.#connected[at] === 0) continue;
      const resistance = this.#drops[drop]! + jointOhms[drop + phase]!;
      const acrossReal = this.#nodeVolts[node + phase * 2]! - shiftReal;
      const acrossImaginary = this.#nodeVolts[node + phase * 2 + 1]! - shiftImaginary;
      const currentReal = acrossReal * branchReal[phase]! - acrossImaginary * branchImaginary[phase]!;
      const currentImaginary = acrossReal * branchImaginary[phase]! + acrossImaginary * branchReal[phase]!;
      const voltsReal = acrossReal - resistance * currentReal + reactance * currentImaginary;
      const voltsImaginary = acrossImaginary - resistance * currentImaginary - reactance * currentReal;
      this.#nodeAmperes[node + phase * 2]! += currentReal;
      this.#nodeAmperes[node + phase * 2 + 1]! += currentImaginary;
      const squared = voltsReal * voltsReal + voltsImaginary * voltsImaginary;
      this.volts[at] = Math.sqrt(squared);
      this.amperes[at] = Math.sqrt(currentReal * currentReal + currentImaginary * currentImaginary);
      change = Math.max(change, this.#updateLoad(at, squared));
    }
    return change;
  }

  /** The voltage the load's next admittance is taken at: damped once sweeps swing between two states. */
  #updateLoad(at: number, squared: number): number {
    const wanted = Math.min(highestSquaredVolts, Math.max(lowestSquaredVolts, squared));
    const before = this.#squaredVolts[at]!;
    const next = this.sweeps > undampedSweeps ? (before + wanted) / 2 : wanted;
    this.#squaredVolts[at] = next;
    return Math.abs(wanted - before);
  }
}

// Scratch of #solveDrop, shared because a solution never yields.
const branchReal = new Float64Array(3);
const branchImaginary = new Float64Array(3);

const phaseReal = [1, -0.5, -0.5];
const phaseImaginary = [0, -Math.sqrt(3) / 2, Math.sqrt(3) / 2];

const lowestSquaredVolts = (0.7 * nominalVolts) ** 2;
const highestSquaredVolts = (1.3 * nominalVolts) ** 2;
/** A neutral with more added than this no longer holds the house's voltages: its own loads have some ohms each. */
const floatingNeutralOhms = 1;
/** 2·230 V·ΔV: about a microvolt. */
const toleranceSquaredVolts = 5e-4;
const undampedSweeps = 12;
const sweepLimit = 200;
