import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { DeviceStatus } from "../api/contract.ts";
import english from "../language/locales/en.json";

type CauseCode = keyof typeof english.causes;

/** Why a contact failed, in a few words; undefined when it did not. A code newer than this portal is shown as it is. */
export function causeText(code: string | null | undefined, t: TFunction): string | undefined {
  if (!code) return undefined;
  return code in english.causes ? t(`causes.${code as CauseCode}`) : code;
}

/** A cause in a whole sentence, and what to do about it. */
export interface CauseWords {
  sentence: string | null;
  advice: string | null;
}

/**
 * Why something failed at the last contact, in the reader's language. English comes with the status, and so does a cause
 * newer than this portal.
 */
export function useCauseWords(status: DeviceStatus): CauseWords {
  const { i18n } = useTranslation();
  const words = i18n.getResource(i18n.language, "causes", status.last_cause ?? "") as CauseWords | undefined;
  return words ?? { sentence: status.last_cause_sentence, advice: status.last_cause_advice };
}

/** Whether the last contact went well for some calls and failed for others. */
export function succeededInPart({ last_cause, last_attempt, last_success }: DeviceStatus): boolean {
  return last_cause !== null && last_success !== null && last_success === last_attempt;
}
