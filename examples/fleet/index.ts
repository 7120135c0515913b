import { join, relative } from "node:path";
import { declareFleet } from "./fleet/declare";
import { loadFleet } from "./fleet/load";

// Every file of the folder: one for all, or one for each team.
const folder = relative(process.cwd(), join(__dirname, "accounts"));

export = () => declareFleet(loadFleet(folder));
