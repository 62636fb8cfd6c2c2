import "@mantine/core/styles.css";
import "./theme/theme.css";
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { createApi } from "./api/api.ts";
import { startTranslation } from "./language/translation.ts";
import { createPortalRouter } from "./routes.tsx";
import { SessionProvider } from "./session/session-context.tsx";
import { SessionQueries } from "./session/session-queries.tsx";
import { createSessionStore } from "./session/session-store.ts";
import { cssVariables, theme } from "./theme/theme.ts";

const sessions = createSessionStore(window.sessionStorage);
const api = createApi({
  token: () => sessions.current()?.token,
  onRefusedToken: (token) => token === sessions.current()?.token && sessions.end("expired"),
});
const colorSchemes = localStorageColorSchemeManager({ key: "anymeter-color-scheme" });

const router = createPortalRouter();

await startTranslation();

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemes}
    >
      <SessionProvider api={api} sessions={sessions}>
        <SessionQueries>
          <RouterProvider router={router} />
        </SessionQueries>
      </SessionProvider>
    </MantineProvider>
  </StrictMode>,
);
