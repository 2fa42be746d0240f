import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { FLEET_FILES } from './fleet.ts';
import { EXAMPLE, synthesize, writeFiles } from './synthesize.ts';

const Report = z.object({
  pluginReports: z.array(
    z.object({
      pluginName: z.string(),
      violations: z.array(z.object({ ruleName: z.string() })),
      suppressedViolations: z.array(z.object({ ruleName: z.string(), reason: z.string() })).default([]),
    }),
  ),
});

const PUBLISHING = `
clusters: [{ name: prod-use1, region: us-east-1 }]
workloads: [{ name: chat, target: { kind: ScaledObject, namespace: inference, name: chat }, delivery: metricsApi }]
metricsApi: { bearerSecret: foretide/metrics-api }
`;

const RECEIVING = `
clusters: [{ name: prod-use1, region: us-east-1 }]
workloads: [{ name: chat, target: { kind: ScaledObject, namespace: inference, name: chat } }]
signals: { remoteWrite: { bearerSecret: foretide/remote-write } }
`;

it.each([
  ['example', EXAMPLE],
  ['fleet', join(writeFiles(FLEET_FILES), 'foretide.yaml')],
  ['stack with published floors', join(writeFiles({ 'foretide.yaml': PUBLISHING }), 'foretide.yaml')],
  ['stack that receives remote write', join(writeFiles({ 'foretide.yaml': RECEIVING }), 'foretide.yaml')],
])('AwsSolutions finds nothing in the %s but what is acknowledged with a reason', (_, file) => {
  const { outdir } = synthesize(file, { nag: true });
  const { pluginReports } = Report.parse(JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')));
  const nag = pluginReports.find(({ pluginName }) => pluginName === 'AwsSolutions');
  expect(nag?.violations).toEqual([]);
  const acknowledged = new Set(nag?.suppressedViolations.map(({ ruleName }) => ruleName));
  expect([...acknowledged].toSorted()).toEqual(['AwsSolutions-IAM5[Resource::*]', 'AwsSolutions-SQS3']);
  for (const { reason } of nag?.suppressedViolations ?? []) expect(reason.length).toBeGreaterThan(20);
});
