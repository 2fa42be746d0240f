import type { ChartNote } from '../charts/chart.ts';

const GAP_PX = 14;

/** The box that follows the pointer, the shade on what it speaks of, and the line that a screen reader hears. */
export type Tip = { readonly show: (note: ChartNote, x: number, y: number, spoken: boolean) => void; readonly hide: () => void };

export function makeTip(drawing: HTMLElement): Tip {
  const shade = make('div', 'tip-shade');
  const box = make('div', 'tip');
  box.setAttribute('aria-hidden', 'true');
  const voice = make('div', 'unseen');
  voice.setAttribute('role', 'status');
  drawing.after(voice);
  drawing.append(shade, box);
  shade.hidden = true;
  box.hidden = true;
  return {
    show({ x, y, width, height, text }, pointerX, pointerY, spoken) {
      shade.hidden = false;
      shade.style.left = `${x}px`;
      shade.style.top = `${y}px`;
      shade.style.width = `${Math.max(1, width)}px`;
      shade.style.height = `${height}px`;
      box.hidden = false;
      if (box.textContent !== text) box.textContent = text;
      const room = drawing.clientWidth;
      const left = pointerX + GAP_PX + box.offsetWidth <= room ? pointerX + GAP_PX : pointerX - GAP_PX - box.offsetWidth;
      box.style.left = `${Math.max(0, Math.min(left, room - box.offsetWidth))}px`;
      box.style.top = `${Math.max(0, pointerY - box.offsetHeight - GAP_PX)}px`;
      if (spoken) voice.textContent = text.replaceAll('\n', '. ');
    },
    hide() {
      shade.hidden = true;
      box.hidden = true;
      voice.textContent = '';
    },
  };
}

function make(tag: 'div', className: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}
