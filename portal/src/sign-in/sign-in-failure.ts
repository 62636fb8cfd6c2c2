import type { TFunction } from "i18next";
import { ApiError } from "../api/api.ts";

/** Why signing in did not work, in words that help. Never says which of name and password was wrong. */
export function signInFailure(error: unknown, t: TFunction): string {
  if (!(error instanceof ApiError)) return t("signIn.noToken");
  switch (error.failure) {
    case "unreachable":
      return t("failure.unreachable");
    case "too-many-requests":
      return t("failure.tooManyRequests");
    case "forbidden":
      return t("signIn.forbidden");
    case "broken":
    case "not-found":
      return t("failure.broken", { status: error.status });
    default:
      return t("signIn.wrong");
  }
}
