/** A list whose elements stay while their items do: only what is new or changed is drawn, and new ones are marked. */
export interface KeyedList<Item> {
  show(items: readonly Item[]): void;
}

interface Shown {
  readonly element: HTMLElement;
  readonly content: string;
}

/** Items that come after the first showing get the class `fresh`. */
export function createKeyedList<Item>(
  parent: HTMLElement,
  key: (item: Item) => string,
  draw: (item: Item) => HTMLElement,
): KeyedList<Item> {
  let shown = new Map<string, Shown>();
  let first = true;
  return {
    show(items) {
      const next = new Map<string, Shown>();
      for (const item of items) {
        const content = JSON.stringify(item);
        const old = shown.get(key(item));
        const element = old?.content === content ? old.element : draw(item);
        if (old === undefined && !first) element.classList.add('fresh');
        next.set(key(item), { element, content });
      }
      place(
        parent,
        [...next.values()].map((entry) => entry.element),
      );
      shown = next;
      first = false;
    },
  };
}

/** Moves as little as possible, so that focus and animations survive. */
function place(parent: HTMLElement, elements: readonly HTMLElement[]): void {
  const wanted = new Set<Element>(elements);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  elements.forEach((element, index) => {
    if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] ?? null);
  });
}
