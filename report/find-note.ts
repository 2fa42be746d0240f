import type { ChartNote } from './charts/chart.ts';

/** The smallest note under a point, or `undefined`. */
export function findNote(notes: readonly ChartNote[], x: number, y: number): ChartNote | undefined {
  return notes
    .filter((note) => x >= note.x && x < note.x + note.width && y >= note.y && y < note.y + note.height)
    .reduce<ChartNote | undefined>((best, note) => (best === undefined || areaOf(note) < areaOf(best) ? note : best), undefined);
}

function areaOf({ width, height }: ChartNote): number {
  return width * height;
}
