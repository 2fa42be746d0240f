export type Toolbar = {
  readonly element: HTMLElement;
  /** Whether there is anything to zoom into, and anything to come back from. */
  readonly show: (zoomable: boolean, zoomed: boolean) => void;
};

export function makeToolbar(actions: { readonly zoomIn: () => void; readonly zoomOut: () => void; readonly showAll: () => void }): Toolbar {
  const element = document.createElement('div');
  element.className = 'tools';
  const hint = document.createElement('span');
  hint.textContent = 'drag to zoom';
  const zoomIn = makeButton('+', 'Zoom in', actions.zoomIn);
  const zoomOut = makeButton('−', 'Zoom out', actions.zoomOut);
  const showAll = makeButton('all', 'Show all', actions.showAll);
  element.append(hint, zoomIn, zoomOut, showAll);
  return {
    element,
    show(zoomable, zoomed) {
      element.hidden = !zoomable;
      zoomOut.disabled = !zoomed;
      showAll.disabled = !zoomed;
    },
  };
}

function makeButton(words: string, label: string, act: () => void): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = words;
  button.setAttribute('aria-label', label);
  button.addEventListener('click', act);
  return button;
}
