import { createBrowserRouter, Navigate } from "react-router";
import { ErrorPage } from "./shell/error-page.tsx";
import { NotFoundPage } from "./shell/not-found-page.tsx";
import { PageLoading } from "./shell/page-loading.tsx";
import { Shell } from "./shell/shell.tsx";
import { SignInPage } from "./sign-in/sign-in-page.tsx";

/** Every page of the portal. A page's code is fetched when it is first opened. */
export function createPortalRouter() {
  return createBrowserRouter([
    { path: "/sign-in", element: <SignInPage />, errorElement: <ErrorPage /> },
    {
      path: "/",
      element: <Shell />,
      errorElement: <ErrorPage />,
      hydrateFallbackElement: <PageLoading />,
      children: [
        { index: true, element: <Navigate to="/devices" replace /> },
        {
          path: "devices",
          lazy: async () => ({ Component: (await import("./devices/devices-page.tsx")).DevicesPage }),
        },
        {
          path: "devices/:id",
          lazy: async () => ({ Component: (await import("./devices/device-page.tsx")).DevicePage }),
        },
        { path: "*", element: <NotFoundPage /> },
      ],
    },
  ]);
}
