/** What names of checkouts may end in: `api.commit`, `api.short`, `api.ref`. */
export const checkoutValues = ["commit", "short", "ref"] as const;
export type CheckoutValue = (typeof checkoutValues)[number];
