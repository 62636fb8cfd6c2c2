/** Crompton Instruments Integra: every value is a float32 in input registers, high word first unless register 40041 says otherwise. */
import { quantities as q } from "../quantities.ts";
import type { MeterMap } from "../register-map.ts";
import { rows } from "../rows.ts";

export const integra1540: MeterMap = {
  id: "crompton-integra-1540",
  manufacturer: "Crompton Instruments (Tyco Electronics, TE Connectivity)",
  models: "Switchboard Integra 1540",
  source: {
    title: "Tyco Electronics Switchboard Integra 1540 Installation and Operating Instructions",
    url: "https://manualshive.com/ru/manual/crompton/tyco-electronics-switchboard-integra-1540/2687149?page=30",
    checked: "manual text",
    pages:
      "27 (input registers), 28 (holding registers); word order, function and request limit: 57 of Integra 1540, 1000, 0640, 0440, 0340, 0240, issue 1, 04/03",
  },
  table: "input",
  // At most 40 parameters a request.
  limits: { registers: 80 },
  notes: [
    "The high word comes first as delivered; holding register 40041 can turn the order round.",
    "On a three-wire supply the voltages are those between the phases, and the neutral current reads 0.",
    "The manual's table has no column of units: they are those in the names of its rows (Volts 1, Watts Sum, Wh Import, Varh Import). Compare the first reading with the display.",
  ],
  entries: rows({ type: "float32" }, [
    [q.voltageL1, "V", 0x0000],
    [q.voltageL2, "V", 0x0002],
    [q.voltageL3, "V", 0x0004],
    [q.currentL1, "A", 0x0006],
    [q.currentL2, "A", 0x0008],
    [q.currentL3, "A", 0x000a],
    [q.power, "W", 0x0034],
    [q.powerFactor, "", 0x003e],
    [q.frequency, "Hz", 0x0046],
    [q.energyImport, "Wh", 0x0048],
    [q.reactiveImport, "varh", 0x004c],
    [q.currentNeutral, "A", 0x00e0],
  ]),
};
