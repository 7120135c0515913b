// A dynamic provider written inside the program, as samples show it.
import { pulumiContender } from "./pulumi.mts";

export const naive = () => pulumiContender({ title: "naive dynamic provider", program: "naive.ts" });
