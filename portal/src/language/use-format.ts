import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { createFormat, type Format } from "./format.ts";
import { type LanguageCode, localeOf } from "./languages.ts";

/** Numbers and times as the chosen language writes them. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  const code = i18n.language as LanguageCode;
  return useMemo(() => createFormat(localeOf(code, navigator.languages)), [code]);
}
