import type { Page, Visit } from '#app/generator/site';

/** One event of a journey, before it is written out as a call. */
export interface Step {
  /** ms since 1970 UTC */
  readonly at: number;
  readonly action: Action;
  /** Which of the lead's devices. */
  readonly device: number;
  /** Whether the device knows the user. */
  readonly known: boolean;
}

/** A page within a visit: the landing page came by the visit's referrer, every other one from a page before. */
export interface View {
  readonly page: Page;
  readonly visit: Visit;
  readonly from: Page | undefined;
}

export type Action =
  | { readonly kind: 'page'; readonly view: View }
  /** The user becomes known. */
  | { readonly kind: 'identify'; readonly view: View }
  /** Something done on a page; `appointment` counts the lead's appointments, if it is about one. */
  | {
      readonly kind: 'web';
      readonly event: string;
      readonly view: View;
      readonly properties: Properties;
      readonly appointment: number | undefined;
    }
  /** Reported by the mail sender; `mail` counts the lead's mails from 0. */
  | {
      readonly kind: 'mail';
      readonly event: string;
      readonly mail: number;
      readonly template: string;
      readonly properties: Properties;
    }
  /** Reported by the CRM; `opportunity`: it is about the lead's opportunity. */
  | { readonly kind: 'sales'; readonly event: string; readonly opportunity: boolean; readonly properties: Properties };

export interface Properties {
  readonly [name: string]: string | number;
}
