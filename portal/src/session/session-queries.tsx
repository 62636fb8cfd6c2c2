import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { ApiError } from "../api/api.ts";
import { useSession } from "./session-context.tsx";

/** What was fetched for one user in one organization is never shown to another: each pair has a cache of its own. */
export function SessionQueries({ children }: { children: ReactNode }) {
  const claims = useSession()?.claims;
  const owner = claims ? `${claims.username} ${claims.organization}` : "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new owner is the reason for a new cache.
  const queries = useMemo(createQueries, [owner]);
  return <QueryClientProvider client={queries}>{children}</QueryClientProvider>;
}

function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (failures, error) => failures < 2 && isPassing(error),
        retryDelay: (failures) => 500 * 2 ** failures,
      },
    },
  });
}

/** Failures that another try may cure. */
function isPassing(error: Error): boolean {
  return error instanceof ApiError && (error.failure === "unreachable" || error.failure === "broken");
}
