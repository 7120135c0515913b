// Pulumi's own dynamic resource without any work: the least that a dynamic provider costs.
import { pulumiContender } from "./pulumi.mts";

export const noop = () => pulumiContender({ title: "no-op dynamic resource", program: "noop.ts", callsApi: false });
