/** What a child says: where it listens, when a bystander's event was decided on or is a row, that all is worked off. */
export type Said =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'decided' | 'row'; readonly id: string; readonly at: number }
  | { readonly kind: 'idle'; readonly moved: number; readonly at: number }
  | { readonly kind: 'fault'; readonly text: string };
