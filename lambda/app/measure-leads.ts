import type { CalendarEvent } from '../core/calendar/event.ts';
import { withMeasuredLead } from '../core/prescale/lead.ts';
import type { Workload } from '../core/prescale/workload.ts';
import type { Startup } from '../core/startup/startup.ts';
import type { StartupHistory } from '../ports/startup-history.ts';
import type { Failures } from './failures.ts';

type Measured = { readonly startups: readonly Startup[]; readonly events: readonly CalendarEvent[]; readonly workload: Workload };
const measured = new WeakMap<Workload, Measured>();

/** The workloads with the lead times that their start-ups ask for. Start-ups that can't be read leave the configured lead; the tick fails in the end. */
export async function measureLeads(
  { startups: history }: { readonly startups: StartupHistory },
  workloads: readonly Workload[],
  events: readonly CalendarEvent[],
  failures: Failures,
): Promise<Workload[]> {
  return Promise.all(
    workloads.map(async (workload) => {
      if (workload.learnsLead === undefined) return workload;
      const { name, target } = workload;
      const startups = await failures.collect(`start-up times of ${name}`, () => history.readStartups(target.cluster, name), []);
      if (startups.length === 0) return workload;
      const known = measured.get(workload);
      if (known?.startups === startups && known.events === events) return known.workload;
      const timed = withMeasuredLead(workload, startups, events, workload.bounds?.min);
      measured.set(workload, { startups, events, workload: timed });
      return timed;
    }),
  );
}
