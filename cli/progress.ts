import cliProgress from 'cli-progress';

export type Progress = { readonly update: (done: number, total: number) => void; readonly stop: () => void };

/** A progress bar on stderr where somebody watches; nothing under a pipe. */
export function startProgress(title: string, interactive: boolean): Progress {
  if (!interactive) return { update: () => undefined, stop: () => undefined };
  const bar = new cliProgress.SingleBar(
    { format: `${title} {bar} {percentage}% | {eta_formatted} left`, clearOnComplete: true, hideCursor: true, stream: process.stderr },
    cliProgress.Presets.shades_classic,
  );
  bar.start(1, 0);
  return {
    update: (done, total) => {
      bar.setTotal(total);
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
