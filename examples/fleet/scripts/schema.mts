// Writes fleet.schema.json, which editors complete and check by.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { fleetFile } from "../fleet/schema.ts";

const schema = z.toJSONSchema(fleetFile, { io: "input" });
writeFileSync(join(import.meta.dirname, "../fleet.schema.json"), `${JSON.stringify(schema, null, 2)}\n`);
