/** Quantities by their OBIS names (Blue Book, clause 6.3), so that every map calls the same thing by the same name. */

export interface Quantity {
  readonly series: string;
  readonly quantity: string;
}

export const quantities = {
  energyImport: { series: "1-0:1.8.0", quantity: "active energy import, total" },
  energyImportTariff1: { series: "1-0:1.8.1", quantity: "active energy import, tariff 1" },
  energyImportTariff2: { series: "1-0:1.8.2", quantity: "active energy import, tariff 2" },
  energyImportL1: { series: "1-0:21.8.0", quantity: "active energy import, L1" },
  energyImportL2: { series: "1-0:41.8.0", quantity: "active energy import, L2" },
  energyImportL3: { series: "1-0:61.8.0", quantity: "active energy import, L3" },
  energyExport: { series: "1-0:2.8.0", quantity: "active energy export, total" },
  energyExportTariff1: { series: "1-0:2.8.1", quantity: "active energy export, tariff 1" },
  energyExportTariff2: { series: "1-0:2.8.2", quantity: "active energy export, tariff 2" },
  energyExportL1: { series: "1-0:22.8.0", quantity: "active energy export, L1" },
  energyExportL2: { series: "1-0:42.8.0", quantity: "active energy export, L2" },
  energyExportL3: { series: "1-0:62.8.0", quantity: "active energy export, L3" },
  energyAbsolute: { series: "1-0:15.8.0", quantity: "active energy, import and export together" },
  energyNet: { series: "1-0:16.8.0", quantity: "active energy, import less export" },
  reactiveImport: { series: "1-0:3.8.0", quantity: "reactive energy import" },
  reactiveExport: { series: "1-0:4.8.0", quantity: "reactive energy export" },
  apparentImport: { series: "1-0:9.8.0", quantity: "apparent energy import" },
  apparentExport: { series: "1-0:10.8.0", quantity: "apparent energy export" },
  power: { series: "1-0:16.7.0", quantity: "active power, all phases; export is negative" },
  powerL1: { series: "1-0:36.7.0", quantity: "active power, L1; export is negative" },
  powerL2: { series: "1-0:56.7.0", quantity: "active power, L2; export is negative" },
  powerL3: { series: "1-0:76.7.0", quantity: "active power, L3; export is negative" },
  voltageL1: { series: "1-0:32.7.0", quantity: "voltage, L1 to neutral" },
  voltageL2: { series: "1-0:52.7.0", quantity: "voltage, L2 to neutral" },
  voltageL3: { series: "1-0:72.7.0", quantity: "voltage, L3 to neutral" },
  currentL1: { series: "1-0:31.7.0", quantity: "current, L1" },
  currentL2: { series: "1-0:51.7.0", quantity: "current, L2" },
  currentL3: { series: "1-0:71.7.0", quantity: "current, L3" },
  currentNeutral: { series: "1-0:91.7.0", quantity: "current, neutral" },
  powerFactor: { series: "1-0:13.7.0", quantity: "power factor" },
  frequency: { series: "1-0:14.7.0", quantity: "frequency" },
} as const satisfies Readonly<Record<string, Quantity>>;
