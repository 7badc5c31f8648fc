/** By then, in virtual time, everything is published and all faults have ended, ms. */
export const CALM_AT = 20_000;
