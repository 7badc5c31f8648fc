/** What a child is asked: to tell when all is worked off, or when so many activities have moved and are rows; to end. */
export type Asked =
  | { readonly kind: 'idle' }
  | { readonly kind: 'moved'; readonly activities: number }
  | { readonly kind: 'end' };

/** What a child says: where it listens, when a bystander's event was decided on or is a row, and what it was asked. */
export type Said =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'decided' | 'row'; readonly id: string; readonly at: number }
  | { readonly kind: 'idle' }
  | { readonly kind: 'moved'; readonly at: number }
  /** Asked to end: activities that have moved in all. */
  | { readonly kind: 'ended'; readonly moved: number }
  | { readonly kind: 'fault'; readonly text: string };
