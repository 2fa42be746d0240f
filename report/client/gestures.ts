const CLICK_PX = 6;

export type Gestures = {
  /** A pointer rests or moves here, pressed by nothing. */
  readonly onHover: (x: number, y: number) => void;
  readonly onLeave: () => void;
  readonly onTap: (x: number, y: number) => void;
  /** A mouse drags from here to there; `done` when it is let go. */
  readonly onDrag: (fromX: number, toX: number, done: boolean) => void;
  /** One finger slides sideways by so many pixels since the last call. */
  readonly onSlide: (byX: number, x: number, y: number) => void;
  /** Two fingers, or a trackpad, make what is between them so many times as long. */
  readonly onPinch: (factor: number, atX: number) => void;
};

type Finger = { x: number; y: number; readonly startX: number; readonly startY: number };

/** Mouse, pen, touch and trackpad in one vocabulary; positions are pixels within `element`. */
export function listenForGestures(element: HTMLElement, gestures: Gestures): void {
  const fingers = new Map<number, Finger>();
  const placeOf = (event: MouseEvent): { x: number; y: number } => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const { x, y } = placeOf(event);
    fingers.set(event.pointerId, { x, y, startX: x, startY: y });
    element.setPointerCapture(event.pointerId);
  });

  element.addEventListener('pointermove', (event) => {
    const { x, y } = placeOf(event);
    const finger = fingers.get(event.pointerId);
    if (finger === undefined) {
      if (event.pointerType === 'mouse') gestures.onHover(x, y);
      return;
    }
    const [first, second] = fingers.values();
    if (first !== undefined && second !== undefined) {
      const before = Math.abs(first.x - second.x);
      finger.x = x;
      finger.y = y;
      const after = Math.abs(first.x - second.x);
      if (before > CLICK_PX && after > CLICK_PX) gestures.onPinch(before / after, (first.x + second.x) / 2);
      return;
    }
    const byX = x - finger.x;
    finger.x = x;
    finger.y = y;
    if (event.pointerType === 'mouse') {
      if (Math.abs(x - finger.startX) > CLICK_PX) gestures.onDrag(finger.startX, x, false);
    } else gestures.onSlide(byX, x, y);
  });

  element.addEventListener('pointerup', (event) => {
    const finger = fingers.get(event.pointerId);
    fingers.delete(event.pointerId);
    if (finger === undefined) return;
    const { x, y } = placeOf(event);
    const isMoved = Math.abs(x - finger.startX) > CLICK_PX || Math.abs(y - finger.startY) > CLICK_PX;
    if (!isMoved) gestures.onTap(x, y);
    else if (event.pointerType === 'mouse') gestures.onDrag(finger.startX, x, true);
  });

  element.addEventListener('pointercancel', (event) => fingers.delete(event.pointerId));
  element.addEventListener('pointerleave', (event) => {
    if (event.pointerType === 'mouse') gestures.onLeave();
  });
  element.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      gestures.onPinch(Math.exp(event.deltaY / 200), placeOf(event).x);
    },
    { passive: false },
  );
}
