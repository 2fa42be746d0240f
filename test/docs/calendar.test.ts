import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { renderPlan } from '../../cli/render-plan.ts';
import { planPeriod } from '../../lambda/app/plan.ts';
import type { ObservedTarget } from '../../lambda/core/compose/observed.ts';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import { parseInstant } from '../../lambda/core/units/time.ts';
import { runCli } from '../cli/run-cli.ts';
import { readText } from '../repository/repository-files.ts';

const page = readText('docs/how-to/calendar.md');
const yaml = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';

it('shows what `calendar add` answers', async () => {
  const [, command = '', answer = ''] = /npx foretide (calendar add .*) --table foretide-state\n\n```\n([\s\S]*?)```/.exec(page) ?? [];
  const directory = await mkdtemp(join(tmpdir(), 'foretide-docs-'));
  await writeFile(join(directory, 'foretide.yaml'), yaml.replace('calendar:\n', 'calendar:\n  sources: [{ table: true }]\n'));
  const { exitCode, out } = await runCli([...command.split(' '), '--config', join(directory, 'foretide.yaml')]);
  await rm(directory, { recursive: true });
  const where = `${join(directory, '.foretide', 'calendar')} (for \`foretide run\` on this machine)`;
  expect([exitCode, out.replace(where, 'table foretide-state')]).toEqual([0, answer.trimEnd()]);
});

it('shows what `plan --live` says of a cron trigger', async () => {
  const [, shown = ''] = /```\n(KEDA cron triggers on the cluster\n[\s\S]*?)```/.exec(page) ?? [];
  const { config } = parseConfig(yaml, 'calendar.md');
  const observed: ObservedTarget = {
    ref: { cluster: 'prod-use1', kind: 'ScaledObject', namespace: 'inference', name: 'llama-8b' },
    uid: 'u',
    resourceVersion: '1',
    bounds: { min: 2, max: 60 },
    absent: [],
    annotations: {},
    scalesTo: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'llama-8b' },
    cronTriggers: [{ timezone: 'America/New_York', start: '0 8 * * 1-5', end: '0 18 * * *', desiredReplicas: '6' }],
  };
  const unused = () => Promise.reject(new Error('a plan reads targets only'));
  const cluster = { readTargets: async () => [observed], readTarget: unused, readAutoscalers: unused, applyPatch: unused };
  const [fromMs, toMs] = [parseInstant('2026-11-27', config.timezone), parseInstant('2026-11-30', config.timezone)];
  const plan = await planPeriod(
    {
      calendarSources: [],
      prices: { gpuPrice: () => undefined, instanceGpus: () => undefined },
      startups: { readStartups: async () => [] },
      connect: () => cluster,
    },
    { config, fromMs, toMs },
  );
  expect(renderPlan(plan, config.timezone)).toContain(shown.trimEnd());
});
