/** `update_wake_up_sim_number`: the allowed callers of auto answer (class 28), or an object for each number. */

import { autoAnswerValues, type Data, octetString } from "@anymeter/dlms-cosem";
import type { CallersHome, NumbersHome } from "../../../../registry/protocols/dlms-commands.ts";
import { type Preparation, type Preparing, verified } from "./carry-out.ts";
import { asData, objectName } from "./meter-objects.ts";
import { printable, type ShownFields, type ShowSetting } from "./shown-settings.ts";
import { differencesOf, shownValue, type WantedRegister, wantedValue } from "./single-values.ts";

type Numbering<Home> = Preparing<"update_wake_up_sim_number", Home>;

export const changeWakeUpNumbers = verified("update_wake_up_sim_number", async (preparing) =>
  preparing.home.by === "auto answer"
    ? await asCallers({ ...preparing, home: preparing.home })
    : await asObjects({ ...preparing, home: preparing.home }),
);

/** Callers that are let through for a call of their own stay. */
async function asCallers({ objects, parameters, home }: Numbering<CallersHome>): Promise<Preparation> {
  const autoAnswer = { classId: 28, logicalName: home.object };
  const codec = autoAnswerValues.listOfAllowedCallers;
  const others = (await objects.value(autoAnswer, 7, codec)).filter(({ callType }) => callType !== wakeUp);
  const wanted = numbersOf(parameters).filter((number) => number !== "");
  return {
    async differences() {
      const callers = await objects.value(autoAnswer, 7, codec);
      const shown = callers.filter(({ callType }) => callType === wakeUp).map(({ callerId }) => unpadded(callerId));
      if (shown.length === wanted.length && shown.every((number, index) => number === wanted[index])) return [];
      return [`The ${objectName(autoAnswer)} shows ${shown.join(", ") || "no numbers"}.`];
    },
    send: () =>
      objects.write(
        autoAnswer,
        7,
        codec.toData([...others, ...wanted.map((callerId) => ({ callerId, callType: wakeUp }))]),
      ),
  };
}

async function asObjects({ objects, parameters, home }: Numbering<NumbersHome>): Promise<Preparation> {
  const values: WantedRegister[] = [];
  for (const [index, number] of numbersOf(parameters).entries()) {
    const logicalName = home.objects[index]!;
    const shown = await objects.value({ classId: 1, logicalName }, 2, asData);
    const data: Data =
      shown.type === "visible-string"
        ? { type: shown.type, value: number }
        : octetString(Buffer.from(number, "latin1"));
    values.push(wantedValue(objects, logicalName, data, (other) => textOf(other) === number));
  }
  return {
    differences: () => differencesOf(values),
    async send() {
      for (const value of values) await value.write();
    },
  };
}

function numbersOf(parameters: Numbering<unknown>["parameters"]): readonly string[] {
  return [parameters.wakeup_number_1, parameters.wakeup_number_2, parameters.wakeup_number_3];
}

function textOf({ value }: Data): string {
  return unpadded(value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value));
}

/** Numbers of a fixed length are filled up with zero bytes or blanks. */
function unpadded(text: string): string {
  return text.replace(/[\0 ]+$/, "");
}

/** Call type of a caller whose call only wakes the meter up. */
const wakeUp = 1;

/** `wsim`: the numbers that wake the meter up. */
export const showWakeUpNumbers: ShowSetting = async ({ objects, homes: { update_wake_up_sim_number: home } }) => {
  if (home.by === "numbers") {
    const fields: ShownFields = {};
    for (const [index, logicalName] of home.objects.entries()) {
      const number = await shownValue(objects, logicalName);
      if (number) fields[`wsim_wakeup_number_${index + 1}`] = printable(textOf(number));
    }
    return Object.keys(fields).length > 0 ? fields : undefined;
  }
  if (home.by !== "auto answer") return undefined;
  const autoAnswer = { classId: 28, logicalName: home.object };
  const callers = await objects.valueIfThere(autoAnswer, 7, autoAnswerValues.listOfAllowedCallers);
  const numbers = callers?.filter(({ callType }) => callType === wakeUp).slice(0, 3);
  return (
    numbers &&
    Object.fromEntries(numbers.map(({ callerId }, index) => [`wsim_wakeup_number_${index + 1}`, printable(callerId)]))
  );
};
