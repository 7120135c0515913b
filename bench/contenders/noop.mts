// Pulumi's own dynamic resource that does nothing: the floor of the usual way to write one.
import { pulumiContender } from "./pulumi.mts";

export const noop = () => pulumiContender({ title: "no-op dynamic resource", program: "noop.ts", callsApi: false });
