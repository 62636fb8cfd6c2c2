import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where `npm run dev` finds the platform; the built portal is served by the platform itself. */
const platform = "http://127.0.0.1:8080";

export default defineConfig({
  base: "/",
  plugins: [react()],
  build: {
    outDir: "dist",
    target: "es2023",
    // Images stay files: a data: URI would need a wider content security policy.
    assetsInlineLimit: 0,
    // The chart library is one chunk of its own, fetched when the first chart is opened.
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules\/(react|react-dom|react-router|scheduler)\// },
            { name: "mantine", test: /node_modules\/(@mantine\/(core|hooks)|@floating-ui)\// },
            { name: "echarts", test: /node_modules\/(echarts|zrender)\// },
          ],
        },
      },
    },
  },
  server: { proxy: { "/v1": platform } },
});
