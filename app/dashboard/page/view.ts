import type { Snapshot } from '#app/dashboard/api';

/** What the page shows at one address. */
export interface View {
  readonly title: string;
  readonly element: HTMLElement;
  /** Something was committed. */
  update(snapshot: Snapshot): void;
  /** The address is left. */
  close(): void;
}
