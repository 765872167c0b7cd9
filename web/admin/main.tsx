import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./admin.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { startWords } from "./words/words.ts";

await startWords();
const element = document.getElementById("app");
if (element === null) throw new Error("the page has no place for the app");
createRoot(element).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
