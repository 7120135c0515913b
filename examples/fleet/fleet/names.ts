import { type GetFeatureResult, getFeatures, getSellers } from "pulumi-gcore-reseller";
import type { Account } from "./load";

/** What files name and Gcore knows by IDs: read once, and only if a file does. */

export interface Named<T> {
  /** @throws if there was a problem with the name. */
  of(name: string | number): T;
  /** Names that are unknown or not unique, each with file, line and field. */
  problems: string[];
}

export async function namedSellers(accounts: Account[]): Promise<Named<number>> {
  const names = accounts.flatMap(({ entry, at }) =>
    entry.seller == null ? [] : [{ name: entry.seller, at: () => at("seller") }],
  );
  const isRead = names.some(({ name }) => typeof name === "string");
  const sellers = isRead ? await getSellers({ deleted: false }) : [];
  return resolved(names, "seller", (name) =>
    typeof name === "number"
      ? [name]
      : sellers.filter(({ email }) => isSame(email, name)).map(({ sellerId }) => sellerId),
  );
}

export async function namedFeatures(accounts: Account[]): Promise<Named<GetFeatureResult>> {
  const names = accounts.flatMap(({ entry, at }) =>
    (entry.features ?? []).map((name) => ({ name, at: () => at("features") })),
  );
  const features = names.length > 0 ? await getFeatures() : [];
  const named = resolved(names, "feature", (name) =>
    features.filter((feature) => (typeof name === "number" ? feature.featureId === name : isSame(feature.name, name))),
  );
  return named.problems.length > 0 ? named : { ...named, problems: accounts.flatMap((one) => repeated(one, named)) };
}

function repeated({ entry: { features = [] }, at }: Account, named: Named<GetFeatureResult>): string[] {
  const ids = features.map((name) => named.of(name).featureId);
  return features.flatMap((name, n) => {
    const first = ids.indexOf(ids[n] ?? 0);
    return first < n ? [`${at("features")}: ${features[first]} and ${name} are the same feature`] : [];
  });
}

function resolved<T>(
  names: { name: string | number; at: () => string }[],
  what: string,
  find: (name: string | number) => T[],
): Named<T> {
  const found = new Map(names.map(({ name }) => [name, find(name)]));
  const problems = names.flatMap(({ name, at }) => {
    const count = found.get(name)?.length;
    if (count === 1) return [];
    return [`${at()}: ${count === 0 ? `there is no ${what} ${name}` : `several have the name ${name}: use the ID`}`];
  });
  return {
    problems,
    of(name) {
      const [one] = found.get(name) ?? [];
      if (one === undefined) throw new Error(`there is no ${what} ${name}`);
      return one;
    },
  };
}

const isSame = (actual: string | undefined, name: string | number) =>
  actual?.trim().toLowerCase() === String(name).trim().toLowerCase();
