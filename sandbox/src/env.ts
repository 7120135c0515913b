import type { Assumptions } from "./api/assumptions";
import type { Store } from "./store";
import type { UserRow } from "./store/accounts";

/** Who sends a request: a reseller with an API key, or a user with an access token. */
export type Caller = { kind: "reseller"; reseller: number } | { kind: "user"; user: UserRow };

/** The variables of a request, set by the middleware for the handlers. */
export type Env = {
  Variables: {
    /** The whole body, unparsed. */
    body: Buffer;
    /** Where this request reads and writes; a stale read gets a delayed copy. */
    store: Store;
    caller: Caller;
    assumptions: Assumptions;
    /** The client account that the call is about, where its path does not name one. */
    client: number | undefined;
    /** By how many items later a page of the list of clients starts. */
    pageShift: number;
    /** Query parameters that the called route does not know. */
    unknownQuery: string[];
    unknownRoute: boolean;
    /** The kinds of the faults that were applied to this request. */
    faults: string[];
  };
};
