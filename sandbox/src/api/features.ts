import { type Context, Hono } from "hono";
import type { Env } from "../env";
import { invalid, jsonBody, notFound } from "../http";
import { type Activation, catalogue, type Feature, type FeatureKind, featureKinds } from "../store/features";
import { callingReseller } from "./authentication";
import { isoTime } from "./records";
import { ActivateFeature } from "./schemas";

/** `/iam/admin/…feature…`: the features that exist, and those that are activated for client accounts. */
export const features = new Hono<Env>();

features.get("/admin/feature", (c) => {
  callingReseller(c);
  return c.json(catalogue);
});

features.get("/admin/feature/:feature{-?[0-9]+}", (c) => {
  callingReseller(c);
  return c.json(featureOf(Number(c.req.param("feature"))) ?? missing());
});

for (const kind of featureKinds) {
  const path = `/admin/${kind}_features`;

  features.get(path, (c) => {
    const reseller = callingReseller(c);
    return c.json(c.get("store").features[kind].ofReseller(reseller).map(activationRecord));
  });

  features.post(path, (c) => {
    const reseller = callingReseller(c);
    const { client_id, feature_id } = jsonBody(c, ActivateFeature);
    const store = c.get("store");
    if (store.accounts.client(client_id)?.reseller !== reseller) {
      throw invalid("client_id", `Invalid pk "${client_id}" - object does not exist.`);
    }
    c.set("client", client_id);
    checkKind(c, kind, feature_id);
    const existing = store.features[kind].of([client_id]).find(({ feature }) => feature === feature_id);
    const { repeatedFeature } = c.get("assumptions");
    if (existing !== undefined && repeatedFeature === "same") return c.json(activationRecord(existing), 201);
    if (existing !== undefined && repeatedFeature === "refused") {
      throw invalid("feature_id", "This feature is already enabled for the client.");
    }
    const id = store.features[kind].activate(client_id, feature_id);
    return c.json(activationRecord(store.features[kind].get(reseller, id) ?? missing()), 201);
  });

  features.get(`${path}/:activation{-?[0-9]+}`, (c) => c.json(activationRecord(ownActivation(c, kind))));

  features.delete(`${path}/:activation{-?[0-9]+}`, (c) => {
    c.get("store").features[kind].deactivate(ownActivation(c, kind).id);
    return c.body(null, 204);
  });
}

/** Refuses a feature that does not exist, or that is not of the kind of the call. */
function checkKind(c: Context<Env>, kind: FeatureKind, id: number): void {
  const feature = featureOf(id);
  if (feature === undefined) throw invalid("feature_id", `Invalid pk "${id}" - object does not exist.`);
  if (feature.is_free === (kind === "free") || c.get("assumptions").eitherFeatureCall) return;
  throw invalid("feature_id", `This is not a ${kind} feature.`);
}

/** An activation for a client account of the calling reseller. */
function ownActivation(c: Context<Env>, kind: FeatureKind): Activation {
  const reseller = callingReseller(c);
  const activation = c.get("store").features[kind].get(reseller, Number(c.req.param("activation"))) ?? missing();
  c.set("client", activation.client);
  return activation;
}

function featureOf(id: number): Feature | undefined {
  return catalogue.find((feature) => feature.id === id);
}

function missing(): never {
  throw notFound();
}

function activationRecord({ id, client, feature, created_at }: Activation) {
  return {
    id,
    client_id: client,
    feature_id: feature,
    feature: featureOf(feature),
    created_date: isoTime(created_at),
  };
}
