// A dynamic provider written inside the program, as in most samples.
import { pulumiContender } from "./pulumi.mts";

export const naive = () => pulumiContender({ title: "naive dynamic provider", program: "naive.ts", maxUsers: 500 });
