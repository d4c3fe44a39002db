// The page of a session, or of a notebook: its charts are those that it carries.
import { startShell } from "./shell.js";

startShell(JSON.parse(document.getElementById("data").textContent));
