import { UNKNOWN } from "./unknown";

/**
 * The way out that an error or a log line gives, all in one place. test/unit/advice.test.ts fails for a row whose advice no
 * test follows to its end.
 */

/** A value as a text shows it. */
export const shown = (value: unknown): string =>
  value == null ? "none" : value === UNKNOWN ? "unknown" : JSON.stringify(value);

const STATE_DELETE =
  "`pulumi state delete <urn>` (this changes nothing at Gcore; add --force if the resource is protected)";

export const advice = {
  /** A declared custom ID has the form of an origin mark. */
  declaredMark: () =>
    'must not begin with "pulumi:", which marks what a Pulumi program manages. Leave it out to get the mark of this ' +
    "resource, or declare an ID of your own.",

  /** The program changes an input that the API has no call for. */
  immutable: (from: unknown, to: unknown, deletion: string) =>
    `cannot be changed from ${shown(from)} to ${shown(to)}, because the API has no call for it: declare the old value, or ` +
    `leave it out. To create it anew on purpose, run \`pulumi destroy --target <urn>\` (this ${deletion}), then \`pulumi up\`.`,

  /** Gcore shows another value of such an input. */
  observedImmutable: (name: string, declared: unknown, observed: unknown) =>
    `${name} is ${shown(observed)} at Gcore and ${shown(declared)} in the program, and the API has no call to change it: ` +
    "declare the value at Gcore, or leave it out.",

  /** A call needs the current value of an input which was never declared. */
  notInState: (name: string) =>
    `cannot be changed: Gcore needs the current ${name}, which was not declared when the user was adopted. Run ` +
    `${STATE_DELETE}, declare adoptId and the current ${name}, and run ` +
    "`pulumi up`; then change it.",

  /** The email belongs to an account with the mark of another resource of this project and stack. */
  renamed: (urn: string | undefined) =>
    "If this resource was renamed or got another parent, give Pulumi its old name: " +
    (urn
      ? `set the option aliases: ["${urn}"]`
      : "set the option `aliases` to its old URN (`pulumi stack --show-urns`)") +
    " and run `pulumi up`.",

  /** The account has the mark of another project or stack. */
  otherStack: (stack: string, id: string) =>
    `If it is to move here, run, in the stack ${stack}, ${STATE_DELETE}, then set ` +
    `adoptId: "${id}" here and run \`pulumi up\`.`,

  /** The account has the custom ID that this resource declares, which another stack may declare too. */
  sameCustomId: (id: string) =>
    "Another stack that declares the same customId may manage it: the two would not be distinguished, and a destroy in either " +
    `deletes the user. If none does, set adoptId: "${id}" and run \`pulumi up\`.`,

  /** The API says that the key is taken, and no lookup shows by what. */
  unseen: (key: string) =>
    `If this ${key} is taken, what has it is not visible to this API key: it was deleted, or belongs to somebody else. Then ` +
    `declare another ${key}.`,

  /** There is no such resource to adopt. */
  adoptMissing: (noun: string) => `Remove adoptId to create a new ${noun}, or correct it.`,

  /** A resource is replaced, and its declaration would adopt what is deleted. */
  replaceAdopted: () => "Remove adoptId from the program, then run `pulumi up --replace <urn>` again.",

  /** A killed run renamed the resource at Gcore, and the state does not have the new name. */
  renamedUnstored: (mark: string) => `it has the mark ${mark} of this stack. Run \`pulumi up\` first.`,

  /** The account has no mark. */
  adopt: (id: string) => `To adopt it on purpose, set adoptId: "${id}" and run \`pulumi up\`.`,

  /** Another resource of the same program declares or manages it. */
  sameProgram: (holder: string) =>
    `it belongs to the resource ${holder} of this program. If both declare it, remove one of them; if that resource gives it ` +
    "up in this run, run `pulumi up` again.",

  /** Adoption would replace a custom ID that is no mark. */
  keepCustomId: (name: string, value: unknown) =>
    `it has the ${name} ${shown(value)}: declare that to keep it, or another one to replace it.`,

  /** The reply to a POST was lost, and nothing could be found out. */
  outcomeUnknown: (noun: string) =>
    `Run \`pulumi up\` again: it recovers the ${noun} if it was created, and creates it if not.`,

  /** A call that must not be made twice for one value may have been made. */
  onlyOnce: (name: string) =>
    `The call is not repeated by itself: to make it once more, give ${name} another value and run \`pulumi up\`.`,

  /** The state no longer describes what is at Gcore. */
  refresh: () => "Run `pulumi refresh` to bring the state up to date.",

  /** A resource cannot be found, and it cannot be shown that it is gone. `gone`: "the account really was closed". */
  maybeGone: (gone: string) => `If ${gone}, run ${STATE_DELETE}. Else check the API key: the state is as it was.`,

  /** Only client accounts show the reseller of the API key, and there are none. */
  firstAccount: () => "Create the first account before: name its resource in the option `dependsOn`.",

  /** The user was deleted outside Pulumi; the client account is there. */
  userDeleted: () =>
    "To create a new client account with a new user, run `pulumi up --replace <urn>`. To forget it, remove it from the " +
    "program and run `pulumi up`.",

  /** Another stack manages the account now. */
  managedElsewhere: (mark: string) => `is managed by ${mark}. If it moved there on purpose, run ${STATE_DELETE} here.`,

  /** Another resource of this stack has the account. */
  managedBySibling: (mark: string, id: string) =>
    `is managed by ${mark}, of this same stack. If that resource is to keep it, run ${STATE_DELETE} for this one. If it no ` +
    `longer exists, do that too, then set adoptId: "${id}" and run \`pulumi up\`.`,

  /** The user changed the password. */
  changedByUser: () =>
    'The user has changed the password: leave it to them with the option ignoreChanges: ["password"], or declare the ' +
    "current password. (Or it was edited in the program while an earlier `up` was interrupted.)",

  /** API tokens block the deletion of a user. */
  tokensBlock: (count: number) =>
    `The user has ${count} API token(s). Delete them in Gcore's portal, or set forceDestroy: true, run \`pulumi up\`, and ` +
    "destroy again.",

  /** An account lacks a service, as it may before the product is available to it. */
  serviceMissing: () => "Declare available: true to make the product available to the client, and run `pulumi up`.",

  /** An activation takes longer than the deadline. */
  stillActivating: () =>
    "Run `pulumi up` again: it goes on waiting. A higher activationTimeoutSeconds waits longer, waitForActivation: false " +
    "does not wait.",

  /** An activation ended in another status than active. */
  notActivated: () => "Run `pulumi up` again to ask for the activation once more.",

  /** The declared trial ran out. */
  trialEnded: () => 'To keep it, declare status: "active" and run `pulumi up`.',
};
