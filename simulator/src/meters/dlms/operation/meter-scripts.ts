/** The scripts of a meter: end of billing, tariffs, the switch; and of makes that keep all in one table, what they cancel. */
import { nullData, unsigned } from "@anymeter/dlms-cosem";
import type { MeterMake } from "../makes.ts";
import { billingProfileName, disconnectorName } from "../objects/names.ts";
import { tariffInForceName } from "../profiles/columns.ts";
import { scriptTables } from "./factory.ts";
import type { Operation } from "./operation.ts";
import { type MeterScript, methodAction, Scripts, writeAction } from "./scripts.ts";
import { calendarName, scheduleName, writtenAttributes } from "./written-attributes.ts";

export function scriptsOf(operation: Operation, make: MeterMake): Scripts {
  const switching = switchScripts(operation);
  return new Scripts({
    [scriptTables.endOfBilling]: [endOfBilling(operation)],
    [scriptTables.tariffs]: Array.from({ length: make.tariffs }, (_, index) => tariff(operation, index + 1)),
    ...(make.disconnector !== undefined && { [scriptTables.disconnector]: switching }),
    ...(make.objects === "tpi-34g" && { [scriptTables.all]: [...switching, ...cancellations(operation)] }),
  });
}

function endOfBilling(operation: Operation): MeterScript {
  return {
    identifier: 1,
    action: methodAction(7, billingProfileName, capture),
    run: (at) => operation.endBilling(at, "billing-reset"),
  };
}

function tariff(operation: Operation, number: number): MeterScript {
  return {
    identifier: number,
    action: writeAction(1, tariffInForceName, 2, unsigned(number)),
    run: (at) => operation.tariffs.override(number, at),
  };
}

function switchScripts(operation: Operation): readonly MeterScript[] {
  return [
    {
      identifier: 1,
      action: methodAction(70, disconnectorName, 1),
      run: (at, by) => void operation.loadSwitch?.open(at, by),
    },
    {
      identifier: 2,
      action: methodAction(70, disconnectorName, 2),
      run: (at, by) => void operation.loadSwitch?.close(at, by),
    },
  ];
}

/** Numbers of the TPI-34G: 11 empties the schedule, 12 goes back to the first calendar. */
function cancellations(operation: Operation): readonly MeterScript[] {
  return [
    {
      identifier: 11,
      action: writeAction(10, scheduleName, 2, nullData),
      run: (at) => {
        operation.written.write(writtenAttributes.scheduleEntries, []);
        operation.log("shedding-cancelled", at);
      },
    },
    {
      identifier: 12,
      action: writeAction(20, calendarName, 2, nullData),
      run: (at) => operation.restoreCalendar(at),
    },
  ];
}

/** Method of a profile. */
const capture = 2;
