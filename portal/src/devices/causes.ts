import type { TFunction } from "i18next";
import english from "../language/locales/en.json";

type CauseCode = keyof typeof english.causes;

/** Why a contact failed, in words; undefined when it did not. A code newer than this portal is shown as it is. */
export function causeText(code: string | null | undefined, t: TFunction): string | undefined {
  if (!code) return undefined;
  return code in english.causes ? t(`causes.${code as CauseCode}`) : code;
}
