import { z } from 'zod';
import { CalendarConfig } from './sections/calendar.ts';
import { CapacityMixConfig } from './sections/capacity.ts';
import { ClusterConfig } from './sections/clusters.ts';
import { Expectations } from './sections/fields.ts';
import { MetricsApiConfig } from './sections/metrics-api.ts';
import { NotificationsConfig } from './sections/notifications.ts';
import { SignalsConfig } from './sections/signals.ts';
import { SpendConfig } from './sections/spend.ts';
import { zone } from './sections/time-fields.ts';
import { WorkloadConfig } from './sections/workloads.ts';

export { ClusterConfig };

/** The version of the file format that this program reads. */
const SUPPORTED_VERSION = 1;

/** The whole file as written. Checks across sections are in check-sections.ts and check-events.ts. */
export const ConfigFile = z.strictObject({
  version: z.literal(SUPPORTED_VERSION).prefault(SUPPORTED_VERSION).describe('Version of the file format. Default 1.'),
  timezone: zone().prefault('UTC').describe('IANA zone of local times. Default UTC.'),
  clusters: z
    .array(ClusterConfig)
    .min(1)
    .max(10_000)
    .register(Expectations, { expects: 'a list of clusters', example: 'clusters: [{ name: prod-use1, region: us-east-1 }]' })
    .describe('The clusters.'),
  workloads: z
    .array(WorkloadConfig)
    .min(1)
    .max(10_000)
    .register(Expectations, {
      expects: 'a list of workloads',
      example: 'workloads: [{ name: chat, target: { kind: ScaledObject, namespace: inference, name: llama-8b } }]',
    })
    .describe('The scale targets whose bounds Foretide may move.'),
  calendar: CalendarConfig.prefault({}).describe('What is known to come.'),
  capacity: CapacityMixConfig.prefault({}).describe('Where replicas run: spot, on-demand, reserved.'),
  spend: SpendConfig.prefault({}).describe('Prices, caps and what happens as they are reached.'),
  signals: SignalsConfig.prefault({}).describe('Signals that are sent to Foretide.'),
  metricsApi: MetricsApiConfig.prefault({}).describe('Where floors are published for workloads with `delivery: metricsApi`.'),
  notifications: NotificationsConfig.prefault({}).describe('Who hears of what.'),
});

/** A configuration with every default filled in, `cluster` of workloads and groups included. */
export const Config = ConfigFile.transform((file) => {
  const only = file.clusters[0]?.name ?? '';
  return {
    ...file,
    workloads: file.workloads.map((workload): WorkloadConfig => ({ ...workload, cluster: workload.cluster ?? only })),
    capacity: { ...file.capacity, groups: file.capacity.groups.map((group) => ({ ...group, cluster: group.cluster ?? only })) },
  };
});
export type Config = z.output<typeof Config>;
