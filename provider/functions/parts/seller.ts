import type { Seller } from "../../api/sellers";
import { withoutAbsent } from "../../engine/properties";

/** A seller, as functions return it. What Gcore does not show is absent. */
export interface GetSellerResult {
  /** ID of the seller, which the input `seller` of a client account takes. */
  sellerId: number;
  /** Email address. */
  email?: string;
  /** Full name. */
  fullName?: string;
  /** Phone number. */
  phone?: string;
  /** Name of the reseller. */
  resellerName?: string;
  /** The seller's company. */
  company?: string;
  /** Date of registration. */
  dateJoined?: string;
  /** Whether the invitation was accepted. */
  activated?: boolean;
  /** Whether the seller is deleted. */
  deleted?: boolean;
}

/** @internal */
export const sellerResult = (seller: Seller): GetSellerResult =>
  withoutAbsent({
    sellerId: seller.id,
    email: seller.email,
    fullName: seller.full_name,
    phone: seller.phone,
    resellerName: seller.reseller_name,
    company: seller.company,
    dateJoined: seller.date_joined,
    activated: seller.activated,
    deleted: seller.deleted,
  }) as GetSellerResult;
