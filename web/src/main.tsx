// Starts the screens.
import "./theme/fonts.css";
import "./theme/mantine.css";
import "./theme/base.css";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { reload } from "./api/reload.js";
import { createQueryClient } from "./api/session.js";
import { App } from "./app/App.js";
import { cssVariables, theme } from "./theme/theme.js";

// After an update of the server the parts of the old page are gone; what is typed is kept on the device. A part may also
// be missing because the network is: then the page stays.
window.addEventListener("vite:preloadError", () => void reload());

const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? "";
// Dialogs of Mantine put a style into the page by way of a library that looks for its nonce here.
Object.assign(globalThis, { __webpack_nonce__: nonce });
const root = document.querySelector("#root");
if (!root) throw new Error("index.html has no #root");

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={createQueryClient()}>
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
