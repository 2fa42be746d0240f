import type { CalendarEvent } from '../core/calendar/event.ts';
import { type Startup, withMeasuredLead } from '../core/prescale/lead.ts';
import type { Workload } from '../core/prescale/workload.ts';
import type { StartupHistory } from '../ports/startup-history.ts';
import type { Failures } from './failures.ts';

type Measured = { readonly startup: Startup; readonly events: readonly CalendarEvent[]; readonly workload: Workload };
const measured = new WeakMap<Workload, Measured>();

/** The workloads with the lead times that their start-ups ask for. Start-ups that can't be read leave the configured lead; the tick fails in the end. */
export async function measureLeads(
  { startups }: { readonly startups: StartupHistory },
  workloads: readonly Workload[],
  events: readonly CalendarEvent[],
  failures: Failures,
): Promise<Workload[]> {
  return Promise.all(
    workloads.map(async (workload) => {
      if (workload.learnsLead === undefined) return workload;
      const { name, target } = workload;
      const startup = await failures.collect(`start-up times of ${name}`, () => startups.readStartup(target.cluster, name), undefined);
      if (startup === undefined) return workload;
      const known = measured.get(workload);
      if (known?.startup === startup && known.events === events) return known.workload;
      const timed = withMeasuredLead(workload, startup, events, workload.bounds?.min);
      measured.set(workload, { startup, events, workload: timed });
      return timed;
    }),
  );
}
