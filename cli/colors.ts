import pc from 'picocolors';

/** Colours only where somebody looks: off under a pipe and in CI, and by NO_COLOR. */
export const colors = pc.createColors(process.stdout.isTTY === true && process.env.NO_COLOR === undefined);
