import type { KeyEntry } from '../charts/chart.ts';
import { renderKeyEntry } from '../key.ts';

export type KeyButtons = { readonly show: (entries: readonly KeyEntry[]) => void };

/** The key under a picture, with a button for each entry that can be taken out. */
export function makeKeyButtons(figure: HTMLElement, onChange: (hidden: readonly string[]) => void): KeyButtons {
  const hidden = new Set<string>();
  let shown = '';

  function toggle(id: string, button: HTMLButtonElement): void {
    if (hidden.has(id)) hidden.delete(id);
    else hidden.add(id);
    button.setAttribute('aria-pressed', String(!hidden.has(id)));
    onChange([...hidden]);
  }

  function makeItem({ id, ...entry }: KeyEntry): HTMLLIElement {
    const item = document.createElement('li');
    const inner = renderKeyEntry(entry);
    if (id === undefined) {
      item.innerHTML = inner;
      return item;
    }
    const button = document.createElement('button');
    button.type = 'button';
    button.innerHTML = inner;
    button.setAttribute('aria-pressed', String(!hidden.has(id)));
    button.addEventListener('click', () => toggle(id, button));
    item.append(button);
    return item;
  }

  return {
    show(entries) {
      const list = figure.querySelector('.key');
      const wanted = entries.map(({ id, words }) => `${id} ${words}`).join('\n');
      if (list === null || wanted === shown) return;
      shown = wanted;
      list.replaceChildren(...entries.map(makeItem));
    },
  };
}
