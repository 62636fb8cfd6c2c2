import assert from "node:assert/strict";
import { test } from "node:test";
import { between } from "../random.ts";
import { cable, type Feeder, type FourWireImpedance, transformer } from "./feeder.ts";
import { PowerFlow } from "./power-flow.ts";

const source = [230, 230, 230];

test("constant power at the end of one line falls on the analytic two-bus solution", () => {
  // V⁴ + V²(2(PR + QX) − E²) + (P² + Q²)·|Z|² = 0, the larger root; loop = line + neutral.
  const [resistance, reactance, power, reactive] = [0.2, 0.06, 6000, 2000];
  const flow = solve(single([true, false, false], half(resistance, reactance)), [power, reactive, 0, 0, 0, 0]);
  const b = 2 * (power * resistance + reactive * reactance) - 230 ** 2;
  const c = (power ** 2 + reactive ** 2) * (resistance ** 2 + reactance ** 2);
  const expected = Math.sqrt((-b + Math.sqrt(b * b - 4 * c)) / 2);
  close(flow.volts[0]!, expected);
  close(flow.amperes[0]!, Math.hypot(power, reactive) / expected);
});

test("export raises the voltage by the mirror of the same equation", () => {
  const flow = solve(single([true, false, false], half(0.2, 0)), [-5000, 0, 0, 0, 0, 0]);
  const expected = (230 + Math.sqrt(230 ** 2 + 4 * 5000 * 0.2)) / 2;
  close(flow.volts[0]!, expected);
});

test("equal three-phase loads leave the neutral without current", () => {
  const impedance = { phase: { resistance: 0.1, reactance: 0.03 }, neutral: { resistance: 5, reactance: 1 } };
  const flow = solve(single([true, true, true], impedance), [4000, 0, 4000, 0, 4000, 0]);
  const b = 2 * 4000 * 0.1 - 230 ** 2;
  const c = 4000 ** 2 * (0.1 ** 2 + 0.03 ** 2);
  const expected = Math.sqrt((-b + Math.sqrt(b * b - 4 * c)) / 2);
  for (const phase of [0, 1, 2]) close(flow.volts[phase]!, expected);
});

test("a load on one phase moves the others by half of its neutral drop", () => {
  // ΔVa = −(RL + RN)·ΔIa, ΔVb = ΔVc = +½·RN·ΔIa: data-sheet form of the four-wire service at unity power factor.
  const impedance = { phase: { resistance: 0.05, reactance: 0 }, neutral: { resistance: 0.08, reactance: 0 } };
  const flow = solve(single([true, true, true], impedance), [230, 0, 0, 0, 0, 0]);
  const current = flow.amperes[0]!;
  close(230 - flow.volts[0]!, 0.13 * current, 1e-4);
  close(flow.volts[1]! - 230, 0.04 * current, 1e-2);
  close(flow.volts[2]! - 230, 0.04 * current, 1e-2);
});

test("an open neutral puts the phases' loads in series between the lines", () => {
  // Behind a broken neutral the loads are impedances, so Millman's theorem gives the voltages by hand.
  const impedance = { phase: { resistance: 0, reactance: 0 }, neutral: { resistance: 0, reactance: 0 } };
  const feeder = single([true, true, true], impedance);
  const flow = new PowerFlow(feeder);
  const [strong, weak] = [8000, 200];
  flow.solve(source, Float64Array.of(strong, 0, weak, 0, weak, 0), Float64Array.of(0, 0, 0, 1e9));
  const [strongAdmittance, weakAdmittance] = [strong / 230 ** 2, weak / 230 ** 2];
  const shift = (230 * (strongAdmittance - weakAdmittance)) / (strongAdmittance + 2 * weakAdmittance);
  close(flow.volts[0]!, 230 - shift, 1e-3);
  const other = Math.hypot(-115 - shift, (Math.sqrt(3) / 2) * 230);
  close(flow.volts[1]!, other, 1e-3);
  close(flow.volts[2]!, other, 1e-3);
  assert.ok(flow.volts[0]! < 30 && flow.volts[1]! > 350);
});

test("finds a solution for whatever a house does behind whatever its joints are", () => {
  const flow = new PowerFlow(single([true, true, true], half(0.06, 0.01)));
  for (let draw = 0; draw < 3_000; draw++) {
    const demand = [0, 1, 2].flatMap((phase) => {
      const watts = between(draw, phase, -5_000, 9_000);
      return [watts, Math.abs(watts) * between(draw, phase + 10, -0.35, 0.35)];
    });
    const ohms = [4, 5, 6, 7].map((index) => 10 ** between(draw, index, -3, index === 7 ? 4 : -0.3));
    flow.solve(source, Float64Array.from(demand), Float64Array.from(ohms));
    for (const volts of flow.volts) assert.ok(volts >= 0 && volts < 460, `draw ${draw}: ${volts} V`);
  }
});

test("voltage falls along the feeder with everything that flows through each segment", () => {
  // Two resistive segments of 0.1 Ω loop each, 10 A-ish taken at both junctions.
  const segment = half(0.1, 0);
  const nothing = half(0, 0);
  const phases = [true, false, false] as const;
  const feeder: Feeder = {
    nodes: [
      { name: "near", parent: -1, impedance: segment },
      { name: "far", parent: 0, impedance: segment },
    ],
    services: [
      { name: "one", node: 0, phases, impedance: nothing, faults: [] },
      { name: "two", node: 1, phases, impedance: nothing, faults: [] },
    ],
  };
  const flow = new PowerFlow(feeder);
  flow.solve(source, Float64Array.of(2300, 0, 0, 0, 0, 0, 1150, 0, 0, 0, 0, 0), new Float64Array(8));
  const [nearCurrent, farCurrent] = [2300 / flow.volts[0]!, 1150 / flow.volts[3]!];
  close(230 - flow.volts[0]!, 0.1 * (nearCurrent + farCurrent));
  close(flow.volts[0]! - flow.volts[3]!, 0.1 * farCurrent);
});

test("what a joint adds shows in the voltage as ohms times amperes", () => {
  const feeder = single([true, false, false], half(0.1, 0));
  const flow = new PowerFlow(feeder);
  const demand = Float64Array.of(4600, 0, 0, 0, 0, 0);
  flow.solve(source, demand, Float64Array.of(0.25, 0, 0, 0));
  close(230 - flow.volts[0]!, 0.35 * flow.amperes[0]!);
});

test("transformer and cable data sheets become ohms", () => {
  const { phase } = transformer(400, 4, 1.15);
  close(phase.resistance, 0.0046);
  close(Math.hypot(phase.resistance, phase.reactance), 0.016);
  close(cable("4x150 aluminium", 250).phase.resistance, 0.0515);
});

test("a feeder whose nodes come before their parents is refused by name", () => {
  const impedance = half(0.1, 0);
  const feeder: Feeder = { nodes: [{ name: "loop", parent: 0, impedance }], services: [] };
  assert.throws(() => new PowerFlow(feeder), /loop must come after its parent/);
});

function single(phases: readonly [boolean, boolean, boolean], impedance: FourWireImpedance): Feeder {
  const stiff = half(0, 0);
  return {
    nodes: [{ name: "busbar", parent: -1, impedance: stiff }],
    services: [{ name: "house", node: 0, phases, impedance, faults: [] }],
  };
}

/** A loop impedance shared evenly by line and neutral. */
function half(resistance: number, reactance: number): FourWireImpedance {
  const conductor = { resistance: resistance / 2, reactance: reactance / 2 };
  return { phase: conductor, neutral: conductor };
}

function solve(feeder: Feeder, demand: readonly number[]): PowerFlow {
  const flow = new PowerFlow(feeder);
  flow.solve(source, Float64Array.from(demand), new Float64Array(4));
  return flow;
}

function close(actual: number, expected: number, tolerance = 1e-5): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);
}
